"""Who is due a reminder at a moment, and why. Rules, keys and limits: docs/reminders.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from atn_platform.accounts.models import User
from atn_platform.core import french, wording
from atn_platform.core.office_hours import QUEBEC, days_before, opening, working_day_before
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OptOut, OutgoingEmail
from courses.documents import LessonDoc, station
from courses.enums import LessonKind, SessionStatus
from courses.models import CourseSession
from courses.queries import document
from enrollments.enums import NUDGE, Attendance, ReminderRule, Status
from enrollments.models import Enrollment, Registration
from enrollments.projections import current_station
from municipalities.models import Mandate

NOT_STARTED_DAYS, DORMANT_DAYS, WEEK_DAYS = 7, 14, 7
# How late a reminder still makes sense, when nothing ran for some days.
# A session in a week may be recalled until three days before it, short of its eve.
COURSE_LATE_DAYS, WEEK_UNTIL_DAYS = 30, 3
WORKED_LATELY = timedelta(hours=72)
# A reminder of a course comes at most once a week, and is useless some days after.
SPACING_DAYS = 7
COURSE_LASTS = timedelta(days=3)
COURSE_RULES = (ReminderRule.DORMANT, ReminderRule.NOT_STARTED)
# A session in a week by its own calendar starts less than nine days from any moment of today.
HORIZON = timedelta(days=9)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message due to one person; `reason` holds the facts, and stays true after the day.

    `step` is the station to go on with; `registration` is there for the rules of sessions only.
    It leaves at `leaves_at`, in office hours, and has lost its sense from `expires_at` on.
    """

    rule: ReminderRule
    occurrence: str
    enrollment: Enrollment
    reason: str
    leaves_at: datetime
    expires_at: datetime
    step: LessonDoc | None = None
    registration: Registration | None = None

    @property
    def person(self) -> User:
        return self.enrollment.learner

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.person.pk}:{self.occurrence}"

    @property
    def is_of_course(self) -> bool:
        return self.rule in COURSE_RULES


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run at that moment promises, and the keys of the promises that it takes back."""

    due: list[Reminder]
    stale: list[str]


def plan(at: datetime) -> Plan:
    """All that is due at a moment and not promised yet; the same queries whatever the rows."""
    found = [*_dormant(at), *_not_started(at), *_sessions(at)]
    keys = {each.key for each in found}
    stale = [key for key in _untried(at) if key not in keys]
    promised = set(
        OutgoingEmail.objects.filter(key__in=keys).values_list("key", flat=True),
    )
    fresh = [each for each in found if each.key not in promised]
    chosen = _spaced(fresh, at, stale)
    order = list(ReminderRule)
    chosen.sort(key=lambda each: (order.index(each.rule), each.person.sort_key, each.key))
    return Plan(chosen, stale)


def reminded_lately(
    people: Iterable[int], at: datetime, *, besides: Sequence[str] = ()
) -> QuerySet[OutgoingEmail]:
    """Reminders of a course promised to these people less than a week from a moment.

    Those that a responsable asked for count with the others.
    """
    of_course = Q()
    for rule in (*COURSE_RULES, NUDGE):
        of_course |= Q(key__startswith=f"{rule}:")
    return OutgoingEmail.objects.filter(
        of_course,
        recipient__in=people,
        queued_at__gt=days_before(at, SPACING_DAYS),
        queued_at__lt=days_before(at, -SPACING_DAYS),
    ).exclude(key__in=besides)


def session_rule(
    session: CourseSession, registered_at: datetime, at: datetime
) -> ReminderRule | None:
    """The rule that a seat falls under at a moment, counted in days of the session's own zone.

    The eve is the last working day before: Friday for a Monday. Whoever reserved on the day of
    the reminder or later has just received the confirmation, and hears nothing more.
    """
    zone = zone_of(session.time_zone)
    today = at.astimezone(zone).date()
    day = session.starts_at.astimezone(zone).date()
    booked = registered_at.astimezone(zone).date()
    eve, week = working_day_before(day), day - WEEK_DAYS * DAY
    if eve <= today and booked < eve:
        return ReminderRule.SESSION_TOMORROW
    if week <= today <= day - WEEK_UNTIL_DAYS * DAY and booked < week:
        return ReminderRule.SESSION_WEEK
    return None


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; Québec's for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return QUEBEC


def _untried(at: datetime) -> list[str]:
    """Keys of our reminders promised before this moment that nobody tried to send yet."""
    ours = Q()
    for rule in ReminderRule:
        ours |= Q(key__startswith=f"{rule}:")
    untried = OutgoingEmail.objects.untried().filter(ours, queued_at__lte=at)
    return list(untried.order_by("pk").values_list("key", flat=True))


def _spaced(found: list[Reminder], at: datetime, stale: Sequence[str]) -> list[Reminder]:
    """Leave one reminder of a course a person, the first, and none within a week of another."""
    people = {each.person.pk for each in found if each.is_of_course}
    lately = reminded_lately(people, at, besides=stale)
    taken = set(lately.values_list("recipient_id", flat=True))
    chosen = []
    for each in found:
        if each.is_of_course:
            if each.person.pk in taken:
                continue
            taken.add(each.person.pk)
        chosen.append(each)
    return chosen


def _reachable() -> Q:
    """People to write to, from a row with a `learner`: active, with an address, not refusing."""
    refusal = OptOut.objects.filter(user=OuterRef("learner"), category=Category.REMINDER)
    return Q(~Exists(refusal), learner__is_active=True) & (
        Q(learner__email__isnull=False) | ~Q(learner__delivery_email="")
    )


def _following(at: datetime) -> QuerySet[Enrollment]:
    """Courses under way, of people in office who have not worked in the last 72 hours."""
    in_force = Mandate.objects.in_force(on=at.astimezone(QUEBEC).date())
    # A course goes on along the thread of its mandate: a new term, a merger.
    mandates = in_force.values("thread")
    worked = Enrollment.objects.filter(
        learner=OuterRef("learner"),
        last_activity_at__gt=at - WORKED_LATELY,
        last_activity_at__lte=at,
    )
    rows = Enrollment.objects.live().filter(
        _reachable(),
        ~Exists(worked),
        status=Status.ACTIVE,
        mandate__thread__in=mandates,
        course__withdrawn_at__isnull=True,
        course__current_version__isnull=False,
    )
    return rows.select_related("learner", "course")


def _dormant(at: datetime) -> list[Reminder]:
    rows = _following(at).filter(
        last_activity_at__lte=days_before(at, DORMANT_DAYS),
        last_activity_at__gt=days_before(at, DORMANT_DAYS + COURSE_LATE_DAYS),
    )
    words = gettext_lazy(
        "Votre dernière activité dans le cours %(course)s date du %(day)s; nous vous "
        "l’écrivons une fois, après deux semaines."
    )
    return [
        _of_course(ReminderRule.DORMANT, each, f"{each.pk}-{since:%Y%m%d}", words, since, at)
        for each in _one_each(rows.order_by("-last_activity_at", "-pk"), at)
        if (since := each.last_activity_at and each.last_activity_at.astimezone(QUEBEC))
    ]


def _not_started(at: datetime) -> list[Reminder]:
    rows = _following(at).filter(
        first_activity_at__isnull=True,
        enrolled_at__lte=days_before(at, NOT_STARTED_DAYS),
        enrolled_at__gt=days_before(at, NOT_STARTED_DAYS + COURSE_LATE_DAYS),
    )
    words = gettext_lazy(
        "Votre inscription au cours %(course)s date du %(day)s et rien n’est encore "
        "commencé; nous vous l’écrivons une fois, après une semaine."
    )
    return [
        _of_course(ReminderRule.NOT_STARTED, each, str(each.pk), words, each.enrolled_at, at)
        for each in _one_each(rows.order_by("-enrolled_at", "-pk"), at)
    ]


def _one_each(rows: QuerySet[Enrollment], at: datetime) -> list[Enrollment]:
    """The first course of each person, among those in which there is something to do now."""
    found = list(rows)
    alone = [each for each in found if not _is_meeting(current_step(each))]
    meeting = [each for each in found if _is_meeting(current_step(each))]
    can_choose = {each.pk for each in [*alone, *_with_a_date_to_choose(meeting, at)]}
    first: dict[int, Enrollment] = {}
    for each in found:
        if each.pk in can_choose:
            first.setdefault(each.learner_id, each)
    return list(first.values())


def _with_a_date_to_choose(rows: list[Enrollment], at: datetime) -> list[Enrollment]:
    """Those who hold no seat, or were absent, when a session of that station is to come."""
    if not rows:
        return []
    planned = Q(status=SessionStatus.SCHEDULED)
    offered = set(
        CourseSession.objects.filter(planned, starts_at__gt=at).values_list(
            "lesson__uuid", flat=True
        )
    )
    seats = Registration.objects.held().filter(
        enrollment__in=rows, session__status=SessionStatus.SCHEDULED
    )
    settled = set(
        seats.exclude(attendance=Attendance.ABSENT).values_list("enrollment_id", flat=True)
    )
    return [
        each
        for each in rows
        if each.pk not in settled
        and (step := current_step(each))
        and UUID(step["uuid"]) in offered
    ]


def current_step(enrollment: Enrollment) -> LessonDoc | None:
    """The station where « Reprendre » leads."""
    followed = document(enrollment.version_id)
    uuid = enrollment.current_lesson or current_station(followed, (), None)
    return station(followed, uuid) if uuid else None


def _is_meeting(step: LessonDoc | None) -> bool:
    return step is not None and step["kind"] == LessonKind.MEETING


def _of_course(
    rule: ReminderRule,
    enrollment: Enrollment,
    occurrence: str,
    words: object,
    since: datetime,
    at: datetime,
) -> Reminder:
    leaves_at = opening(at)
    with override(enrollment.learner.language):
        title = wording.quoted(document(enrollment.version_id)["title"])
        day = wording.day(since.astimezone(QUEBEC))
        reason = french.typography(str(words) % {"course": title, "day": day})
    return Reminder(
        rule=rule,
        occurrence=occurrence,
        enrollment=enrollment,
        reason=reason,
        leaves_at=leaves_at,
        expires_at=leaves_at + COURSE_LASTS,
        step=current_step(enrollment),
    )


def _sessions(at: datetime) -> list[Reminder]:
    in_force = Mandate.objects.in_force(on=at.astimezone(QUEBEC).date())
    # A course goes on along the thread of its mandate: a new term, a merger.
    mandates = in_force.values("thread")
    rows = (
        Registration.objects.held()
        .filter(
            _reachable(),
            session__status=SessionStatus.SCHEDULED,
            session__starts_at__gt=at,
            session__starts_at__lt=at + HORIZON,
            attendance=Attendance.UNKNOWN,
            enrollment__mandate__thread__in=mandates,
        )
        .exclude(enrollment__status=Status.WITHDRAWN)
        .select_related(
            "session__course", "enrollment__learner", "enrollment__mandate__organisation"
        )
        .order_by("session__starts_at", "pk")
    )
    found = (_of_session(each, at) for each in rows)
    return [each for each in found if each is not None]


def _of_session(registration: Registration, at: datetime) -> Reminder | None:
    """The reminder of one seat; None when no rule holds, or when it could only leave too late."""
    session = registration.session
    rule = session_rule(session, registration.registered_at, at)
    if rule is None:
        return None
    starts = session.starts_at.astimezone(zone_of(session.time_zone))
    leaves_at, expires_at = opening(at), session.starts_at
    if rule == ReminderRule.SESSION_WEEK:
        expires_at = _midnight(working_day_before(starts.date()), starts)
    if leaves_at >= expires_at:
        return None
    with override(registration.enrollment.learner.language):
        words = _("Vous avez une place à la rencontre %(session)s le %(day)s à %(hour)s.")
        facts = {
            "session": wording.quoted(session.title),
            "day": wording.day(starts, weekday=True),
            "hour": wording.hour(starts),
        }
    return Reminder(
        rule=rule,
        occurrence=f"{session.pk}-{session.starts_at.astimezone(UTC):%Y%m%dT%H%M}",
        enrollment=registration.enrollment,
        reason=french.typography(words % facts),
        leaves_at=leaves_at,
        expires_at=expires_at,
        registration=registration,
    )


def _midnight(day: date, like: datetime) -> datetime:
    return datetime.combine(day, time(), like.tzinfo)
