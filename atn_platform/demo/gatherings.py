"""The demonstration's sessions, who holds a seat at them, and who came."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

from atn_platform.accounts.models import User
from atn_platform.demo.journeys import Journey, enrollment_of, working_moment
from courses.documents import stations
from courses.enums import LessonKind, SessionStatus
from courses.models import Course, CourseSession, Lesson
from courses.queries import document
from enrollments.enums import Attendance, Seat
from enrollments.models import Enrollment, Registration
from municipalities.models import Mandate, Organisation

DATA = Path(__file__).parent / "data" / "sessions.yaml"
PRESENT, WENT_ON, COMES_AGAIN = 0.88, 0.55, 0.5
SHEET_AFTER = timedelta(minutes=10)
# A number kept free for fiction.
PHONE_ACCESS = "418 555-0142"
CAPTIONS = "Sous-titrage automatique en français"


@dataclass(frozen=True, slots=True)
class Gathering:
    """A session and how many of the sample hold a seat, first those of the regions `draws`.

    `has_sheet`: whether its instructor said who came, once it is past.
    """

    session: CourseSession
    taken: dict[Seat, int]
    draws: list[str]
    has_sheet: bool


def plan_sessions(instructor: User) -> list[Gathering]:
    """Write the sessions of data/sessions.yaml, in the order of their days."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    courses = {course.code: course for course in Course.objects.published()}
    found = [
        Gathering(
            _session(row, courses[row["course"]], instructor),
            {Seat(seat): people for seat, people in row["taken"].items()},
            row.get("draws", []),
            has_sheet="sheet" not in row and "cancelled" not in row,
        )
        for row in rows
        if row["course"] in courses
    ]
    CourseSession.objects.bulk_create(each.session for each in found)
    return sorted(found, key=lambda each: each.session.starts_at)


def _session(row: dict[str, Any], course: Course, instructor: User) -> CourseSession:
    zone = ZoneInfo(row.get("zone", settings.TIME_ZONE))
    start = row["starts"].replace(tzinfo=zone).astimezone(UTC)
    closes = row["closes"].replace(tzinfo=zone).astimezone(UTC) if "closes" in row else None
    online = Seat.ONLINE in row["seats"]
    return CourseSession(
        uuid=uuid5(course.uuid, row["key"]),
        course=course,
        lesson=Lesson.objects.get(module__course=course, key=row["lesson"]),
        title=row["title"],
        mode=row["mode"],
        starts_at=start,
        ends_at=start + timedelta(minutes=row["minutes"]),
        time_zone=zone.key,
        place=row.get("place", ""),
        address=row.get("address", ""),
        host=Organisation.objects.get(code=row["host"]) if "host" in row else None,
        seats_on_site=row["seats"].get(Seat.ON_SITE),
        seats_online=row["seats"].get(Seat.ONLINE),
        online_url=f"https://classe.exemple.example/{row['key']}" if online else "",
        phone_access=PHONE_ACCESS if online else "",
        captions_note=CAPTIONS if online else "",
        note=row.get("note", ""),
        instructor=instructor,
        registration_closes_at=closes,
        status=SessionStatus.CANCELLED if "cancelled" in row else SessionStatus.SCHEDULED,
        cancellation_reason=row.get("cancelled", ""),
    )


def convene(
    gatherings: Iterable[Gathering],
    mandates: list[Mandate],
    chance: random.Random,
    *,
    until: datetime,
) -> list[Journey]:
    """Fill the sessions: people who prepare, come or not, and go on; acts stop at `until`.

    Someone who was absent often comes to the next session of the same course.
    """
    journeys: list[Journey] = []
    absent: dict[int, list[Journey]] = {}
    for each in gatherings:
        session = each.session
        again = [
            journey
            for journey in absent.pop(session.course_id, [])
            if chance.random() < COMES_AGAIN
        ]
        followed = {
            journey.enrollment.learner_id
            for journey in journeys
            if journey.enrollment.course_id == session.course_id
        }
        invited = _invited(each, mandates, chance, followed)
        newcomers = (_newcomer(session, mandate, chance, until=until) for mandate in invited)
        comers = [
            _seated(each, journey, seat, chance, until=until)
            for seat, journey in zip(_seats(each), chain(again, newcomers), strict=False)
        ]
        absent[session.course_id] = [
            journey for journey in comers if journey.seats[-1].attendance == Attendance.ABSENT
        ]
        journeys += [journey for journey in comers if len(journey.seats) == 1]
    return journeys


def seat_at(
    session: CourseSession, enrollment: Enrollment, seat: Seat, at: datetime
) -> Registration:
    return Registration(
        uuid=uuid5(session.uuid, str(enrollment.uuid)),
        session=session,
        learner=enrollment.learner,
        enrollment=enrollment,
        seat=seat,
        registered_at=at,
    )


def _invited(
    gathering: Gathering, mandates: list[Mandate], chance: random.Random, followed: set[int]
) -> list[Mandate]:
    """One mandate of each person who suits, has an address and is new; neighbours first."""
    suited = {
        mandate.user_id: mandate
        for mandate in mandates
        if mandate.public in gathering.session.course.publics
        and mandate.user.email
        and mandate.user_id not in followed
    }
    people = list(suited.values())
    chance.shuffle(people)
    people.sort(key=lambda mandate: mandate.organisation.region_id not in gathering.draws)
    return people


def _seats(gathering: Gathering) -> Iterator[Seat]:
    for seat, people in gathering.taken.items():
        yield from [seat] * people


def _newcomer(
    session: CourseSession, mandate: Mandate, chance: random.Random, *, until: datetime
) -> Journey:
    weeks_before = min(session.starts_at, until) - timedelta(days=chance.randrange(15, 50))
    enrollment = enrollment_of(
        seed=f"demo/{mandate.pk}",
        learner=mandate.user,
        course=session.course,
        mandate=mandate,
        enrolled_at=working_moment(weeks_before, chance),
    )
    return Journey(enrollment, _reach(session, chance, is_past=session.ends_at < until), until)


def _seated(
    gathering: Gathering,
    journey: Journey,
    seat: Seat,
    chance: random.Random,
    *,
    until: datetime,
) -> Journey:
    """Take a seat within days of joining the course or of missing a session; come, or not."""
    session = gathering.session
    missed = [held.attendance_at for held in journey.seats if held.attendance_at]
    start = max([journey.enrollment.enrolled_at, *missed])
    booked = min(start + timedelta(minutes=chance.randrange(20, 9000)), until)
    taken = seat_at(session, journey.enrollment, seat, booked)
    if session.ends_at < until and gathering.has_sheet:
        present = chance.random() < PRESENT
        taken.attendance = Attendance.PRESENT if present else Attendance.ABSENT
        taken.attendance_at = session.ends_at + SHEET_AFTER
        taken.attendance_by = session.instructor
    journey.seats.append(taken)
    return journey


def _reach(session: CourseSession, chance: random.Random, *, is_past: bool) -> int:
    """Stations walked: up to the meeting that is to come, often to the end after it."""
    line = list(stations(document(session.course.current_version_id or 0)))
    before = next(n for n, each in enumerate(line) if each["kind"] == LessonKind.MEETING)
    if not is_past:
        return chance.randrange(before + 1)
    return len(line) if chance.random() < WENT_ON else chance.randrange(before, len(line))
