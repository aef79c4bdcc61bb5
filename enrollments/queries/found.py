"""Where a hit of the search leads: into the lesson for whoever follows the course."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from atn_platform.accounts.models import User
from courses.documents import station
from courses.queries import documents
from courses.search import Hit
from enrollments.models import Enrollment


@dataclass(frozen=True, slots=True)
class Found:
    hit: Hit
    address: str
    is_followed: bool


def reachable(hits: Sequence[Hit], user: User) -> list[Found]:
    """One query for the courses followed, and one for their documents when not yet read.

    Whoever follows an earlier version may lack a lesson: then the course's page is the place.
    """
    courses = {hit.entry.course_id for hit in hits}
    rows = Enrollment.objects.visible_to(user).live().filter(course__in=courses)
    followed = dict(rows.values_list("course_id", "version_id"))
    read = documents(followed.values())
    found = []
    for hit in hits:
        entry = hit.entry
        code, version = entry.course.code.lower(), followed.get(entry.course_id)
        lesson = station(read[version], entry.lesson) if version and entry.lesson else None
        address = (
            reverse("enrollments:lesson", args=[code, lesson["key"]])
            if lesson
            else reverse("enrollments:course", args=[code])
        )
        found.append(Found(hit, address, version is not None))
    return found
