"""Reading one file of an archive, again and again, without reading its table each time."""

import struct
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from django.core.files.storage import default_storage

from courses.packages.archive import content_type

_LOCAL_HEADER = 30
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    type: str
    size: int
    packed: int
    crc: int
    is_stored: bool
    offset: int


@lru_cache(maxsize=32)
def entries(path: str) -> dict[str, Entry]:
    """The files of a stored archive that are served, by name; an archive never changes."""
    with default_storage.open(path) as stored, zipfile.ZipFile(stored) as archive:
        return {
            each.filename: Entry(
                each.filename, kind, each.file_size, each.compress_size, each.CRC,
                each.compress_type == zipfile.ZIP_STORED, each.header_offset,
            )
            for each in archive.infolist()
            if (kind := content_type(each.filename)) and not each.is_dir()
        }  # fmt: skip


def raw(stored: IO[bytes], entry: Entry) -> bytes:
    """The bytes as they lie in the archive: compressed, unless `is_stored`."""
    stored.seek(entry.offset)
    name, more = struct.unpack("<HH", stored.read(_LOCAL_HEADER)[26:])
    stored.seek(name + more, 1)
    return stored.read(entry.packed)


def gzipped(stored: IO[bytes], entry: Entry) -> bytes:
    """A compressed file as browsers take it: the same bytes in another envelope (RFC 1952)."""
    return _GZIP_HEADER + raw(stored, entry) + struct.pack("<II", entry.crc, entry.size)


def whole(stored: IO[bytes], entry: Entry) -> bytes:
    """The file itself."""
    with zipfile.ZipFile(stored) as archive:
        return archive.read(entry.name)
