"""A coach's week, each municipality's preparation, and who is quiet or stuck."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Min, Q

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.core.office_hours import QUEBEC
from courses.documents import data_of, stations
from courses.enums import LessonKind
from courses.queries import versions
from enrollments.enums import Status
from enrollments.models import Appointment, BlockState, CoachAction, Enrollment
from enrollments.queries.helping import paths_of
from enrollments.queries.reminders import zone_of
from municipalities.enums import Kind
from municipalities.models import Mandate, Organisation, OrganisationQuerySet

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
    path: str = ""


def own_hour(starts_at: datetime, organisation: Organisation) -> str:
    """The hour on the clock of a municipality that does not live at Québec's; else nothing."""
    here, there = (
        starts_at.astimezone(QUEBEC),
        starts_at.astimezone(zone_of(organisation.time_zone)),
    )
    return "" if here.utcoffset() == there.utcoffset() else wording.hour(there)


def week(coach: User, *, at: datetime) -> list[WeekLine]:
    """The appointments of the next seven days, each with its municipality's preparation.

    Three queries, whatever their number.
    """
    rows = Appointment.objects.held().filter(
        slot__coach=coach, slot__ends_at__gt=at, slot__starts_at__lt=at + WEEK
    )
    found = list(rows.select_related("slot", "person", "organisation").order_by("slot__starts_at"))
    places = {each.organisation_id for each in found}
    ready = preparations(places, on=at.astimezone(QUEBEC).date())
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


def quiet_towns(*, at: datetime, towns: OrganisationQuerySet | None = None) -> list[Organisation]:
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
    if towns is not None:
        rows = rows.filter(pk__in=towns.values("pk"))
    silent = rows.filter(Q(last_on__lt=since) | Q(last_on__isnull=True), first_on__lt=since)
    return list(silent.order_by("last_on", "sort_key")[:MOST])


def stuck(
    *, at: datetime, learner: User | None = None, towns: OrganisationQuerySet | None = None
) -> list[Stuck]:
    """Whoever tried a final questionnaire three times or more without reaching its mark.

    Of courses under way, active in the last three months, the most tries first.
    """
    rows = BlockState.objects.filter(
        attempts__gte=TRIES,
        enrollment__status=Status.ACTIVE,
        enrollment__last_activity_at__gt=at - timedelta(days=RECENT_DAYS),
    )
    if learner is not None:
        rows = rows.filter(enrollment__learner=learner)
    if towns is not None:
        rows = rows.filter(enrollment__mandate__organisation__in=towns)
    # Which stations are final, and their mark, is in the document of each version: the database
    # is told, so that exercises practised more often never push a failure out of the list.
    used = rows.values_list("enrollment__version", flat=True).distinct()
    titles: dict[tuple[int, str], str] = {}
    failed = Q(pk__in=[])
    for pk, version in versions(used).items():
        every = stations(data_of(version.document))
        exams = {each["uuid"]: each["title"] for each in every if each["kind"] == LessonKind.EXAM}
        titles |= {(pk, uuid): title for uuid, title in exams.items()}
        short = Q(best_score__lt=version.front["pass_mark"]) | Q(best_score__isnull=True)
        failed |= Q(short, enrollment__version=pk, lesson__in=list(exams))
    found = rows.filter(failed).select_related(
        "enrollment__learner", "enrollment__course", "enrollment__version",
        "enrollment__mandate__organisation",
    )  # fmt: skip
    most = list(found.defer("enrollment__version__document").order_by("-attempts", "pk")[:MOST])
    paths = paths_of([each.enrollment for each in most])
    return [
        Stuck(
            each.enrollment,
            titles[each.enrollment.version_id, str(each.lesson)],
            each.attempts,
            paths.get(each.enrollment.learner_id, ""),
        )
        for each in most
    ]
