"""Write the archive of the demonstration's module."""

from atn_platform.demo.modules import ARCHIVE, packed

ARCHIVE.parent.mkdir(exist_ok=True)
ARCHIVE.write_bytes(packed())
