"""What a page weighs as it leaves in production, without a browser.

tests/browser/test_pages.py finds the same in Chromium.
"""

import gzip
import re
from pathlib import Path

import brotli
from django.conf import settings

from atn_platform.core.assets import flush

STATIC = Path(settings.BASE_DIR) / "static"
# `data-` names what comes later, when it is asked for.
_NAMED = re.compile(rb'\s(?:href|src)="/static/([\w.-]+)')


def page_weight(html: bytes) -> int:
    """Pages leave in gzip."""
    return len(gzip.compress(html, 6))


def file_weight(name: str) -> int:
    """Static files leave flush, in Brotli."""
    return len(brotli.compress(flush(name, (STATIC / name).read_bytes())))


def light_view(html: bytes) -> int:
    """A first view in light mode: the page, and the files that it names."""
    names = {name.decode() for name in _NAMED.findall(html)}
    return page_weight(html) + sum(map(file_weight, names))
