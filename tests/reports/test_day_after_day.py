"""P-16: whoever notes the reports day after day finds nobody by subtraction.

A running period tells its municipalities and no people; a closed one tells its people once, and
does not change; what goes on moving is rounded down.
"""

import itertools
import random
from collections import defaultdict
from datetime import date
from unittest.mock import patch

import pytest

from atn_platform.reports import periods
from atn_platform.reports.enums import Breakdown, Scope
from atn_platform.reports.figures import looks
from atn_platform.reports.figures.looks import GROUP, LABELS
from atn_platform.reports.masking import K, mask, rounded
from atn_platform.reports.queries import past
from atn_platform.reports.queries.participation import Counts
from tests.reports.test_nested_periods import (
    GROUP_OF,
    GROUPS,
    MOST,
    _keep_below,
    _meet,
    _share_out,
)

QUARTER = periods.parse("2026-T3")
CLOSED = date(2026, 10, 1)
# The last is the end of the quarter.
DAYS = range(4)
SUMS = [Breakdown.REGION, GROUP, Breakdown.PUBLIC]


def counted(world, day):
    """What stands at the end of a day. A world: municipalities, as (region, stratum, public, the
    day when each of their people came).
    """
    sums = defaultdict(lambda: (0, 0))
    for region, stratum, public, came in world:
        n = sum(when <= day for when in came)
        for cell in (
            (Breakdown.REGION, region), (Breakdown.STRATUM, stratum), (GROUP, GROUP_OF[stratum]),
            (Breakdown.PUBLIC, public), ("total", ""),
        ):  # fmt: skip
            people, places = sums[cell]
            sums[cell] = (people + n, places + bool(n))
    return dict(sums)


def look(counts, today):
    with patch.object(past, "count", lambda *args, **named: Counts(people=counts, places={})):
        return looks.masked(QUARTER, Scope.ORIGIN, today).people


def caught(world, *, live=False):
    """Groups of one to four people that the reader finds: those of a day, and those who came
    between two. `live`: as if each day told its people, masked as a closed period is.
    """
    real = {day: counted(world, day) for day in DAYS}
    seen = {
        day: look(real[day], CLOSED if live or day == DAYS[-1] else QUARTER.ends_on)
        for day in DAYS
    }
    cells = [(kind, label) for kind, labels in LABELS.items() for label in labels] + [
        ("total", "")
    ]
    places = {(day, *cell): real[day].get(cell, (0, 0))[1] for day in DAYS for cell in cells}
    people = {(day, *cell): real[day].get(cell, (0, 0))[0] for day in DAYS for cell in cells}
    bounds = {}
    for day in DAYS:
        for kind, label in cells:
            shown = seen[day][GROUP].total if kind == "total" else dict(
                zip(LABELS[kind], seen[day][kind].rows, strict=True)
            )[label]  # fmt: skip
            known = places[day, kind, label]
            nobody = [0, 0] if not known else [known, MOST]
            bounds[day, kind, label] = nobody if shown is None else [shown, shown]
    narrow(bounds, places, cells)
    for cell, n in people.items():
        assert bounds[cell][0] <= n <= bounds[cell][1], cell
    found = [cell for cell, n in people.items() if 0 < n < K and len(set(bounds[cell])) == 1]
    for one, other in itertools.combinations(DAYS, 2):
        for cell in cells:
            before, after = (one, *cell), (other, *cell)
            low = max(places[after] - places[before], bounds[after][0] - bounds[before][1])
            if (
                0 < people[after] - people[before] < K
                and low == bounds[after][1] - bounds[before][0]
            ):
                found.append((one, other, *cell))
    return found


def narrow(bounds, places, cells):
    before = None
    while before != (before := repr(bounds)):
        for day in DAYS:
            sums = [
                (bounds[day, "total", ""], [bounds[day, kind, label] for label in LABELS[kind]])
                for kind in SUMS
            ] + [
                (
                    bounds[day, GROUP, group],
                    [bounds[day, Breakdown.STRATUM, each] for each in strata],
                )
                for group, strata in GROUPS.items()
            ]
            for whole, parts in sums:
                _meet(whole, sum(low for low, _ in parts), sum(high for _, high in parts))
                _share_out(whole, parts)
                _keep_below(whole, parts)
        # Whoever came stays, and each municipality that came since has somebody.
        for cell in cells:
            for one, other in itertools.pairwise(DAYS):
                new = places[other, *cell] - places[one, *cell]
                _meet(bounds[one, *cell], 0, bounds[other, *cell][1] - new)
                _meet(bounds[other, *cell], bounds[one, *cell][0] + new, MOST)


def a_world(rng):
    regions = list(LABELS[Breakdown.REGION])[: rng.randint(1, 4)]
    strata = rng.sample(list(LABELS[Breakdown.STRATUM]), rng.randint(1, 3))
    most = rng.choice([1, 2, 4, 9])
    return [
        (
            rng.choice(regions), rng.choice(strata), rng.choice(list(LABELS[Breakdown.PUBLIC])),
            [rng.choice(DAYS) for _ in range(rng.randint(1, most))],
        )
        for _ in range(rng.randint(1, 14))
    ]  # fmt: skip


# Five municipalities of one person each: the municipalities of a day would count its people.
ONE_EACH = [("01", "1", "staff", [rank % 4]) for rank in range(5)] + [
    ("05", "1", "staff", [0] * 9),
    ("12", "1", "staff", [0] * 9),
]
ONE_MORE = [("01", "1", "staff", [0] * 9 + [1]), ("05", "1", "staff", [0] * 9)]


@pytest.mark.parametrize("world", [ONE_EACH, ONE_MORE])
def test_p16_no_day_of_a_running_quarter_counts_anybody(world):
    assert caught(world) == []


@pytest.mark.parametrize("seed", range(3))
def test_p16_whatever_the_people_and_their_days_nobody_is_found(seed):
    rng = random.Random(seed)
    worlds = [a_world(rng) for _ in range(100)]
    assert [world for world in worlds if caught(world)] == []


def test_the_reader_would_find_who_came_if_each_day_told_its_people():
    """The control: 19 people one day, 18 the day before."""
    assert (0, 1, Breakdown.REGION, "01") in caught(ONE_MORE, live=True)


def test_the_reader_would_find_the_people_of_rows_with_one_a_municipality(monkeypatch):
    """The control of SPARE: two municipalities on the first day, so two people."""
    monkeypatch.setattr(looks, "SPARE", 0)
    assert (0, Breakdown.REGION, "01") in caught(ONE_EACH)


def moves(width, most, tell):
    """Who is counted by two readings of a column that grows, for all columns up to that size:
    what the readings show, and the row that only one to four people can have joined.
    """
    columns = list(itertools.product(range(most + 1), repeat=width))
    shown = {column: tell(column) for column in columns}
    found = defaultdict(set)
    for before, after in itertools.product(columns, repeat=2):
        steps = [b - a for a, b in zip(before, after, strict=True)]
        if min(steps) >= 0:
            for rank, more in enumerate((*steps, sum(steps))):
                found[shown[before], shown[after], rank].add(more)
    return [key for key, steps in found.items() if len(steps) == 1 and 0 < min(steps) < K]


def told(width, most, tell):
    """Small counts that one reading tells."""
    found = defaultdict(set)
    for column in itertools.product(range(most + 1), repeat=width):
        for rank, n in enumerate(column):
            found[tell(column), rank].add(n)
    return [key for key, counts in found.items() if len(counts) == 1 and 0 < min(counts) < K]


def exactly(column):
    """As a closed period is masked."""
    return mask(column, sum(column))


@pytest.mark.parametrize(("width", "most"), [(1, 29), (2, 14), (3, 9)])
def test_p16_no_two_readings_of_rounded_counts_tell_of_a_few_people(width, most):
    assert moves(width, most, rounded) == []


@pytest.mark.parametrize(("width", "most"), [(1, 29), (2, 14), (4, 9), (6, 5)])
def test_p16_nor_does_one_reading(width, most):
    assert told(width, most, rounded) == []


def test_two_readings_of_exact_counts_would():
    assert moves(1, 14, exactly) != []


def test_a_total_as_finely_rounded_as_its_rows_would_tell_what_they_are():
    """Five rows of four people are twenty."""

    def finely(column):
        return tuple(n // K for n in column), sum(column) // K

    assert told(5, 4, finely) != []
