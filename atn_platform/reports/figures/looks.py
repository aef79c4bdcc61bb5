"""What a reader of the participation report sees of people, beside all else that they may see.

People of a quarter or a year are read once it is over, and as they were when it was first read
(docs/decisions/0016). Quarters are masked by themselves; a year is masked beside its quarters, for
whoever is counted in one of them is in the year. Months are for ATN alone: the municipalities of a
month say which rows had nobody in the others, and that is enough to find a few people of its
quarter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from atn_platform.reports.enums import STRATUM_GROUPS, STRATUM_LABELS, Breakdown, Scope
from atn_platform.reports.masking import (
    Masked,
    Part,
    Table,
    mask_nested,
    mask_together,
    told_apart,
    whole_of,
)
from atn_platform.reports.periods import Period
from atn_platform.reports.queries import past
from atn_platform.reports.queries.participation import Counts
from atn_platform.reports.queries.published import ORIGIN, Publications
from municipalities.enums import Public
from municipalities.registry import REGIONS

GROUP = "group"
# How many people more than municipalities a row must have to be shown.
SPARE = 2
LABELS: dict[str, dict[str, str]] = {
    Breakdown.REGION: dict(REGIONS),
    Breakdown.STRATUM: {str(n): str(label) for n, label in enumerate(STRATUM_LABELS, 1)},
    Breakdown.PUBLIC: {key: str(label) for key, label in Public.choices},
    GROUP: {str(n): str(label) for n, (label, *_) in enumerate(STRATUM_GROUPS, 1)},
}
# Breakdowns that share the total of people; publics of elected people have one row, the whole.
SHARED = (Breakdown.REGION, GROUP, Breakdown.PUBLIC)


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of every breakdown: counts, what is known not to be greater, and the whole."""

    counts: dict[str, list[int]]
    floors: dict[str, list[int]]
    total: int
    # Breakdowns that share the total.
    shared: tuple[str, ...]

    def within(self, parts: "Sequence[Cells]") -> "Cells":
        """Its people between those of its greatest part and those of all its parts together.

        A year may be published long after a quarter: who came late to it, or became one account
        with another, would be found by subtraction.
        """
        if not parts:
            return self
        counts = {
            kind: [
                _between(n, [part.counts[kind][rank] for part in parts])
                for rank, n in enumerate(rows)
            ]
            for kind, rows in self.counts.items()
        }
        return replace(
            self, counts=counts, total=_between(self.total, [part.total for part in parts])
        )

    @property
    def crowded(self) -> dict[str, set[int]]:
        """Rows that have hardly more people than municipalities, which are known: they would say
        that each of these has one, and how many had come on any day before.
        """
        return {
            kind: {
                rank
                for rank, (n, floor) in enumerate(zip(rows, self.floors[kind], strict=False))
                if 0 < n < floor + SPARE
            }
            for kind, rows in self.counts.items()
        }


@dataclass(frozen=True, slots=True)
class Look:
    """Raw counts of a period, and what is shown of people and of elected people with a course."""

    counts: Counts
    people: dict[str, Masked]
    covered: dict[str, Masked]


def _between(n: int, parts: Sequence[int]) -> int:
    return min(max(n, *parts), sum(parts))


def bare(period: Period, scope: Scope, today: date) -> Look:
    """All there is, as ATN sees it."""
    counts = past.count(period, scope=scope, today=today)
    return Look(counts, _bare(_people_cells(counts)), _bare(_covered_cells(counts)))


def masked(
    period: Period, scope: Scope, today: date, publications: Publications | None = None
) -> Look:
    """As someone sees it who may look at every closed quarter and year, and at both scopes.

    Of a running period people are not told: each day would be subtracted from the one before.
    `publications` are what was read before; without them, figures are of now.
    """
    if period.ends_on >= today:
        return _closed_book(past.count(period, scope=scope, today=today))
    looks = _in_turn(period, scope, today, publications)
    return looks[publications.lay] if publications else list(looks.values())[-1]


def _closed_book(counts: Counts) -> Look:
    unsaid = {kind: Masked((None,) * len(labels), None) for kind, labels in LABELS.items()}
    return Look(counts, unsaid, unsaid)


def _in_turn(
    period: Period, scope: Scope, today: date, publications: Publications | None
) -> dict[str, Look]:
    """By division of the land, the oldest first: each is masked beside those before it."""
    inner = period.quarters if period.kind == "year" else []
    quarters = [_in_turn(each, scope, today, publications) for each in inner]
    looks: dict[str, Look] = {}
    for lay, counts in _successive(period, scope, today, publications).items():
        parts = [each[lay] for each in quarters]
        cells = _people_cells(counts).within([_people_cells(part.counts) for part in parts])
        people = [(_people_cells(each.counts), each.people) for each in looks.values()]
        covered = [(_covered_cells(each.counts), each.covered) for each in looks.values()]
        looks[lay] = Look(
            counts, _masked(cells, people, parts), _masked(_covered_cells(counts), covered)
        )
    return looks


def _successive(
    period: Period, scope: Scope, today: date, publications: Publications | None
) -> dict[str, Counts]:
    """What was published of it, by the scope of origin first; or else what is counted now."""
    if publications:
        found = publications.found[period.key]
        lays = found if scope == Scope.TODAY else [ORIGIN]
        return {lay: found[lay].counts for lay in lays}
    scopes = Scope if scope == Scope.TODAY else [Scope.ORIGIN]
    return {each: past.count(period, scope=each, today=today) for each in scopes}


def _people_cells(counts: Counts) -> Cells:
    pairs = {kind: [counts.of(kind, key) for key in labels] for kind, labels in LABELS.items()}
    return Cells(
        counts={kind: [people for people, _ in cells] for kind, cells in pairs.items()},
        floors={kind: [places for _, places in cells] for kind, cells in pairs.items()},
        total=counts.of("total")[0],
        shared=SHARED,
    )


def _covered_cells(counts: Counts) -> Cells:
    """Elected people who completed a course, by where their seat is."""
    total = counts.reference("total")[2]
    found = {
        kind: [counts.reference(kind, key)[2] for key in labels] for kind, labels in LABELS.items()
    }
    found[Breakdown.PUBLIC] = [
        total if key == Public.ELECTED else 0 for key in LABELS[Breakdown.PUBLIC]
    ]
    return Cells(found, {kind: [] for kind in LABELS}, total, (Breakdown.REGION, GROUP))


def _bare(cells: Cells) -> dict[str, Masked]:
    return {kind: Masked(tuple(rows), cells.total) for kind, rows in cells.counts.items()}


def _masked(
    cells: Cells,
    beside: Sequence[tuple[Cells, dict[str, Masked]]] = (),
    parts: Sequence[Look] = (),
) -> dict[str, Masked]:
    """Breakdowns that share the total, then strata as parts of their group.

    `beside` is what the same reader sees of the other scope, and saw before; `parts`, of the
    quarters of a year.
    """
    forced = cells.crowded
    hide_total = False
    for before, seen in beside:
        for kind in LABELS:
            forced[kind] |= told_apart(seen[kind].rows, before.counts[kind], cells.counts[kind])
        hide_total |= bool(told_apart([seen[GROUP].total], [before.total], [cells.total]))
    tables = {
        kind: whole_of(
            Table(cells.counts[kind], cells.floors[kind], forced[kind]),
            [Part(_people_cells(each.counts).counts[kind], each.people[kind]) for each in parts],
        )
        for kind in LABELS
    }
    hide_total |= any(part.people[GROUP].total is None for part in parts)
    strata = tables[Breakdown.STRATUM]
    if parts:
        tables[GROUP] = _above(tables[GROUP], strata)
    together = mask_together([tables[k] for k in cells.shared], cells.total, hide_total=hide_total)
    if parts and together[0].total is None:
        # The rows of a table that hides little would add up to the total of one that needs it.
        return _untold(cells)
    masked = dict(zip(cells.shared, together, strict=True))
    masked[Breakdown.STRATUM] = _strata(strata, masked[GROUP])
    if Breakdown.PUBLIC not in masked:
        shown = masked[GROUP].total
        publics = tuple(shown if key == Public.ELECTED else 0 for key in LABELS[Breakdown.PUBLIC])
        masked[Breakdown.PUBLIC] = Masked(publics, shown)
    return masked


def _strata(table: Table, groups: Masked) -> Masked:
    rows: list[int | None] = []
    for (_label, first, last), parent in zip(STRATUM_GROUPS, groups.rows, strict=True):
        rows += mask_nested(table.between(first - 1, last), parent).rows
    return Masked(tuple(rows), groups.total)


def _untold(cells: Cells) -> dict[str, Masked]:
    total = None if cells.total else 0
    return {
        kind: Masked(tuple(None if n else 0 for n in rows), total)
        for kind, rows in cells.counts.items()
    }


def _above(groups: Table, strata: Table) -> Table:
    """The groups of a year: no less than their strata are together, and hidden where strata are
    and leave too little to guess between the quarters.
    """
    inner = [strata.between(first - 1, last) for _label, first, last in STRATUM_GROUPS]
    floors = [max(n, sum(part.floors)) for n, part in zip(groups.floors, inner, strict=True)]
    tight = {
        rank
        for rank, part in enumerate(inner)
        if sum(part.counts) and mask_nested(part, sum(part.counts)).total is None
    }
    return Table(groups.counts, floors, {*groups.forced, *tight})
