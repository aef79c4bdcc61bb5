"""Periods of the reports: months, quarters and civil years, in Québec's days."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from atn_platform.core import french

ZONE = ZoneInfo("America/Toronto")
KEY = re.compile(r"(?P<year>20\d\d)(-(T(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
COHORT_DAYS = 90
# What those outside ATN may choose from, and what ATN may.
SHARED_KINDS = ("quarter", "year")
ALL_KINDS = (*SHARED_KINDS, "month")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `starts_on` to `ends_on`, both included."""

    starts_on: date
    ends_on: date

    @property
    def kind(self) -> str:
        """« month », « quarter » or « year »; empty for any other stretch of days."""
        for kind, months in MONTHS.items():
            if self == _stretch(self.starts_on.year, self.starts_on.month, months):
                return kind
        return ""

    @property
    def key(self) -> str:
        """How an address names it: 2026, 2026-T4, 2026-11, or the two days."""
        year, month = self.starts_on.year, self.starts_on.month
        names = {
            "year": f"{year}",
            "quarter": f"{year}-T{(month + 2) // 3}",
            "month": f"{year}-{month:02d}",
        }
        return names.get(self.kind, f"{self.starts_on}_{self.ends_on}")

    @property
    def label(self) -> str:
        """« novembre 2026 », « T4 2026 », « année 2026 », « du 3 au 9 mai 2026 »."""
        year, month = self.starts_on.year, self.starts_on.month
        names = {
            "year": f"année {year}",
            "quarter": f"T{(month + 2) // 3} {year}",
            "month": f"{french.MONTHS[month - 1]} {year}",
        }
        days = f"du {french.day(self.starts_on)} au {french.day(self.ends_on)}"
        return names.get(self.kind, days)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First moment of the period, and first moment after it."""
        after = self.ends_on + timedelta(days=1)
        return (
            datetime.combine(self.starts_on, time.min, ZONE),
            datetime.combine(after, time.min, ZONE),
        )

    @property
    def previous(self) -> "Period":
        """The period of the same length just before."""
        if months := MONTHS.get(self.kind):
            return _stretch(*_back(self.starts_on, months), months)
        days = self.ends_on - self.starts_on
        end = self.starts_on - timedelta(days=1)
        return Period(end - days, end)

    @property
    def following(self) -> "Period":
        """The month, quarter or year just after."""
        return containing(self.ends_on + timedelta(days=1), self.kind)

    @property
    def published_on(self) -> date:
        """From that day on its people are told outside ATN."""
        return self.ends_on + timedelta(days=1)

    @property
    def cohort_known_on(self) -> date:
        """From that day on everyone who began in it has had ninety days."""
        return self.ends_on + timedelta(days=COHORT_DAYS)

    @property
    def is_shared(self) -> bool:
        """Whether those outside ATN may read it, once it is over."""
        return self.kind in SHARED_KINDS

    @property
    def and_its_quarters(self) -> "list[Period]":
        """The period alone, unless it is a year."""
        return [self, *self.quarters] if self.kind == "year" else [self]

    @property
    def quarters(self) -> "list[Period]":
        """Those of its civil year."""
        return [_stretch(self.starts_on.year, month, 3) for month in range(1, 13, 3)]


def parse(key: str) -> Period | None:
    """The period that an address names, or None."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    year = int(found["year"])
    if found["quarter"]:
        return _stretch(year, 3 * int(found["quarter"]) - 2, 3)
    if found["month"]:
        return _stretch(year, int(found["month"]), 1)
    return _stretch(year, 1, 12)


def containing(day: date, kind: str) -> Period:
    """The month, quarter or year that holds this day."""
    months = MONTHS[kind]
    return _stretch(day.year, day.month - (day.month - 1) % months, months)


def of_year(year: int) -> Iterator[Period]:
    """Every period that a civil year holds, itself included."""
    for months in MONTHS.values():
        for first in range(1, 13, months):
            yield _stretch(year, first, months)


def recent(today: date) -> Iterator[Period]:
    """What a reader may choose: two years, eight quarters, twelve months, newest first."""
    for kind, count in (("quarter", 8), ("year", 2), ("month", 12)):
        period = containing(today, kind)
        for _ in range(count):
            yield period
            period = period.previous


def last_closed_quarter(today: date) -> Period:
    return containing(today, "quarter").previous


def _stretch(year: int, month: int, months: int) -> Period:
    if month + months > 13 or (month - 1) % months:  # noqa: PLR2004 -- twelve months, and one
        return Period(date(year, month, 1), date(year, month, 1))
    last = month + months - 1
    return Period(date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _back(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return year, month + 1
