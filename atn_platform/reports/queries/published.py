"""Figures of closed periods as they were first read outside ATN, and never otherwise since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from atn_platform.reports.models import PublishedCount
from atn_platform.reports.periods import Period
from atn_platform.reports.queries import past
from atn_platform.reports.queries.participation import Counts, Pace, rows_of

# By the scope of today, figures are of one division of the land: what a merger or a new list of
# municipalities changes is counted anew, beside what was read before. Other organisations are not
# in the tables.
LAY = """
    SELECT md5(string_agg(row(id, successor_id, region_id, stratum, inactive_on IS NULL)::text,
                          ',' ORDER BY id))
      FROM municipalities_organisation
     WHERE kind = 'municipality'
"""
ORIGIN = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a period counted, with what stands beside its tables."""

    counts: Counts
    minutes: int
    before: int
    cohort: Sequence[int] | None

    def beside(self, now: Pace) -> Pace:
        """What stands beside the tables: as published, but for a cohort that is not known yet."""
        found = replace(now, minutes=self.minutes, before=self.before)
        if self.cohort is None:
            return found
        started, completed, begun, done = self.cohort
        return replace(found, cohort=(started, completed), people=(begun, done))


@dataclass(frozen=True, slots=True)
class Publications:
    """By period, then by division of the land, oldest first; `lay`: the one that is read."""

    lay: str
    found: Mapping[str, Mapping[str, Publication]]

    def read(self, period: Period) -> Publication:
        return self.found[period.key][self.lay]


def lay_of_the_land() -> str:
    found: str | None = rows_of(LAY, {})[0][0]
    return found or ORIGIN


def of(periods: Iterable[Period], *, lay: str) -> Publications:
    """All that was published of these, in one query."""
    found: dict[str, dict[str, Publication]] = {each.key: {} for each in periods}
    for row in PublishedCount.objects.filter(period__in=found).order_by("pk"):
        counts = Counts(people=past.as_cells(row.people), places=past.as_cells(row.places))
        found[row.period][row.lay] = Publication(counts, row.minutes, row.before, row.cohort)
    return Publications(lay, found)
