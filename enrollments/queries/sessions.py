"""Sessions as people see them: when, where, how many places are left, and their own seat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q

from atn_platform.accounts.models import User
from atn_platform.core import wording
from courses.enums import SessionStatus
from courses.models import CourseSession, CourseSessionQuerySet
from enrollments.enums import SEATS, Attendance, Seat
from enrollments.models import Registration, RegistrationQuerySet
from municipalities.models import Mandate

FEW = 3
COMING = 6
# Sessions of these courses are shown to everybody signed in, with whoever gives them.
PUBLISHED = Q(course__current_version__isnull=False)


@dataclass(frozen=True, slots=True)
class Places:
    """One way of attending. `capacity` is None without limit; `taken` may pass a lowered one."""

    seat: Seat
    capacity: int | None
    taken: int

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        return self.left == 0

    @property
    def is_closed(self) -> bool:
        return self.capacity == 0

    @property
    def are_few(self) -> bool:
        return self.left is not None and 0 < self.left <= FEW


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session in front of one person. `reader_zone` is the zone of the reader's municipality."""

    session: CourseSession
    course: str
    places: list[Places]
    registration: Registration | None
    reader_zone: str
    now: datetime

    @property
    def day(self) -> str:
        return wording.day(self.session.local_start, weekday=True)

    @property
    def hours(self) -> str:
        return wording.span(self.session.local_start, self.session.local_end)

    @property
    def closing(self) -> str:
        """The last moment to ask for a seat, when it is not the beginning itself."""
        closes = self.session.registration_closes_at
        if closes is None:
            return ""
        local = closes.astimezone(self.session.zone)
        return f"{wording.day(local)}, {wording.hour(local)}"

    @property
    def zone(self) -> str:
        return wording.zone(self.session.time_zone)

    @property
    def elsewhere(self) -> str:
        """The same hours on the reader's own clock, when it shows others."""
        zone = ZoneInfo(self.reader_zone)
        start = self.session.starts_at.astimezone(zone)
        if start.utcoffset() == self.session.local_start.utcoffset():
            return ""
        hours = wording.span(start, self.session.ends_at.astimezone(zone))
        return f"{hours}, {wording.zone(self.reader_zone)}"

    @property
    def is_over(self) -> bool:
        return self.session.ends_at <= self.now

    @property
    def is_open(self) -> bool:
        """Whether a seat may be asked for now, were there one left."""
        closes = self.session.registration_closes_at or self.session.starts_at
        return not self.session.is_cancelled and self.now < min(closes, self.session.starts_at)

    @property
    def open_places(self) -> list[Places]:
        return [each for each in self.places if not each.is_full] if self.is_open else []

    @property
    def other_places(self) -> list[Places]:
        """Where the holder of a seat could move to."""
        held = self.registration.seat if self.registration else None
        return [each for each in self.open_places if each.seat != held]


def visible_to(user: User) -> CourseSessionQuerySet:
    """Sessions of published courses, and those that this person gives or holds a seat at."""
    held = Registration.objects.visible_to(user).values("session")
    seen = CourseSession.objects.filter(PUBLISHED | Q(instructor=user) | Q(pk__in=held))
    return seen.select_related("lesson", "instructor", "course__current_version").defer(
        "course__current_version__document"
    )


def meetings(
    sessions: Iterable[CourseSession],
    user: User,
    *,
    now: datetime,
    seats: Iterable[Registration] | None = None,
) -> list[Meeting]:
    """These sessions for this person: three queries more, two when their `seats` are known."""
    rows = list(sessions)
    if not rows:
        return []
    keys = [row.pk for row in rows]
    taken = {
        (session, seat): count
        for session, seat, count in Registration.objects.held()
        .filter(session__in=keys)
        .values_list("session", "seat")
        .annotate(count=Count("pk"))
    }
    if seats is None:
        seats = Registration.objects.visible_to(user).held().filter(session__in=keys)
    held = {each.session_id: each for each in seats}
    zone = reader_zone(user, on=now.date())
    return [
        Meeting(
            session=row,
            course=_course_title(row),
            places=_places(row, taken),
            registration=held.get(row.pk),
            reader_zone=zone,
            now=now,
        )
        for row in rows
    ]


def coming(
    course_id: int, user: User, *, now: datetime, lesson: UUID | None = None
) -> list[Meeting]:
    """The next sessions of a course, or of one of its meetings, for the course's own pages."""
    seats = Registration.objects.visible_to(user).held().values("session")
    rows = visible_to(user).filter(course=course_id)
    rows = rows.offered(at=now) | rows.filter(pk__in=seats, ends_at__gt=now)
    if lesson is not None:
        rows = rows.filter(lesson__uuid=lesson)
    return meetings(rows.order_by("starts_at", "pk")[:COMING], user, now=now)


def held_by(user: User, *, now: datetime) -> list[Meeting]:
    """The sessions at which this person has a seat, not over, the next one first."""
    seats = Registration.objects.visible_to(user).held().filter(session__ends_at__gt=now)
    # Asked first and alone: most people hold no seat most days, and the sessions' own statement
    # is the dearest of the home page.
    if not seats:
        return []
    rows = visible_to(user).filter(pk__in=[each.session_id for each in seats])
    return meetings(rows.order_by("starts_at", "pk"), user, now=now, seats=seats)


def reader_zone(user: User, *, on: date) -> str:
    """Zone of the municipality of the person's latest mandate; Québec's own without one."""
    mandates = Mandate.objects.in_force(on=on).filter(user=user).order_by("-starts_on", "pk")
    zone = mandates.values_list("organisation__time_zone", flat=True).first()
    return zone or settings.TIME_ZONE


def roll(session: CourseSession) -> list[Registration]:
    """The people expected, in the order of a sheet."""
    return list(_on_sheets().filter(session=session))


def on_sheets(user: User) -> list[Registration]:
    """The lines of a person on the sheets of whoever gives their sessions, the latest first."""
    rows = _on_sheets().filter(learner=user).select_related("session")
    return list(rows.order_by("-session__starts_at", "pk"))


def _on_sheets() -> RegistrationQuerySet:
    """Seats held at sessions that were not called off: those have no sheet."""
    rows = Registration.objects.held().exclude(session__status=SessionStatus.CANCELLED)
    return rows.select_related("learner").order_by("learner__sort_key", "pk")


def still_to_take(user: User, *, now: datetime) -> list[CourseSession]:
    """Sessions that this person gave and whose sheet is not filled, the oldest first."""
    waiting = Registration.objects.held().filter(attendance=Attendance.UNKNOWN)
    given = CourseSession.objects.filter(
        instructor=user, ends_at__lte=now, registrations__in=waiting
    )
    return list(given.exclude(status="cancelled").distinct().order_by("starts_at"))


def _places(session: CourseSession, taken: Mapping[tuple[int, str], int]) -> list[Places]:
    capacity = {Seat.ON_SITE: session.seats_on_site, Seat.ONLINE: session.seats_online}
    offered = SEATS[session.mode]
    counts = {seat: taken.get((session.pk, seat), 0) for seat in Seat}
    if len(offered) == 1:
        counts[offered[0]] = sum(counts.values())
    return [Places(seat, capacity[seat], counts[seat]) for seat in offered]


def _course_title(session: CourseSession) -> str:
    """The title in force, for a draft may hold another one."""
    version = session.course.current_version
    return version.front["title"] if version else session.course.title
