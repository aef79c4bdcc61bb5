"""Who would go on in a newer version of a course, and what it changes for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from courses.differences import Change, differences
from courses.documents import stations
from courses.models import CourseVersion
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, EnrollmentQuerySet


def to_move(version: CourseVersion, leaving: Collection[int] = ()) -> EnrollmentQuerySet:
    """People under way on another version: not those who finished, nor set the course aside.

    `leaving` keeps those who follow one of these versions, by number.
    """
    rows = Enrollment.objects.live().filter(course=version.course_id, status=Status.ACTIVE)
    if leaving:
        rows = rows.filter(version__number__in=leaving)
    return rows.exclude(version=version).order_by("pk")


def followed_versions(version: CourseVersion) -> list[tuple[int, int]]:
    """The versions that people under way follow, by number, newest first, with their people."""
    rows = to_move(version).order_by("-version__number").values("version__number")
    return list(rows.annotate(people=Count("pk")).values_list("version__number", "people"))


def finished_by_moving(version: CourseVersion) -> int:
    """How many of them have finished already all that this version requires."""
    required = [each["uuid"] for each in stations(document(version.pk)) if each["required"]]
    done = Count(
        "lesson_states",
        filter=Q(lesson_states__lesson__in=required, lesson_states__completed_at__isnull=False),
    )
    return to_move(version).order_by().annotate(done=done).filter(done=len(required)).count()


@dataclass(frozen=True, slots=True)
class News:
    """What changed in a course for somebody who was following it."""

    since: datetime
    changes: list[Change]


def news_of(enrollment: Enrollment) -> News | None:
    """What the last change of version brought; nothing once the course is finished."""
    if enrollment.completed_at is not None:
        return None
    moved = enrollment.events.filter(verb=Verb.MOVED).order_by("-received_at").first()
    if moved is None:
        return None
    before, after = document(moved.result["from"]), document(moved.result["to"])
    return News(moved.happened_at, differences(before, after))
