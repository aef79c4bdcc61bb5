"""Pictures that come with questions of another system, tied to what shows them."""

import posixpath
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import unquote, unquote_to_bytes

from django.utils.translation import gettext as _

from courses.actions import bank_pictures
from courses.exchange.items import Item, ItemKind
from courses.exchange.ours import MAKERS, pictures_in

# Name and bytes of each, by the name that the bank would give it.
Pictures = dict[str, tuple[str, bytes]]
# Bytes of a file at an address that the item gives; none when it is not there.
Find = Callable[[str], bytes]
PLUGIN = "@@PLUGINFILE@@/"
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def nowhere(_address: str) -> bytes:
    """Of a file that comes alone."""
    return b""


def beside(files: Mapping[str, bytes], folder: str) -> Find:
    """In a package, from one of its folders."""

    def find(address: str) -> bytes:
        return files.get(posixpath.normpath(posixpath.join(folder, address)), b"")

    return find


def inside(files: Mapping[str, bytes]) -> Find:
    """In a question of Moodle, which holds its files."""

    def find(address: str) -> bytes:
        return files.get(address.removeprefix(PLUGIN).partition("?")[0], b"")

    return find


def illustrated(item: Item, find: Find, pictures: Pictures) -> Item:
    """The item with the picture it shows, which joins `pictures`: that of its zones, or the first
    of its stem that can be kept. Zones without their picture are of a kind that we lack.
    """
    if item.kind is ItemKind.HOTSPOT:
        name = _joined(unquote(item.picture), find, pictures)
        if name:
            return replace(item, picture=name)
        foreign = _("zones de l’image « %s », qui manque ou ne se lit pas") % item.picture
        return replace(item, kind=ItemKind.OTHER, foreign=foreign)
    for alt, address in pictures_in(item.stem) if item.kind in MAKERS else ():
        if name := _joined(address, find, pictures):
            own = address.removeprefix(PLUGIN).partition("?")[0]
            files = tuple(each for each in item.files if each[0] != own)
            return replace(item, picture=name, alt=alt, shown=address, files=files)
    return item


def _joined(address: str, find: Find, pictures: Pictures) -> str:
    """The name that the bank gives to the picture at this address; empty when it keeps none."""
    path, content = _embedded(address) if address.startswith("data:") else (address, find(address))
    name = bank_pictures.name_of(path.partition("?")[0], content)
    # Read once, however many questions are asked of it.
    if name not in pictures and not (content and bank_pictures.may_keep(name, content)):
        return ""
    pictures.setdefault(name, (posixpath.basename(path.partition("?")[0]), content))
    return name


def _embedded(address: str) -> tuple[str, bytes]:
    """Of an address that holds the picture itself (RFC 2397)."""
    head, __, body = address.removeprefix("data:").partition(",")
    kind, *rest = head.split(";")
    try:
        content = b64decode(body) if "base64" in rest else unquote_to_bytes(body)
    except ValueError:
        content = b""
    return f"image{SUFFIXES.get(kind.lower(), '')}", content
