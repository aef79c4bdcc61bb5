"""The way of people from an invitation to an attestation, as its reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.reports.enums import (
    COURSE,
    DAYS,
    DOOR,
    SLOTS,
    Audience,
    Breakdown,
    Scope,
    Step,
)
from atn_platform.reports.figures.looks import GROUP, LABELS
from atn_platform.reports.masking import (
    RATE_DENOMINATOR,
    K,
    Masked,
    mask_growth,
    rounded,
    rounded_down,
)
from atn_platform.reports.periods import ZONE, Period
from atn_platform.reports.queries import journey as queries
from atn_platform.reports.queries.members import last_sunday
from atn_platform.reports.queries.participation import registry_date

# Quarters whose curves are drawn together.
CURVES = 3
# From this share on, what is lost at a step is said louder.
HOT = 0.3
# Sizes of municipalities are four here: nine would hide most of what they count.
TABLES = {
    Breakdown.REGION: str(Breakdown.REGION),
    Breakdown.STRATUM: GROUP,
    Breakdown.PUBLIC: str(Breakdown.PUBLIC),
}


class JourneyRefused(ActionError):
    """A journey that its reader may not have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, or all of them. `counts` by step; None is a hidden one."""

    key: str
    label: str
    counts: tuple[tuple[Step, int | None], ...]

    def of(self, *steps: Step) -> list[tuple[Step, int | None]]:
        return [(step, count) for step, count in self.counts if step in steps]


@dataclass(frozen=True, slots=True)
class Stage:
    """One bar: how many came so far, their part of the first, and what the one before lost."""

    step: Step
    count: int | None
    part: float
    lost: float | None

    @property
    def is_hot(self) -> bool:
        return self.lost is not None and self.lost > HOT


@dataclass(frozen=True, slots=True)
class Curve:
    """Of the enrolments begun in a quarter, the share finished after each week; None is not said.

    A week is said once everyone of the quarter has had it.
    """

    period: Period
    started: int | None
    weeks: tuple[float | None, ...]

    @property
    def last(self) -> tuple[int, float] | None:
        """The last week said, and its share."""
        said = [(week, share) for week, share in enumerate(self.weeks) if share is not None]
        return said[-1] if said else None


@dataclass(frozen=True, slots=True)
class Hour:
    """Lessons finished in a stretch of hours of one day of the week, all weeks together."""

    day: int
    slot: int
    lessons: int | None

    @property
    def rate(self) -> float | None:
        """For each hour of the stretch: a long one would seem busier than it is."""
        start, end = SLOTS[self.slot]
        return None if self.lessons is None else self.lessons / ((end - start) % 24)


@dataclass(frozen=True, slots=True)
class Journey:
    """`until`: last day counted. `complete_on`: when each person will have had ninety days."""

    period: Period
    scope: Scope
    audience: Audience
    until: date
    complete_on: date
    reference_date: date
    registry_date: date | None
    tables: dict[Breakdown, tuple[Row, ...]]
    total: Row
    curves: tuple[Curve, ...]
    hours: tuple[tuple[Hour, ...], ...]

    @property
    def is_complete(self) -> bool:
        return self.until >= self.complete_on

    def total_of(self, by: Breakdown) -> list[tuple[Step, int | None]]:
        """The last line of a table, in its columns."""
        return self.total.of(*(step for step, _count in self.tables[by][0].counts))

    def stages(self, *steps: Step) -> list[Stage]:
        """The bars of one way; what is lost by fewer than five people is not said."""
        found: list[Stage] = []
        first = before = None
        for step, count in self.total.of(*steps):
            first = count if first is None else first
            part = count / first if count and first else 0
            gone = before - count if before is not None and count is not None else 0
            found.append(Stage(step, count, part, gone / before if gone >= K and before else None))
            before = count
        return found


def build(
    period: Period, *, audience: Audience, today: date, scope: Scope = Scope.ORIGIN
) -> Journey:
    """Count a quarter and its people, and hide what this reader may not see.

    Quarters alone: months would be subtracted from them, since here people add up. What people
    did counts up to the last Sunday, so that two days are not compared.
    """
    if period.kind != "quarter":
        raise JourneyRefused(_("Le chemin des personnes se lit par trimestre civil complet."))
    until = last_sunday(today)
    moment = datetime.combine(until + timedelta(days=1), time(), ZONE)
    tables, total = _tables(period, moment, scope=scope, audience=audience)
    reference_date = period.ends_on if scope == Scope.ORIGIN else today
    return Journey(
        period=period,
        scope=scope,
        audience=audience,
        until=until,
        complete_on=period.cohort_known_on,
        reference_date=reference_date,
        registry_date=registry_date(reference_date),
        tables=tables,
        total=total,
        curves=tuple(_curves(period, moment, audience=audience)),
        hours=_hours(period, moment, audience=audience),
    )


Columns = dict[str, list[Masked]]


def _tables(
    period: Period, until: datetime, *, scope: Scope, audience: Audience
) -> tuple[dict[Breakdown, tuple[Row, ...]], Row]:
    counts = queries.steps(period, until=until, scope=scope)
    ways = [
        (steps, _seen(_raw(counts, steps, kinds), open_eyes=audience == Audience.ATN))
        for steps, kinds in ((DOOR, (Breakdown.REGION, GROUP)), (COURSE, tuple(TABLES.values())))
    ]
    tables = {
        by: tuple(
            Row(key, label, tuple(_cells(ways, kind, rank)))
            for rank, (key, label) in enumerate(LABELS[kind].items())
        )
        for by, kind in TABLES.items()
    }
    return tables, Row("", _("Ensemble du Québec"), tuple(_cells(ways, Breakdown.REGION, None)))


def _cells(
    ways: Iterable[tuple[tuple[Step, ...], Columns]], kind: str, rank: int | None
) -> Iterable[tuple[Step, int | None]]:
    """Each step of a row of a table, or of its total; an invitation may say no public."""
    for steps, columns in ways:
        for step, column in zip(steps, columns.get(kind, ()), strict=False):
            yield step, column.total if rank is None else column.rows[rank]


def _raw(
    counts: queries.Counts, steps: tuple[Step, ...], kinds: Iterable[str]
) -> dict[str, list[list[int]]]:
    """By table, a list of counts for each step."""
    found = counts.asked if steps == DOOR else counts.people
    nothing = (0,) * len(steps)
    return {
        kind: [
            [found.get((kind, key), nothing)[rank] for key in LABELS[kind]]
            for rank in range(len(steps))
        ]
        for kind in kinds
    }


def _seen(cells: dict[str, list[list[int]]], *, open_eyes: bool) -> Columns:
    """Outside ATN rounded: from week to week people go on, and quarters of both scopes are read.

    The total is that of regions in every table.
    """
    return {
        kind: [Masked(tuple(rows), sum(rows)) if open_eyes else rounded(rows) for rows in columns]
        for kind, columns in cells.items()
    }


def _curves(period: Period, until: datetime, *, audience: Audience) -> Iterable[Curve]:
    """The quarter and those before it, oldest first."""
    quarters = [period]
    while len(quarters) < CURVES:
        quarters.insert(0, quarters[0].previous)
    found = queries.curves(quarters, until=until)
    open_eyes = audience == Audience.ATN
    for quarter in quarters:
        begun = found[quarter.starts_on]
        _start, end = quarter.bounds
        over = [end + timedelta(weeks=week) <= until for week in range(queries.WEEKS + 1)]
        shown: Sequence[int | None] = begun.finished
        started: int | None = begun.started
        if not open_eyes:
            # The other report gives the share after ninety days, which stands last here.
            growth = mask_growth(begun.finished, begun.finishers, beside=-1)
            shown = [None if count is None else rounded_down(count) for count in growth]
            started = None if 0 < begun.people < K else rounded_down(begun.started)
        enough = started and begun.people >= (1 if open_eyes else RATE_DENOMINATOR)
        yield Curve(
            period=quarter,
            started=started,
            weeks=tuple(
                count / started if enough and started and is_over and count is not None else None
                for count, is_over in zip(shown, over, strict=False)
            ),
        )


def _hours(period: Period, until: datetime, *, audience: Audience) -> tuple[tuple[Hour, ...], ...]:
    """Lines of days; no sum of them stands anywhere, so that a hidden one hides alone."""
    found = {
        (day, slot): lessons if audience == Audience.ATN else _lessons(lessons, people)
        for day, slot, lessons, people in queries.hours(period, until=until)
    }
    return tuple(
        tuple(Hour(day, slot, found.get((day, slot), 0)) for slot in range(len(SLOTS)))
        for day in range(1, len(DAYS) + 1)
    )


def _lessons(count: int, people: int) -> int | None:
    return rounded_down(count) if people >= K else None


def journey_definitions() -> dict[str, str]:
    """What each figure means, for the page and its files."""
    return {
        _("Inscrites à un cours"): _(
            "Personnes distinctes qui se sont inscrites pendant le trimestre, sous un mandat dans "
            "une municipalité. Chacune compte une fois, là où elle s’est d’abord inscrite."
        ),
        _("Première leçon, cours, attestation"): _(
            "Ce que ces mêmes personnes ont fait dans les 90 jours qui suivent l’inscription, "
            "pour un cours du trimestre au moins. Une attestation révoquée ne compte pas."
        ),
        _("Invitées, ont accepté"): _(
            "Personnes à qui une municipalité a écrit pendant le trimestre, et celles qui ont "
            "accepté dans les 90 jours. On peut aussi arriver sans invitation, par une liste, une "
            "affiche ou un code : les deux chemins se lisent séparément. Une invitation est "
            "gardée 24 mois, et ne dit pas toujours de quel public est la personne."
        ),
        _("Courbes"): _(
            "Part des inscriptions commencées pendant le trimestre et terminées après ce nombre "
            "de semaines. Une semaine est donnée quand toutes l’ont eue, et pour 10 "
            "personnes ou plus."
        ),
        _("Heures"): _(
            "Leçons terminées pendant le trimestre, par heure de chaque plage, toutes les "
            "semaines ensemble, à l’heure de Québec."
        ),
        _("Arrondi"): _(
            "Hors de l’ATN, les nombres sont arrondis aux cinq inférieurs, et l’ensemble aux "
            "vingt. Ils changent de semaine en semaine, et personne ne doit s’y compter. Sous "
            "cinq personnes, aucun nombre n’est dit, nul compris. Une case des heures demande "
            "cinq personnes qui y ont terminé une leçon."
        ),
    }
