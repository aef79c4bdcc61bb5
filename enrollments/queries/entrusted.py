"""Municipalities and the coach of each, as the desk and the administration look for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from atn_platform.accounts.models import User
from enrollments.models import Accompaniment, AccompanimentQuerySet
from enrollments.queries.coaching import Preparation, preparations
from municipalities.models import Organisation, OrganisationQuerySet

MINE, NOBODY = "miennes", "sans"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which municipalities one looks at; everything empty is all of them.

    `whose` is MINE, NOBODY, or the key of a coach.
    """

    whose: str = ""
    region: str = ""
    name: str = ""

    @classmethod
    def read(cls, asked: dict[str, str]) -> "Choice":
        """What an address asks for; what we do not know asks for nothing."""
        whose, region = asked.get("qui", ""), asked.get("region", "")
        known = whose in {MINE, NOBODY} or (whose.isdecimal() and len(whose) < 19)  # noqa: PLR2004 -- a bigint
        return cls(
            whose=whose if known else "",
            region=region[:2],
            name=asked.get("q", "").replace("\x00", "").strip()[:100],
        )

    def said(self) -> dict[str, str]:
        """The same, as an address says it."""
        words = {"qui": self.whose, "region": self.region, "q": self.name}
        return {key: value for key, value in words.items() if value}


@dataclass(frozen=True, slots=True)
class Town:
    place: Organisation
    coach: User | None
    preparation: Preparation


@dataclass(frozen=True, slots=True)
class Tally:
    """How many municipalities there are, and how many each coach has."""

    total: int
    by_coach: dict[int, int]

    @property
    def without(self) -> int:
        return self.total - sum(self.by_coach.values())


def every_town() -> OrganisationQuerySet:
    return Organisation.objects.active().municipalities()


def entrusted_to(coach: User) -> OrganisationQuerySet:
    held = Accompaniment.objects.in_force().filter(coach=coach)
    return every_town().filter(accompaniment__in=held)


def coach_of(place: Organisation) -> User | None:
    return next((each.coach for each in coaches_of([place])), None)


def coaches_of(places: Iterable[Organisation]) -> AccompanimentQuerySet:
    """Who accompanies these organisations, for their people to read."""
    held = Accompaniment.objects.in_force().filter(organisation__in=places)
    return held.select_related("coach", "organisation").order_by("organisation__sort_key")


def chosen(choice: Choice, *, reader: User) -> OrganisationQuerySet:
    """The municipalities that a choice keeps, by name."""
    held = Accompaniment.objects.in_force()
    rows = every_town()
    if choice.name:
        rows = rows.matching(choice.name)
    if choice.region:
        rows = rows.filter(region=choice.region)
    if choice.whose == NOBODY:
        rows = rows.exclude(accompaniment__in=held)
    elif choice.whose:
        coach = reader.pk if choice.whose == MINE else int(choice.whose)
        rows = rows.filter(accompaniment__in=held.filter(coach=coach))
    return rows.select_related("region").order_by("sort_key", "pk")


def towns(places: Iterable[Organisation], *, on: date) -> list[Town]:
    """Each with its coach and its preparation; two queries, whatever their number."""
    rows = list(places)
    coaches = {each.organisation_id: each.coach for each in coaches_of(rows)}
    ready = preparations([each.pk for each in rows], on=on)
    return [Town(each, coaches.get(each.pk), ready.get(each.pk, Preparation())) for each in rows]


def tally() -> Tally:
    held = Accompaniment.objects.in_force().filter(organisation__in=every_town())
    rows = held.order_by().values("coach").annotate(count=Count("pk"))
    return Tally(every_town().count(), {row["coach"]: row["count"] for row in rows})
