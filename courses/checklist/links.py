"""Links that lead nowhere, as far as their address says: nothing is asked of the network."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
_ADDRESS = re.compile(r'\bhref="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
ELSEWHERE = ("mailto:", "tel:", "/", "#")


def broken(part: Any) -> Iterator[str]:
    """Of a block, or of any part of it: one sentence for each link."""
    for html in _html(part):
        for attributes, words in _LINK.findall(html):
            found = _ADDRESS.search(attributes)
            if not _leads(unescape(found[1]) if found else ""):
                said = _(
                    "Le lien « %s » ne mène nulle part : écrivez son adresse au complet, https://…"
                )
                yield said % unescape(_TAG.sub("", words))


def _html(part: Any, name: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for key, each in part.items():
            yield from _html(each, key) if key != "questions" else ()
    elif isinstance(part, list):
        for each in part:
            yield from _html(each, name)
    elif isinstance(part, str) and name.endswith("html"):
        yield part


def _leads(address: str) -> bool:
    """« www.ville.example », without what goes before, is a page beside this one."""
    if address.startswith(ELSEWHERE):
        return True
    try:
        found = urlsplit(address)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and "." in (found.hostname or "")
