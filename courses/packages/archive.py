"""A learning package's archive: everything that must be true of it before anything is kept.

Nothing is ever unpacked on disk: files are served straight from the archive, by name.
"""

import copy
import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from atn_platform.core import french

MOST_FILES = 4_000
LARGEST_UNPACKED = 300_000_000
HIGHEST_RATIO = 100
# Under this size a page of blanks may compress as well as a bomb, and harms nobody.
RATIO_FROM = 1_000_000
LONGEST_NAME = 240
READ = 1 << 20
# Of the record that ends an archive: its length, its comment, « see the 64-bit record instead ».
END_RECORD, LONGEST_COMMENT, ELSEWHERE = 22, 0xFFFF, 0xFFFF
FEW = 5

# What a browser needs of a package, by the end of its name.
TYPES = {
    ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml",
    ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css",
    ".json": "application/json", ".map": "application/json", ".xml": "application/xml",
    ".xsd": "application/xml", ".dtd": "application/xml-dtd", ".txt": "text/plain",
    ".md": "text/plain", ".csv": "text/csv", ".vtt": "text/vtt", ".srt": "text/plain",
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp", ".avif": "image/avif", ".bmp": "image/bmp", ".ico": "image/x-icon",
    ".svg": "image/svg+xml", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg",
    ".oga": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".mp4": "video/mp4",
    ".m4v": "video/mp4", ".webm": "video/webm", ".ogv": "video/ogg", ".woff": "font/woff",
    ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",
    ".eot": "application/vnd.ms-fontobject", ".pdf": "application/pdf",
}  # fmt: skip
# Nobody puts these in a lesson by mistake.
FORBIDDEN = re.compile(
    r"(^|/)(\.ht[^/]*|service-?worker[^/]*\.m?js)$"
    r"|\.(php\d?|phtml|phar|asp|aspx|jsp|jspx|cgi|pl|py|rb|sh|bat|cmd|ps1|vbs|wsf|hta|exe|dll|com"
    r"|scr|msi|so|dylib|jar|war|class|apk|app|dmg|iso|zip|rar|7z|tar|gz|tgz|bz2|xz|h5p)$",
    re.IGNORECASE,
)
# What machines leave behind them.
CLUTTER = re.compile(
    r"(^|/)(__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$", re.IGNORECASE
)
DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]")
# Beginnings of files that are not what a lesson is made of, whatever their names.
HIDDEN = (
    b"MZ",
    b"\x7fELF",
    b"PK\x03\x04",
    b"#!",
    b"<?php",
    b"\xca\xfe\xba\xbe",
    b"Rar!",
    b"7z\xbc",
)
PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"BM",
    b"\x00\x00\x01\x00",
    b"\x00\x00\x00",
)
BEGINNINGS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"), PICTURES),
    ".pdf": (b"%PDF-",),
    ".woff": (b"wOFF",),
    ".woff2": (b"wOF2",),
}


class PackageRefused(Exception):
    """The archive is not a package that can be kept; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of an archive that was read to its end: those that are served, and the others."""

    names: frozenset[str]
    left_out: tuple[str, ...]
    unpacked: int


def opened(stored: IO[bytes]) -> zipfile.ZipFile:
    """The archive, its table read. Raises PackageRefused."""
    try:
        archive = zipfile.ZipFile(stored)
        is_alone = _is_alone(stored)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        raise PackageRefused(
            _("Cette archive est tronquée ou abîmée : produisez-la de nouveau.")
        ) from error
    if not is_alone:
        raise PackageRefused(
            _("Cette archive est en plusieurs volumes : produisez-la en un seul fichier.")
        )
    return archive


def _is_alone(stored: IO[bytes]) -> bool:
    """Whether its end record names no other disk, which zipfile does not look at (APPNOTE 4.3.16).

    What stands in the 64-bit record instead, zipfile checks itself.
    """
    size = stored.seek(0, io.SEEK_END)
    stored.seek(max(0, size - END_RECORD - LONGEST_COMMENT))
    tail = stored.read()
    at = len(tail) - END_RECORD
    if not (tail[at:].startswith(b"PK\x05\x06") and tail.endswith(b"\0\0")):
        at = tail.rfind(b"PK\x05\x06")
    disks = struct.unpack_from("<HH", tail, at + 4)
    return set(disks) <= {0, ELSEWHERE}


def listing(archive: zipfile.ZipFile) -> Listing:
    """Check the table of the archive, then each file to its last byte. Raises PackageRefused."""
    entries = archive.infolist()
    _check_sizes(entries)
    _check_names(entries)
    files = [each for each in entries if not each.is_dir()]
    kept: list[str] = []
    left_out: list[str] = []
    for entry in files:
        if CLUTTER.search(entry.filename):
            continue
        is_served = _suffix(entry.filename) in TYPES
        (kept if is_served else left_out).append(entry.filename)
    for entry in files:
        _check_content(archive, entry)
    return Listing(frozenset(kept), tuple(left_out), sum(each.file_size for each in files))


def content_type(name: str) -> str | None:
    """The type under which a file of a package is served; None when it is not."""
    if CLUTTER.search(name) or FORBIDDEN.search(name):
        return None
    return TYPES.get(_suffix(name))


def read_text(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    """A manifest, whole. Raises PackageRefused when it is larger than any manifest."""
    if archive.getinfo(name).file_size > most:
        raise PackageRefused(
            _("« %(name)s » dépasse %(size)s : ce n’est pas un manifeste.")
            % {"name": name, "size": french.weight(most)}
        )
    return archive.read(name)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise PackageRefused(
            _("L’archive contient %(count)d fichiers; la limite est de %(most)d.")
            % {"count": len(entries), "most": MOST_FILES}
        )
    unpacked = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    if unpacked > LARGEST_UNPACKED:
        raise PackageRefused(
            _("Dépliée, l’archive pèserait %(size)s; la limite est de %(most)s.")
            % {"size": french.weight(unpacked), "most": french.weight(LARGEST_UNPACKED)}
        )
    swollen = [
        each.filename
        for each in entries
        if each.file_size > RATIO_FROM and each.file_size > HIGHEST_RATIO * each.compress_size
    ]
    if swollen or (unpacked > RATIO_FROM and unpacked > HIGHEST_RATIO * packed):
        raise PackageRefused(
            _(
                "L’archive pèse plus de 100 fois son poids une fois dépliée : "
                "c’est le signe d’un piège."
            )
        )


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.orig_filename
        if why := _flaw(entry) or _name_flaw(name):
            shown = CONTROL.sub("�", name)[:LONGEST_NAME]
            raise PackageRefused(
                _("Archive refusée : « %(name)s » %(why)s.") % {"name": shown, "why": why}
            )
        folded = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if folded in seen:
            raise PackageRefused(
                _("Archive refusée : « %(one)s » et « %(other)s » portent le même nom.")
                % {"one": seen[folded], "other": name}
            )
        seen[folded] = name


def _flaw(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry, its name apart."""
    if entry.flag_bits & 0x1:
        return _("est chiffré : enlevez le mot de passe")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return _("n’est pas un fichier ordinaire (lien, ou fichier du système)")
    if entry.volume:
        return _("se trouve dans un autre volume de l’archive")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return _("est compressé d’une façon que les navigateurs ne lisent pas")
    return ""


def _name_flaw(name: str) -> str:
    parts = name.rstrip("/").split("/")
    found: dict[str, bool] = {
        _("a un chemin absolu"): name.startswith("/") or bool(re.match(r"^[A-Za-z]:", name)),
        _("est écrit avec des barres obliques inverses"): "\\" in name,
        _("sort du dossier de l’archive"): ".." in parts,
        _("a un nom vide"): "" in parts or "." in parts,
        _("a un caractère interdit dans son nom"): bool(CONTROL.search(name)),
        _("a un nom trop long"): len(name) > LONGEST_NAME,
        _("finit par un point ou une espace"): any(each != each.rstrip(". ") for each in parts),
        _("porte le nom d’un appareil de Windows"): any(DEVICES.match(each) for each in parts),
        _("n’a pas sa place dans un module"): bool(FORBIDDEN.search(name)),
    }
    return next((why for why, is_found in found.items() if is_found), "")


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read a file to its end: its length, its checksum, and what it begins with."""
    name, read, start = entry.filename, 0, b""
    try:
        for block in _blocks(archive, entry):
            start = start or block[:16]
            read += len(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise PackageRefused(
            _("« %s » est abîmé dans l’archive : produisez-la de nouveau.") % name
        ) from error
    if read != entry.file_size:
        raise PackageRefused(_("« %s » n’a pas la taille que l’archive annonce.") % name)
    if CLUTTER.search(name):
        return
    expected = BEGINNINGS.get(_suffix(name))
    if start.startswith(HIDDEN) or (read and expected and not start.startswith(expected)):
        raise PackageRefused(_("« %s » n’est pas du type que son nom annonce.") % name)


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # zipfile stops at the length announced, which a longer stream may hide behind the checksum of
    # its beginning: it is asked for one byte more.
    probe = copy.copy(entry)
    probe.file_size += 1
    with archive.open(probe) as stream:
        while block := stream.read(READ):
            yield block
