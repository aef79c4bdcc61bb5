"""A person's own courses: under way, done, set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from atn_platform.accounts.models import User
from courses.models import Course
from enrollments.enums import Status
from enrollments.models import Enrollment, Registration, RegistrationQuerySet
from enrollments.queries.thread import Thread, threads


@dataclass(frozen=True, slots=True)
class Card:
    """A course one follows or followed; `thread` is there while it is under way."""

    enrollment: Enrollment
    thread: Thread | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """`aside` holds the courses left and not taken up since, one line each."""

    under_way: list[Card]
    done: list[Card]
    aside: list[Card]

    @property
    def is_empty(self) -> bool:
        return not (self.under_way or self.done or self.aside)


def shelf(user: User) -> Shelf:
    """Everything a person ever joined, what was worked on last first; four queries at most."""
    mine = Enrollment.objects.visible_to(user).with_facts()
    rows = list(mine.order_by("-last_activity_at", "-enrolled_at"))
    rows.sort(key=lambda each: each.last_activity_at is None)
    active = [each for each in rows if each.status == Status.ACTIVE]
    lines = threads(active)
    done = [each for each in rows if each.status == Status.COMPLETED]
    done.sort(key=lambda each: str(each.completed_at), reverse=True)
    prefetch_related_objects(done, "certificates")
    return Shelf(
        under_way=[Card(each, lines[each.pk]) for each in active],
        done=[Card(each) for each in done],
        aside=[Card(each) for each in _left(rows)],
    )


def followed(user: User) -> dict[int, Card]:
    """What a person follows or finished, by course."""
    rows = list(Enrollment.objects.visible_to(user).live().with_facts())
    lines = threads([each for each in rows if each.status == Status.ACTIVE])
    return {each.course_id: Card(each, lines.get(each.pk)) for each in rows}


def _left(rows: Sequence[Enrollment]) -> list[Enrollment]:
    live = {each.course_id for each in rows if each.status != Status.WITHDRAWN}
    left = [each for each in rows if each.course_id not in live]
    left.sort(key=lambda each: str(each.withdrawn_at), reverse=True)
    return list({each.course_id: each for each in reversed(left)}.values())[::-1]


def seats_to_come(enrollment: Enrollment, *, at: datetime) -> RegistrationQuerySet:
    """Seats that leaving the course gives back to others, the nearest first."""
    held = Registration.objects.held().filter(enrollment=enrollment, session__starts_at__gt=at)
    return held.select_related("session").order_by("session__starts_at")


def set_aside(user: User, course: Course) -> Enrollment | None:
    """The enrolment in this course that the person left last."""
    left = Enrollment.objects.visible_to(user).filter(course=course, status=Status.WITHDRAWN)
    return left.order_by("-withdrawn_at").first()
