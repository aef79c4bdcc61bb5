"""Addresses of the second origin: signed, bound to one archive, and dated.

They hold until the end of the next day, so that a browser keeps within a day what it fetched.
"""

from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from courses.documents import AssetDoc

_signer = Signer(sep=".", salt="atn.packages")


class Expired(Exception):
    """The address was good, on another day."""


def site() -> str:
    """The origin of the pages that hold the frames."""
    parts = urlsplit(settings.SITE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def host() -> str:
    """The second origin's host; empty when there is none."""
    return urlsplit(settings.PACKAGES_ORIGIN).hostname or ""


def token(asset: AssetDoc, *, on: date) -> str:
    suffix = asset["name"].rpartition(".")[2].lower()
    return _signer.sign(f"{asset['sha256']}.{suffix}.{on.toordinal()}")


def cmi5(session: UUID) -> str:
    """Where one launch of a cmi5 unit speaks to us."""
    return f"{settings.PACKAGES_ORIGIN}/cmi5/{session}/"


def archive(token: str, *, on: date) -> str:
    """Where the archive is stored. Raises BadSignature, or Expired."""
    sha256, suffix, day = _signer.unsign(token).split(".")
    if not 0 <= on.toordinal() - int(day) <= 1:
        raise Expired
    return f"cours/{sha256[:2]}/{sha256}.{suffix}"


__all__ = ["BadSignature", "Expired", "archive", "cmi5", "host", "site", "token"]
