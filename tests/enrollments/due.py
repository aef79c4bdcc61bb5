"""People to whom something is due on a Tuesday at noon, AT."""

from datetime import datetime, timedelta
from uuid import UUID

from atn_platform.core.office_hours import QUEBEC
from courses.enums import LessonKind
from courses.models import CourseSession
from enrollments.models import Enrollment, Registration
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    LessonFactory,
    RegistrationFactory,
    SessionFactory,
    VersionFactory,
    lesson_document,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK, FORTNIGHT = 7 * DAY, 14 * DAY


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC)


AT = local("2027-01-19T12:00")  # a Tuesday
NOON_20 = local("2027-01-20T12:00")


def waiting(since: datetime = AT - WEEK, **fields) -> Enrollment:
    return EnrollmentFactory(enrolled_at=since, **fields)


def paused(since: datetime = AT - FORTNIGHT, **fields) -> Enrollment:
    dates = {"enrolled_at": since - DAY, "first_activity_at": since, "last_activity_at": since}
    return EnrollmentFactory(stations_done=1, **(dates | fields))


def seat(starts: datetime, **fields) -> Registration:
    zone = fields.pop("zone", "America/Toronto")
    return RegistrationFactory(session=SessionFactory(starts_at=starts, time_zone=zone), **fields)


def at_the_meeting() -> tuple[Enrollment, CourseSession]:
    """Someone for whom only the meeting is left, in a course that offers a date."""
    course = CourseFactory()
    document = lesson_document("rencontre", kind=LessonKind.MEETING)
    lesson = LessonFactory(
        module=course.modules.get(), uuid=UUID(document["uuid"]), kind=LessonKind.MEETING
    )
    session = SessionFactory(course=course, lesson=lesson)
    enrollment = paused(version=VersionFactory(course=course, stations=[document]))
    return enrollment, session
