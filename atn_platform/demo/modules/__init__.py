"""The interactive module of the demonstration: its sources, and the archive made of them.

`python -m atn_platform.demo.modules` writes the archive again, the same on every machine.
"""

import io
import zipfile
from pathlib import Path

SOURCES = Path(__file__).parent / "adresses"
ARCHIVE = Path(__file__).parents[1] / "courses" / "CYB-120" / "media" / "adresses.zip"
WRITTEN_AT = (2026, 11, 3, 12, 0, 0)


def packed() -> bytes:
    """A SCORM 1.2 archive; no clock and no name of this machine in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(SOURCES.iterdir(), key=lambda each: each.name):
            entry = zipfile.ZipInfo(path.name, WRITTEN_AT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
