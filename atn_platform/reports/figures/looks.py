"""What a reader of the participation report sees of people, beside all else that they may see.

Quarters are masked by themselves; a year is masked beside its quarters, for whoever is counted in
one of them is in the year. Months are for ATN alone: the municipalities of a month say which rows
had nobody in the others, and that is enough to find a few people of its quarter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from municipalities.enums import Public
from municipalities.registry import REGIONS

GROUP = "group"
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


@dataclass(frozen=True, slots=True)
class Look:
    """Raw counts of a period, and what is shown of people and of elected people with a course."""

    counts: Counts
    people: dict[str, Masked]
    covered: dict[str, Masked]


def bare(period: Period, scope: Scope, today: date) -> Look:
    """All there is, as ATN sees it."""
    counts = past.count(period, scope=scope, today=today)
    return Look(counts, _bare(_people_cells(counts)), _bare(_covered_cells(counts)))


def masked(period: Period, scope: Scope, today: date) -> Look:
    """As someone sees it who may look at every quarter and year, and at both scopes."""
    counts = past.count(period, scope=scope, today=today)
    # One scope is masked beside the other.
    beside = masked(period, Scope.ORIGIN, today) if scope == Scope.TODAY else None
    cells, covered = _people_cells(counts), _covered_cells(counts)
    origin = (_people_cells(beside.counts), beside.people) if beside else None
    is_year = period.kind == "year"
    quarters = [masked(each, scope, today) for each in period.quarters] if is_year else []
    covered_origin = (_covered_cells(beside.counts), beside.covered) if beside else None
    return Look(counts, _masked(cells, origin, quarters), _masked(covered, covered_origin))


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
    beside: tuple[Cells, dict[str, Masked]] | None = None,
    parts: Sequence[Look] = (),
) -> dict[str, Masked]:
    """Breakdowns that share the total, then strata as parts of their group.

    `beside` is what the same reader sees of the other scope; `parts`, of the quarters of a year.
    """
    forced: dict[str, set[int]] = {kind: set() for kind in LABELS}
    hide_total = False
    if beside is not None:
        before, seen = beside
        forced = {
            kind: told_apart(seen[kind].rows, before.counts[kind], cells.counts[kind])
            for kind in LABELS
        }
        hide_total = bool(told_apart([seen[GROUP].total], [before.total], [cells.total]))
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
