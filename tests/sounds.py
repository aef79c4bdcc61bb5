"""Small sounds of a known length, made byte by byte: silence, which every player reads."""

import struct


def mp3(seconds: int) -> bytes:
    """MPEG-2 layer III, 8 kbit/s, 22,05 kHz, mono: 26 bytes a frame of 576 samples."""
    frame = b"\xff\xf3\x10\xc4" + bytes(22)
    return frame * round(seconds * 22_050 / 576)


def m4a(seconds: int) -> bytes:
    """The boxes that say the length of an MP4 whose only track is a sound, and no sample."""
    head = struct.pack(">4xIIII", 0, 0, 1000, seconds * 1000)
    track = _box("mdia", _box("mdhd", head + bytes(4)))
    moov = _box("moov", _box("mvhd", head + bytes(80)) + _box("trak", track))
    return _box("ftyp", b"M4A \0\0\0\0M4A mp42") + moov


def _box(name: str, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name.encode() + content


def opus(seconds: int) -> bytes:
    """An Ogg of three pages: head, comments, and one whose place is the end (48 kHz)."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return _page(head, 0, 2) + _page(tags, 1, 0) + _page(bytes(20), 2, 4, seconds * 48_000)


def _page(content: bytes, number: int, flags: int, place: int = 0) -> bytes:
    header = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, place, 1, number, 0, 1)
    return header + bytes([len(content)]) + content
