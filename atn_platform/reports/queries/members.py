"""What is counted of the municipalities of an MRC: people by how far they have come, no name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from atn_platform.core.office_hours import QUEBEC
from enrollments.enums import Status
from enrollments.queries.sharing import facts_shown
from municipalities.models import (
    Mandate,
    Organisation,
    OrganisationQuerySet,
    Responsibility,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A municipality before anything is hidden. Each count is part of the one before it.

    `is_answered`: somebody answers there for the training.
    """

    place: Organisation
    is_answered: bool
    people: int
    enrolled: int
    started: int
    finished: int


def last_sunday(on: date) -> date:
    """Training counts up to that day, so that two days are not compared to know of someone."""
    return on - timedelta(days=on.isoweekday())


def members(mrc: Organisation, *, on: date) -> list[Member]:
    """The municipalities of an MRC by name, in two queries whatever their number.

    As in « Mes gens », elected people who keep their facts for themselves count as people alone:
    whoever reads both pages could subtract.
    """
    answers = Responsibility.objects.in_force(on=on).filter(organisation=OuterRef("pk"))
    places = Organisation.objects.active().municipalities().filter(mrc=mrc)
    found = {place: counts for place, *counts in _counts(places, on=on)}
    return [
        Member(place, place.is_answered, *found.get(place.pk, (0, 0, 0, 0)))
        for place in places.annotate(is_answered=Exists(answers)).order_by("sort_key")
    ]


def _counts(places: OrganisationQuerySet, *, on: date) -> Iterable[tuple[int, ...]]:
    """A row for each place where somebody holds a mandate; facts follow the mandate's thread."""
    end = datetime.combine(last_sunday(on) + timedelta(days=1), time(), QUEBEC)
    shared = facts_shown() & Q(user__enrollments__mandate__thread=F("thread"))
    live = shared & ~Q(user__enrollments__status=Status.WITHDRAWN)
    finished = Q(user__enrollments__completed_at__lt=end)
    started = finished | Q(user__enrollments__first_activity_at__lt=end)
    enrolled = started | Q(user__enrollments__enrolled_at__lt=end)
    mandates = Mandate.objects.in_force(on=on).filter(organisation__in=places)
    counted = (
        mandates.order_by()
        .values("organisation")
        .annotate(
            people=Count("user", distinct=True),
            enrolled=Count("user", distinct=True, filter=live & enrolled),
            started=Count("user", distinct=True, filter=live & started),
            finished=Count("user", distinct=True, filter=live & finished),
        )
    )
    return counted.values_list("organisation", "people", "enrolled", "started", "finished")
