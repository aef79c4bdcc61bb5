from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atn_platform.reports import periods
from atn_platform.reports.periods import Period


@pytest.mark.parametrize(
    ("key", "start", "end", "label", "before"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "année 2026", "2025"),
        ("2026-T1", date(2026, 1, 1), date(2026, 3, 31), "T1 2026", "2025-T4"),
        ("2026-T4", date(2026, 10, 1), date(2026, 12, 31), "T4 2026", "2026-T3"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "février 2028", "2028-01"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "janvier 2026", "2025-12"),
    ],
)
def test_a_key_names_its_days(key, start, end, label, before):
    period = periods.parse(key)
    assert (period.starts_on, period.ends_on) == (start, end)
    assert (period.key, period.label, period.previous.key) == (key, label, before)


@pytest.mark.parametrize("key", ["", "2026-T5", "2026-13", "1999", "2026-T1 ", "26", "2026-1"])
def test_other_keys_name_nothing(key):
    assert periods.parse(key) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 1, 1), date(2026, 12, 30)),
        (date(2026, 2, 1), date(2026, 4, 30)),
        (date(2026, 7, 1), date(2027, 6, 30)),
        (date(2026, 12, 1), date(2027, 2, 28)),
        (date(2026, 5, 3), date(2026, 5, 9)),
    ],
)
def test_free_stretches_of_days_have_no_kind(start, end):
    assert Period(start, end).kind == ""


def test_the_stretch_before_is_as_long():
    week = Period(date(2026, 5, 3), date(2026, 5, 9))
    assert week.previous == Period(date(2026, 4, 26), date(2026, 5, 2))
    assert week.key == "2026-05-03_2026-05-09"


def test_days_begin_and_end_in_quebec():
    """Winter begins and summer ends five, then four hours after midnight UTC."""
    start, end = periods.parse("2026-T3").bounds
    assert start == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    assert end == datetime(2026, 10, 1, 4, 0, tzinfo=UTC)


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_every_day_is_in_its_month_its_quarter_and_its_year(day):
    for kind in ("month", "quarter", "year"):
        period = periods.containing(day, kind)
        assert period.kind == kind
        assert period.starts_on <= day <= period.ends_on
        assert periods.parse(period.key) == period


def test_a_reader_may_choose_among_recent_periods_newest_first():
    keys = [period.key for period in periods.recent(date(2026, 11, 24))]
    assert keys[:2] == ["2026-T4", "2026-T3"]
    assert keys[8:10] == ["2026", "2025"]
    assert (keys[10], keys[-1]) == ("2026-11", "2025-12")
    assert periods.last_closed_quarter(date(2027, 1, 19)).key == "2026-T4"
