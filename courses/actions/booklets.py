"""Booklets are made once for each version, when someone first asks, and then kept."""

import hashlib
from collections.abc import Collection

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import override

from atn_platform.core import wording
from courses.documents import AssetDoc
from courses.epub import epub
from courses.models import Asset, CourseVersion
from courses.pdf import booklet

# Of what a booklet prints besides the course: raised when that changes.
EDITION = 4
MAKERS = {"pdf": booklet, "epub": epub}


@override(wording.FRENCH)
def take_booklet(*, version: CourseVersion, kind: str, without: Collection[str] = ()) -> bytes:
    """The booklet's bytes. Two people at once make the same, and one is kept.

    In French, as the course is, whoever asks first. `without` are stations, by UUID, that open
    later for who asks: the booklet says that they are to come.
    """
    name = kept_as(version, kind, without)
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            return bytes(kept.read())
    made = MAKERS[kind](version, _bytes, without)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(made))
    return made


def kept_as(version: CourseVersion, kind: str, without: Collection[str] = ()) -> str:
    part = hashlib.sha256("".join(sorted(without)).encode()).hexdigest()[:12] if without else ""
    return f"livrets/{EDITION}-{version.content_hash}{part and f'-{part}'}.{kind}"


def _bytes(asset: AssetDoc) -> bytes:
    found = Asset.objects.filter(sha256=asset["sha256"]).first()
    if found is None or not default_storage.exists(str(found.file.name)):
        return b""
    with default_storage.open(str(found.file.name)) as stored:
        return bytes(stored.read())
