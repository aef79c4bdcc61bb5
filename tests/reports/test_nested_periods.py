"""P-16: whoever puts the quarters of a year, the year, and their tables together finds no small count.

The reader narrows each cell between two bounds until nothing follows any more: from totals, from
strata in their groups, from people of a period being among those of the period that holds it, and
from municipalities beside, of which each has somebody.
"""

import random
from collections import defaultdict
from datetime import date
from unittest.mock import patch

import pytest

from atn_platform.reports import periods
from atn_platform.reports.enums import STRATUM_GROUPS, Breakdown, Scope
from atn_platform.reports.figures import looks
from atn_platform.reports.figures.looks import GROUP, LABELS
from atn_platform.reports.masking import K
from atn_platform.reports.queries import past
from atn_platform.reports.queries.participation import Counts

TODAY = date(2027, 1, 15)
YEAR = periods.parse("2026")
PERIODS = (YEAR, *YEAR.quarters)
MOST = 999
GROUPS = {
    str(rank): [str(n) for n in range(first, last + 1)]
    for rank, (_label, first, last) in enumerate(STRATUM_GROUPS, 1)
}
GROUP_OF = {stratum: group for group, strata in GROUPS.items() for stratum in strata}


def counted(world):
    """What each period counts. A world: (region, stratum, public, quarters, people), each of one
    municipality; whoever takes part in several quarters is one person in the year.
    """
    found = {}
    for period in PERIODS:
        sums = defaultdict(lambda: (0, 0))
        for region, stratum, public, when, n in world:
            if period == YEAR or YEAR.quarters.index(period) in when:
                for cell in (
                    (Breakdown.REGION, region), (Breakdown.STRATUM, stratum), (GROUP, GROUP_OF[stratum]),
                    (Breakdown.PUBLIC, public), ("total", ""),
                ):  # fmt: skip
                    people, places = sums[cell]
                    sums[cell] = (people + n, places + 1)
        found[period.key] = Counts(people=dict(sums), places={})
    return found


def seen(world, *, apart=False):
    """The look of each period, by key. `apart`: as if the reader saw no other."""
    found = counted(world)

    def count(period, *, scope, today):
        return found[period.key]

    with patch.object(past, "count", count):
        if apart:
            return found, {
                key: looks._masked(looks._people_cells(counts)) for key, counts in found.items()
            }
        return found, {
            each.key: looks.masked(each, Scope.ORIGIN, TODAY).people for each in PERIODS
        }


def caught(world, *, apart=False):
    """Small counts that the reader finds, as (period, breakdown, key)."""
    found, shown = seen(world, apart=apart)
    bounds = {}
    for key, tables in shown.items():
        for kind, labels in LABELS.items():
            for label, n in zip(labels, tables[kind].rows, strict=True):
                bounds[key, kind, label] = _bound(n, found[key].of(kind, label)[1])
        bounds[key, "total", ""] = _bound(tables[GROUP].total, found[key].of("total")[1])
    _narrow(bounds)
    hidden = {
        (key, kind, label): counts.people.get((kind, label), (0, 0))[0]
        for key, counts in found.items()
        for kind, label in counts.people
    }
    for place, n in hidden.items():
        low, high = bounds[place]
        assert low <= n <= high, place
    return [place for place, n in hidden.items() if n < K and len(set(bounds[place])) == 1]


def _bound(n, places):
    return [max(1, places), MOST] if n is None else [n, n]


def _narrow(bounds):
    cells = {(kind, label) for _key, kind, label in bounds}
    sums = [
        (bounds[key, "total", ""], [bounds[key, kind, label] for label in LABELS[kind]])
        for key in {key for key, _kind, _label in bounds}
        for kind in (Breakdown.REGION, GROUP, Breakdown.PUBLIC)
    ]
    sums += [
        (bounds[key, GROUP, group], [bounds[key, Breakdown.STRATUM, each] for each in strata])
        for key in {key for key, _kind, _label in bounds}
        for group, strata in GROUPS.items()
    ]
    unions = [
        (bounds[(YEAR.key, *cell)], [bounds[(part.key, *cell)] for part in YEAR.quarters])
        for cell in cells
    ]
    before = None
    while before != (before := repr(bounds)):
        for whole, parts in sums:
            _meet(whole, sum(low for low, _ in parts), sum(high for _, high in parts))
            _share_out(whole, parts)
            _keep_below(whole, parts)
        for whole, parts in unions:
            _meet(whole, max(low for low, _ in parts), sum(high for _, high in parts))
            _share_out([whole[0], MOST * MOST], parts)
            for part in parts:
                _meet(part, 0, whole[1])


def _share_out(whole, parts):
    """Each part has what the others cannot have."""
    high = sum(each[1] for each in parts)
    for part in parts:
        _meet(part, whole[0] - high + part[1], MOST)


def _keep_below(whole, parts):
    low = sum(each[0] for each in parts)
    for part in parts:
        _meet(part, 0, whole[1] - low + part[0])


def _meet(bound, low, high):
    bound[0], bound[1] = max(bound[0], low), min(bound[1], high)


def a_world(rng):
    """Few municipalities, small and great numbers, in some quarters."""
    regions = list(LABELS[Breakdown.REGION])[: rng.randint(1, 5)]
    strata = rng.sample(list(LABELS[Breakdown.STRATUM]), rng.randint(1, 4))
    publics = list(LABELS[Breakdown.PUBLIC])
    quarters, most = rng.randint(1, 4), rng.choice([4, 7, 12, 30])
    return [
        (
            rng.choice(regions), rng.choice(strata), rng.choice(publics),
            frozenset(rng.sample(range(quarters), rng.randint(1, quarters))), rng.randint(1, most),
        )
        for _ in range(rng.randint(1, 12))
    ]  # fmt: skip


# Nobody new in the second quarter: the year would say that the first had one person in region 01.
SAME_PEOPLE = [
    ("01", "1", "staff", {0}, 1),
    ("05", "1", "staff", {0, 1}, 9),
    ("05", "1", "staff", {1}, 1),
]
# The strata of a group tell more of it than the group itself.
STRATA_TELL = [
    ("01", "1", "staff", {0, 1}, 14), ("01", "1", "staff", {1}, 21), ("01", "2", "staff", {0}, 25),
    ("01", "5", "staff", {0, 1}, 15), ("01", "5", "staff", {1}, 11), ("01", "9", "staff", {0}, 1),
]  # fmt: skip


@pytest.mark.parametrize("world", [SAME_PEOPLE, STRATA_TELL])
def test_a_year_beside_its_quarters_gives_no_small_count_away(world):
    assert caught(world) == []


def test_masked_apart_they_would():
    """The control of the tests here: the same reader finds one person of the first quarter."""
    assert ("2026-T1", Breakdown.REGION, "01") in caught(SAME_PEOPLE, apart=True)
    assert ("2026-T1", GROUP, "4") in caught(STRATA_TELL, apart=True)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_people_no_small_count_is_found(seed):
    rng = random.Random(seed)
    worlds = [a_world(rng) for _ in range(100)]
    assert [world for world in worlds if caught(world)] == []


def test_a_year_whose_people_all_came_in_one_quarter_is_shown_as_that_quarter():
    world = [
        ("01", "1", "staff", {3}, 3),
        ("05", "1", "staff", {3}, 12),
        ("12", "5", "staff", {3}, 30),
    ]
    _found, shown = seen(world)
    assert shown["2026"] == shown["2026-T4"]
    assert shown["2026"][GROUP].total == 45


def test_large_quarters_hide_nothing_of_their_year():
    world = [(region, "1", "staff", {0, 1}, 9) for region in ("01", "05", "12")]
    _found, shown = seen([*world, ("01", "1", "staff", {2}, 5)])
    assert shown["2026"][Breakdown.REGION].rows[:5] == (14, 0, 0, 0, 9)
    assert shown["2026"][GROUP].total == 32
