"""A person's own courses: under way, done, set aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import prefetch_related_objects

from atn_platform.accounts.models import User
from atn_platform.core.reading import row_of, rows_of
from courses.enums import PathOrder
from courses.models import Course
from courses.queries import versions
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


# Those of `visible_to`.
_MINE = """
    SELECT {row}
      FROM enrollments_enrollment row
     WHERE row.learner_id = %(learner)s AND row.duplicate_of_id IS NULL
"""


def shelf(user: User) -> Shelf:
    """Everything a person ever joined, what was worked on last first; four queries at most."""
    rows = with_versions(row for row, _ in rows_of(Enrollment, _MINE, {"learner": user.pk}))
    rows.sort(key=_last_first, reverse=True)
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
    rows = with_versions(Enrollment.objects.visible_to(user).live())
    lines = threads([each for each in rows if each.status == Status.ACTIVE])
    return {each.course_id: Card(each, lines.get(each.pk)) for each in rows}


# Whoever follows a course keeps it, even once it is no longer offered to others.
_FOLLOWED = """
    SELECT {row},
           EXISTS (SELECT FROM enrollments_pathenrollment line
                     JOIN courses_pathversion frozen ON frozen.id = line.version_id
                    WHERE line.learner_id = %(learner)s AND line.withdrawn_at IS NULL
                      AND (line.in_order OR frozen.document ->> 'order' = %(required)s)
                      AND frozen.document @> jsonb_build_object('steps', jsonb_build_array(
                            jsonb_build_object('course', course.code))))
      FROM enrollments_enrollment row
      JOIN courses_course course ON course.id = row.course_id
     WHERE row.learner_id = %(learner)s AND course.code = %(code)s AND row.status <> %(left)s
       AND row.duplicate_of_id IS NULL
"""


def followed_course(user: User, code: str) -> Enrollment | None:
    """The person's own enrolment in the course of that code, as its address names it."""
    return followed_in_order(user, code)[0]


def followed_in_order(user: User, code: str) -> tuple[Enrollment | None, bool]:
    """The same, and whether a parcours of theirs whose order is compulsory has this course.

    Most follow none: asked in the same breath, it costs lessons nothing.
    """
    values = {
        "learner": user.pk,
        "code": code.upper(),
        "left": Status.WITHDRAWN,
        "required": PathOrder.REQUIRED,
    }
    found = row_of(Enrollment, _FOLLOWED, values)
    return (found[0], found[1][0]) if found else (None, False)


def has_proof(enrollment: Enrollment) -> bool:
    """Whether the certificate's file is there; it costs nothing before the end."""
    if enrollment.completed_at is None:
        return False
    ready = Enrollment.objects.filter(pk=enrollment.pk, certificates__file__isnull=False)
    return ready.exists()


_BESIDES = """
    SELECT EXISTS (SELECT FROM enrollments_pathenrollment
                    WHERE learner_id = %(learner)s AND withdrawn_at IS NULL),
           EXISTS (SELECT FROM enrollments_registration seat
                     JOIN courses_coursesession meeting ON meeting.id = seat.session_id
                    WHERE seat.learner_id = %(learner)s AND seat.cancelled_at IS NULL
                      AND meeting.ends_at > %(now)s)
"""


def follows_and_meets(user: User, *, now: datetime) -> tuple[bool, bool]:
    """Whether the person follows a parcours, and holds a seat to come.

    Most do neither, most days: one cheap question in place of two dear ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BESIDES, {"learner": user.pk, "now": now})
        follows, meets = cursor.fetchone()
    return follows, meets


def _last_first(enrollment: Enrollment) -> tuple[bool, datetime, datetime]:
    last = enrollment.last_activity_at
    return last is not None, last or enrollment.enrolled_at, enrollment.enrolled_at


def with_versions(enrollments: Iterable[Enrollment]) -> list[Enrollment]:
    """Each with the version that it follows, which is not read again."""
    rows = list(enrollments)
    followed_versions = versions(each.version_id for each in rows)
    for each in rows:
        each.version = followed_versions[each.version_id]
    return rows


def with_courses(cards: Sequence[Card]) -> None:
    """The courses of cards set aside: only one that is still offered may be taken up again."""
    prefetch_related_objects([each.enrollment for each in cards], "course")


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
