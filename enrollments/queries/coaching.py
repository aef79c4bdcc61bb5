"""A coach's week, each municipality's preparation, and who is quiet or stuck."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from atn_platform.accounts.models import User
from courses.documents import station
from courses.enums import LessonKind
from courses.queries import documents
from enrollments.enums import Status
from enrollments.models import Appointment, BlockState, CoachAction, Enrollment
from municipalities.enums import Kind
from municipalities.models import Mandate, Organisation

WEEK, QUIET_DAYS, RECENT_DAYS = timedelta(days=7), 60, 90
TRIES, MOST = 3, 50


@dataclass(frozen=True, slots=True)
class Preparation:
    """Facts of a municipality, never anybody's answers: people, who began, who finished one."""

    people: int = 0
    begun: int = 0
    finished: int = 0


@dataclass(frozen=True, slots=True)
class WeekLine:
    appointment: Appointment
    preparation: Preparation
    todo: list[CoachAction]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Tried again and again, and not there yet: the fact alone, no answer, no score."""

    enrollment: Enrollment
    lesson: str
    tries: int


def week(coach: User, *, at: datetime) -> list[WeekLine]:
    """The appointments of the next seven days, each with its municipality's preparation.

    Four queries, whatever their number.
    """
    rows = Appointment.objects.held().filter(
        slot__coach=coach, slot__ends_at__gt=at, slot__starts_at__lt=at + WEEK
    )
    found = list(rows.select_related("slot", "person", "organisation").order_by("slot__starts_at"))
    places = {each.organisation_id for each in found}
    ready = preparations(places, on=at.date())
    todo: dict[int, list[CoachAction]] = {}
    actions = CoachAction.objects.visible_to(coach).filter(done_at__isnull=True)
    for action in actions.filter(organisation__in=places):
        todo.setdefault(action.organisation_id, []).append(action)
    return [
        WeekLine(
            each,
            ready.get(each.organisation_id, Preparation()),
            todo.get(each.organisation_id, []),
        )
        for each in found
    ]


def preparations(organisations: Collection[int], *, on: date) -> dict[int, Preparation]:
    """By organisation: people in post, and how many of them began or finished a course."""
    rows = (
        Mandate.objects.in_force(on=on)
        .filter(organisation__in=organisations)
        .values("organisation")
        .annotate(
            people=Count("user", distinct=True),
            begun=Count(
                "user",
                distinct=True,
                filter=Q(user__enrollments__first_activity_at__isnull=False),
            ),
            finished=Count(
                "user", distinct=True, filter=Q(user__enrollments__status=Status.COMPLETED)
            ),
        )
    )
    return {
        each["organisation"]: Preparation(each["people"], each["begun"], each["finished"])
        for each in rows.order_by()
    }


def quiet_towns(*, at: datetime) -> list[Organisation]:
    """Municipalities where somebody joined a course, and nobody did anything for sixty days.

    The longest silence first; each has `last_on`.
    """
    since = at - timedelta(days=QUIET_DAYS)
    # Counted before anything is filtered: a filter on the same join would hide newer enrolments.
    rows = (
        Organisation.objects.active()
        .filter(kind=Kind.MUNICIPALITY)
        .annotate(
            first_on=Min("mandates__enrollments__enrolled_at"),
            last_on=Max("mandates__enrollments__last_activity_at"),
        )
    )
    silent = rows.filter(Q(last_on__lt=since) | Q(last_on__isnull=True), first_on__lt=since)
    return list(silent.order_by("last_on", "sort_key")[:MOST])


def stuck(*, at: datetime, learner: User | None = None) -> list[Stuck]:
    """Whoever tried a final questionnaire three times or more without reaching its mark.

    Of courses under way, active in the last three months, the most tries first.
    """
    rows = BlockState.objects.filter(
        attempts__gte=TRIES,
        enrollment__status=Status.ACTIVE,
        enrollment__last_activity_at__gt=at - timedelta(days=RECENT_DAYS),
    ).select_related(
        "enrollment__learner", "enrollment__course", "enrollment__version",
        "enrollment__mandate__organisation",
    )  # fmt: skip
    if learner is not None:
        rows = rows.filter(enrollment__learner=learner)
    found = list(rows.defer("enrollment__version__document").order_by("-attempts", "pk")[:MOST])
    read = documents({each.enrollment.version_id for each in found})
    lines = []
    for each in found:
        lesson = station(read[each.enrollment.version_id], each.lesson)
        mark = each.enrollment.version.front["pass_mark"]
        if lesson and lesson["kind"] == LessonKind.EXAM and (each.best_score or 0) < mark:
            lines.append(Stuck(each.enrollment, lesson["title"], each.attempts))
    return lines
