"""Learning packages made elsewhere: SCORM 1.2, SCORM 2004, H5P and cmi5 (docs/packages.md).

Pure: an archive in, a description or a French refusal out. Nothing is written.
"""

from typing import IO

from courses.documents import PackageDoc
from courses.packages.archive import PackageRefused, content_type, listing, opened
from courses.packages.manifests import described

__all__ = ["PackageRefused", "content_type", "listing", "opened", "read"]


def read(stored: IO[bytes]) -> PackageDoc:
    """Describe the package after checking all of it. Raises PackageRefused."""
    with opened(stored) as archive:
        return described(archive, listing(archive))
