"""Reads of courses that cross tables or keep what never changes."""

from functools import lru_cache

from courses.documents import CourseDoc, data_of
from courses.models import CourseVersion


@lru_cache(maxsize=64)
def document(version_id: int) -> CourseDoc:
    """The document of a published version: read once, for it never changes. Never modify it."""
    return data_of(CourseVersion.objects.values_list("document", flat=True).get(pk=version_id))
