"""The files of the tests, in memory."""

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage


class FilesInMemory(InMemoryStorage):
    """Gives each reader a file of its own, as a disk does.

    Django's gives all of them the same object. The server of the browser tests ties the closing of
    what it sends to the end of its request, which closes connections to the database: whoever read
    the same file afterwards lost theirs.
    """

    def _open(self, name: str, mode: str = "rb") -> File:
        found = super()._open(name, mode)
        return found if "w" in mode else ContentFile(found.read(), name=name)
