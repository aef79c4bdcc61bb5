"""The people of an organisation and where their courses stand: facts, never answers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from enrollments.enums import Status
from enrollments.models import Enrollment
from municipalities.models import Mandate, Organisation

# Courses taken up under a mandate, or under one that it prolongs: a term before, a merger.
ALONG = Q(user__enrollments__mandate__thread=F("thread"))
LIVE = ALONG & ~Q(user__enrollments__status=Status.WITHDRAWN)
DONE = ALONG & Q(user__enrollments__status=Status.COMPLETED)
STARTED = Q(user__enrollments__first_activity_at__isnull=False) | DONE


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """People of an organisation, each counted once however many courses they follow."""

    people: int
    started: int
    finished: int


def team(organisation: Organisation, *, on: date) -> QuerySet[Mandate]:
    """Mandates in force, by name, each with the count of its courses and stations."""
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    return (
        mandates.select_related("user")
        .annotate(
            courses=Count("user__enrollments", filter=LIVE),
            courses_started=Count("user__enrollments", filter=LIVE & STARTED),
            courses_done=Count("user__enrollments", filter=DONE),
            stations_done=Coalesce(Sum("user__enrollments__stations_done", filter=LIVE), 0),
            stations_total=Coalesce(Sum("user__enrollments__stations_total", filter=LIVE), 0),
        )
        .order_by("user__sort_key", "pk")
    )


def team_counts(organisation: Organisation, *, on: date) -> TeamCounts:
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    live = Enrollment.objects.live().filter(mandate__thread__in=mandates.values("thread"))
    people = mandates.aggregate(people=Count("user", distinct=True))["people"]
    done = Q(status=Status.COMPLETED)
    started = Q(first_activity_at__isnull=False) | done
    counts = live.aggregate(
        started=Count("learner", filter=started, distinct=True),
        finished=Count("learner", filter=done, distinct=True),
    )
    return TeamCounts(people=people, **counts)


def publics(organisation: Organisation, *, on: date) -> dict[str, int]:
    """How many mandates in force each public has."""
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    rows = mandates.order_by().values(name=F("public")).annotate(count=Count("pk"))
    return {row["name"]: row["count"] for row in rows}
