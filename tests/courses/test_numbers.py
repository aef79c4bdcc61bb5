"""Numbers as people write them in Québec."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.numbers import Accepted, read_accepted, read_number, written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("72", "72"), (" 3,5 ", "3.5"), ("3.5", "3.5"), ("-0,25", "-0.25"), ("−4", "-4"),
        ("1 104", "1104"), ("1\u00a0913\u202f561,5", "1913561.5"), ("25 %", "25"), ("12\u00a0$", "12"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_a_comma_or_a_point(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "trois", "3,", ",5", "1 2", "1,2,3", "3 h", "1e3", "--4", "1" * 40, "٣", "\x00"]
)
def test_anything_else_is_no_number(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("72", 72, 72), ("72 ± 2", 70, 74), ("72±2", 70, 74), ("72 +/- 2", 70, 74),
        ("4 à 6", 4, 6), ("6 à 4", 4, 6), ("-6 à -4", -6, -4),
    ],
)  # fmt: skip
def test_an_author_accepts_a_number_or_an_interval(text, low, high):
    assert read_accepted(text) == Accepted(Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["", "±", "4 à", "à 6", "4 ± x", "4 - 6"])
def test_what_is_neither_is_refused(text):
    assert read_accepted(text) is None


def test_bounds_are_included_and_exact():
    accepted = read_accepted("0,3 ± 0,1")
    assert Decimal("0.4") in accepted
    assert Decimal("0.40000000000000001") not in accepted


@given(st.decimals(-(10**6), 10**6, places=4))
def test_what_is_written_is_read_back(number):
    assert read_number(written(number)) == number
