"""Figures of a time whose rows may have gone: read where they were kept, never counted again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from atn_platform.reports.enums import Scope
from atn_platform.reports.models import PastCount
from atn_platform.reports.periods import ZONE, Period
from atn_platform.reports.queries import participation as queries
from atn_platform.reports.queries.participation import Cells, Counts, Pace
from enrollments.models import Enrollment

# No row goes younger: reports of these years cost no look-up.
YEARS = 7


def count(period: Period, *, scope: Scope, today: date) -> Counts:
    kept = _find(period, scope, today)
    if kept is None:
        return queries.count(period, on=period.ends_on, scope=scope)
    return Counts(people=as_cells(kept.people), places=as_cells(kept.places))


def pace(
    period: Period, *, scope: Scope, today: date, live: Callable[..., Pace] = queries.pace
) -> Pace:
    """`live` counts what was not kept."""
    kept = _find(period, scope, today)
    if kept is not None:
        return Pace(kept.minutes, (kept.started, kept.completed), kept.before)
    found = live(period, on=period.ends_on, scope=scope)
    earlier = _find(period.previous, scope, today) if period.kind else None
    return replace(found, before=earlier.seen_next) if earlier else found


def is_partly_gone(period: Period, *, today: date) -> bool:
    """Whether some rows of a free stretch of days may be counted no more."""
    if not _is_old(period, today):
        return False
    return PastCount.objects.filter(period=str(period.starts_on.year)).exists()


def years_to_keep(limit: date) -> range:
    """Civil years before the limit, from the first enrolment on, that are not kept yet."""
    first: datetime | None = Enrollment.objects.aggregate(first=Min("enrolled_at"))["first"]
    years = PastCount.objects.filter(period__regex=r"^\d{4}$").values_list("period", flat=True)
    last = max(map(int, years), default=0)
    start = first.astimezone(ZONE).year if first else limit.year
    return range(max(start, last + 1), limit.year)


def as_list(cells: Cells) -> list[list[Any]]:
    return [[*key, *counts] for key, counts in cells.items()]


def as_cells(rows: list[list[Any]]) -> Cells:
    return {(kind, key): tuple(counts) for kind, key, *counts in rows}


def _find(period: Period, scope: Scope, today: date) -> PastCount | None:
    if not period.kind or not _is_old(period, today):
        return None
    return PastCount.objects.filter(period=period.key, scope=scope).first()


def _is_old(period: Period, today: date) -> bool:
    return today.year - period.starts_on.year > YEARS
