"""P-16: the reader knows the rules, sees what is shown, and must not find what is hidden."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atn_platform.reports.masking import (
    K,
    Masked,
    Table,
    mask,
    mask_growth,
    mask_nested,
    mask_together,
    rate,
    told_apart,
)


def tables_up_to(total, rows):
    return [counts for counts in product(range(total + 1), repeat=rows) if sum(counts) <= total]


def possible_worlds(shown, total, floors):
    """Every way to fill the hidden cells that the reader cannot rule out.

    Hidden is at least its floor, and one or more, for zero is shown; somewhere among them a cell
    is small. A hidden total is one to four, or goes with a table that is hidden whole.
    """
    hidden = [rank for rank, n in enumerate(shown) if n is None]
    known = sum(n for n in shown if n is not None)
    ceiling = (total - known) if total is not None else 12
    least = [max(1, floors[rank]) for rank in hidden]
    for filling in product(*(range(low, max(low, ceiling) + 1) for low in least)):
        adds_up = total is None or sum(filling) == total - known
        small = total is None or any(
            n < (K + 1 if low == K - 1 else K) for n, low in zip(filling, least, strict=True)
        )
        if adds_up and small:
            yield filling


def is_found(masked, floors):
    """Whether some hidden cell has one possible value."""
    worlds = list(possible_worlds(masked.rows, masked.total, floors))
    assert worlds or None not in masked.rows
    return any(len(set(values)) == 1 for values in zip(*worlds, strict=True))


@pytest.mark.parametrize(("rows", "most"), [(1, 40), (2, 40), (3, 18), (4, 9)])
def test_no_hidden_row_can_be_computed_from_rows_and_total(rows, most):
    caught = [
        counts
        for counts in tables_up_to(most, rows)
        if is_found(mask(counts, sum(counts)), [0] * rows)
    ]
    assert caught == []


@pytest.mark.parametrize(("rows", "most"), [(1, 30), (2, 24), (3, 10)])
def test_numbers_of_municipalities_beside_give_nothing_away(rows, most):
    caught = [
        (counts, floors)
        for counts in tables_up_to(most, rows)
        for floors in product(*(range(min(n, 1), min(n, 6) + 1) for n in counts))
        if is_found(mask(counts, sum(counts), floors), floors)
    ]
    assert caught == []


def test_hiding_only_the_small_cell_would_be_found_by_that_same_reader():
    naive = [
        Masked(tuple(None if 0 < n < K else n for n in counts), sum(counts))
        for counts in tables_up_to(20, 2)
    ]
    assert any(is_found(masked, [0, 0]) for masked in naive)


def test_two_breakdowns_of_one_total_give_nothing_away():
    """What one table shows whole is the other's total, wherever that is written."""
    tables = defaultdict(list)
    for counts in tables_up_to(12, 2):
        tables[sum(counts)].append(counts)
    for first in tables_up_to(12, 3):
        for second in tables[sum(first)]:
            both = mask_together([Table(first), Table(second)], sum(first))
            whole = [sum(each.rows) for each in both if None not in each.rows]
            known = next((n for n in [both[0].total, *whole] if n is not None), None)
            for each in both:
                assert not is_found(Masked(each.rows, known), [0] * 3), (first, second)


counts = st.lists(st.integers(0, 60), min_size=1, max_size=20)


@given(counts)
def test_what_is_shown_is_true_and_never_from_one_to_four(rows):
    masked = mask(rows, sum(rows))
    for true, shown in zip((*rows, sum(rows)), (*masked.rows, masked.total), strict=True):
        assert shown is None or shown == true
        assert shown is None or not 0 < shown < K


@given(counts)
def test_what_is_hidden_cannot_be_subtracted(rows):
    masked = mask(rows, sum(rows))
    hidden = [n for n, shown in zip(rows, masked.rows, strict=True) if shown is None]
    if masked.total is not None:
        assert len(hidden) != 1
        assert not hidden or sum(hidden) >= 2 * len(hidden)


@given(counts)
def test_large_tables_are_shown_whole(rows):
    large = [n + K for n in rows]
    assert mask(large, sum(large)) == Masked(tuple(large), sum(large))


@given(st.lists(counts, min_size=1, max_size=4))
def test_parts_of_rows_add_no_way_to_subtract(groups):
    """Strata inside their groups: each group hides two parts or none, or is hidden itself."""
    sums = [sum(group) for group in groups]
    outer = mask(sums, sum(sums))
    for group, shown in zip(groups, outer.rows, strict=True):
        inner = mask_nested(Table(group), shown)
        hidden = [n for n, part in zip(group, inner.rows, strict=True) if part is None]
        if shown is None:
            assert len(hidden) == sum(n > 0 for n in group)
        elif inner.total is not None:
            assert len(hidden) != 1


def test_the_next_smallest_row_goes_with_the_only_small_one():
    assert mask([3, 40, 12], 55) == Masked((None, 40, None), 55)


def test_a_small_total_is_hidden_and_zero_is_not():
    assert mask([3, 0], 3) == Masked((None, 0), None)
    assert mask([0, 0], 0) == Masked((0, 0), 0)


def test_four_municipalities_and_fewer_than_five_people_do_not_say_four():
    assert mask([4, 50, 60], 114, [4, 10, 10]).rows[0] is None
    assert mask([5, 50, 60], 115, [4, 10, 10]).rows[0] is None


def test_rates_need_ten_and_a_shown_part():
    assert (rate(5, 10), rate(5, 9), rate(None, 50)) == (0.5, None, None)


def test_the_second_view_hides_what_the_first_hides_and_what_a_few_people_tell_apart():
    assert told_apart([None, 20, 30, 40, 0], [3, 20, 30, 40, 0], [3, 24, 35, 40, 0]) == {0, 1}


@given(st.lists(st.integers(0, 60), min_size=2, max_size=9), st.data())
def test_two_views_of_one_column_never_tell_how_few_moved(rows, data):
    """People of one row go to another, as in a merger: a reader of both views counts 0, or 5."""
    origin, target = data.draw(st.permutations(range(len(rows))))[:2]
    moved = data.draw(st.integers(0, rows[origin]))
    after = [
        n - moved * (rank == origin) + moved * (rank == target) for rank, n in enumerate(rows)
    ]
    first = mask(rows, sum(rows))
    forced = told_apart(first.rows, rows, after)
    second = mask(after, sum(after), forced=forced, hide_total=first.total is None)
    for one, other in zip(first.rows, second.rows, strict=True):
        if one is not None and other is not None:
            assert not 0 < abs(one - other) < K
    # Nothing that the first view hides is in the second, but a row that is now empty.
    for one, other in zip(first.rows, second.rows, strict=True):
        assert one is not None or not other


def test_without_that_rule_a_merger_of_three_people_would_be_counted():
    """The control of the test above."""
    before, after = [40, 30], [37, 33]
    shown = mask(before, 70).rows, mask(after, 70).rows
    assert shown[0][0] - shown[1][0] == 3
    forced = told_apart(shown[0], before, after)
    assert mask(after, 70, forced=forced).rows == (None, None)


def test_a_count_that_grows_keeps_five_people_from_one_that_is_shown_anyway():
    counts = [0, 6, 6, 12, 14]
    assert mask_growth(counts, counts) == [0, 6, 6, 12, None]
    assert mask_growth(counts, counts, beside=-1) == [0, 6, 6, None, 14]
    assert mask_growth([0, 10], [0, 2]) == [0, None]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=14))
def test_a_count_that_grows_never_grows_by_a_few(steps):
    counts = [sum(steps[: rank + 1]) for rank in range(len(steps))]
    shown = mask_growth(counts, counts)
    last = 0
    for true, said in zip(counts, shown, strict=True):
        if said is None:
            assert last < true < last + K
        else:
            assert said == true
            assert said == last or said - last >= K
            last = said
