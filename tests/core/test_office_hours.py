"""Days and hours at which town halls are written to."""

from datetime import UTC, date, datetime

import pytest

from atn_platform.core.office_hours import (
    QUEBEC,
    days_before,
    holidays,
    is_working_day,
    opening,
    working_day_before,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC)


def test_holidays_of_2027_are_those_of_the_law():
    assert sorted(f"{day:%m-%d}" for day in holidays(2027)) == [
        "01-01", "03-26", "03-29", "05-24", "06-24", "07-01", "09-06", "10-11", "12-25",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("year", "friday"),
    [
        (2024, "03-29"), (2025, "04-18"), (2026, "04-03"), (2038, "04-23"), (2049, "04-16"),
        (2076, "04-17"), (1981, "04-17"),
    ],
)  # fmt: skip
def test_good_friday_follows_the_moon(year, friday):
    assert date.fromisoformat(f"{year}-{friday}") in holidays(year)


def test_a_national_day_on_a_sunday_moves_to_the_monday():
    assert date(2029, 6, 25) in holidays(2029)
    assert date(2029, 6, 24) not in holidays(2029)
    assert not is_working_day(date(2029, 6, 24))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2027-01-20", "2027-01-19"),
        ("2027-01-25", "2027-01-22"),  # a Monday
        ("2027-03-30", "2027-03-25"),  # after Easter
        ("2027-01-02", "2026-12-31"),
    ],
)
def test_the_working_day_before_skips_weekends_and_holidays(day, before):
    assert working_day_before(date.fromisoformat(day)) == date.fromisoformat(before)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2027-01-19T12:00", "2027-01-19T12:00"),
        ("2027-01-19T07:59", "2027-01-19T08:00"),
        ("2027-01-19T08:00", "2027-01-19T08:00"),
        ("2027-01-19T16:59", "2027-01-19T16:59"),
        ("2027-01-19T17:00", "2027-01-20T08:00"),
        ("2027-01-22T18:00", "2027-01-25T08:00"),
        ("2027-01-23T12:00", "2027-01-25T08:00"),
        ("2027-03-25T17:00", "2027-03-30T08:00"),
        ("2027-01-01T07:00", "2027-01-04T08:00"),
    ],
)
def test_a_moment_out_of_hours_waits_for_the_next_opening(moment, opens):
    assert opening(at(moment)) == at(opens)


def test_the_zone_of_the_moment_does_not_matter():
    assert opening(datetime(2027, 1, 19, 23, tzinfo=UTC)) == at("2027-01-20T08:00")


def test_days_are_counted_on_the_clock_across_a_change_of_season():
    assert days_before(at("2027-03-17T12:00"), 7) == at("2027-03-10T12:00")
    assert days_before(at("2027-03-17T12:00"), 7).astimezone(UTC).hour == 17
    assert days_before(datetime(2027, 3, 17, 16, tzinfo=UTC), 7) == at("2027-03-10T12:00")
