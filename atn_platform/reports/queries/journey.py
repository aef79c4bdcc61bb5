"""What the database counts of the way from an invitation to an attestation, and of its pace.

Each person counts once, where their first enrolment of the quarter was made, or their first
invitation. What they did counts for ninety days after it, and up to `until` at the latest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from atn_platform.reports.enums import SLOTS, Scope
from atn_platform.reports.periods import Period
from atn_platform.reports.queries.participation import (
    GROUP_OF_STRATUM,
    LEARNER,
    PLACES,
    rows_of,
)

# Weeks after a first act for which the curves say how many have finished.
WEEKS = 12


def _steps(scope: Scope) -> str:
    return f"""
    WITH places AS MATERIALIZED (
        SELECT place.*, {GROUP_OF_STRATUM} AS stratum_group FROM ({PLACES[scope]}) place
         WHERE place.kind = 'municipality'
    ), asked AS (
        SELECT (array_agg(place.region ORDER BY invited.invited_at, invited.id))[1] AS region,
               (array_agg(place.stratum_group ORDER BY invited.invited_at, invited.id))[1]
                   AS stratum_group,
               bool_or(COALESCE(invited.accepted_at < LEAST(
                   invited.invited_at + interval '90 days', %(until)s), false)) AS joined
          FROM (
              SELECT *, max(accepted_by_id) OVER (PARTITION BY lower(email)) AS guest
                FROM municipalities_invitation
               WHERE invited_at >= %(start)s AND invited_at < LEAST(%(end)s, %(until)s)
          ) invited
          JOIN places place ON place.id = invited.organisation_id
         GROUP BY COALESCE(invited.guest::text, lower(invited.email))
    ), cohort AS (
        SELECT enrolled.id, {LEARNER} AS learner, enrolled.enrolled_at, enrolled.completed_at,
               mandate.public, place.region, place.stratum_group,
               LEAST(enrolled.enrolled_at + interval '90 days', %(until)s) AS until
          FROM enrollments_enrollment enrolled
          JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
          JOIN places place ON place.id = mandate.organisation_id
         WHERE enrolled.enrolled_at >= %(start)s
           AND enrolled.enrolled_at < LEAST(%(end)s, %(until)s)
    ), reached AS (
        SELECT cohort.*, COALESCE(cohort.completed_at < cohort.until, false) AS completed,
               EXISTS (
                   SELECT FROM enrollments_lessonstate done
                    WHERE done.enrollment_id = cohort.id AND NOT done.is_copy
                      AND done.completed_at < cohort.until) AS started,
               EXISTS (
                   SELECT FROM certificates_certificate proof
                    WHERE proof.enrollment_id = cohort.id AND proof.issued_at < cohort.until
                      AND (proof.revoked_at IS NULL OR proof.revoked_at >= cohort.until)
               ) AS certified
          FROM cohort
    ), people AS (
        SELECT (array_agg(region ORDER BY enrolled_at, id))[1] AS region,
               (array_agg(stratum_group ORDER BY enrolled_at, id))[1] AS stratum_group,
               (array_agg(public ORDER BY enrolled_at, id))[1] AS public,
               bool_or(started OR completed) AS started, bool_or(completed) AS completed,
               bool_or(completed AND certified) AS certified
          FROM reached
         GROUP BY learner
    )
    SELECT 'people', CASE GROUPING(region, stratum_group, public)
               WHEN 3 THEN 'region' WHEN 5 THEN 'group' WHEN 6 THEN 'public' ELSE 'total' END,
           COALESCE(region, stratum_group::text, public, ''), count(*),
           count(*) FILTER (WHERE started), count(*) FILTER (WHERE completed),
           count(*) FILTER (WHERE certified)
      FROM people
     GROUP BY GROUPING SETS ((region), (stratum_group), (public), ())
     UNION ALL
    SELECT 'asked', CASE GROUPING(region, stratum_group)
               WHEN 1 THEN 'region' WHEN 2 THEN 'group' ELSE 'total' END,
           COALESCE(region, stratum_group::text, ''), count(*),
           count(*) FILTER (WHERE joined), 0, 0
      FROM asked
     GROUP BY GROUPING SETS ((region), (stratum_group), ())
"""  # noqa: S608 -- only constants of the reports are put in


STEPS = {scope: _steps(scope) for scope in Scope}

# A week is over when its last moment is: someone who finishes at once is of week nought. What
# comes after the last week and within ninety days is of one more, as the other report counts it.
CURVES = f"""
    WITH begun AS (
        SELECT date_trunc('quarter', first_activity_at AT TIME ZONE 'America/Toronto')::date
                   AS quarter,
               CASE WHEN completed_at < %(until)s
                     AND completed_at <= first_activity_at + interval '{WEEKS} weeks'
                    THEN GREATEST(0, CEIL(
                        EXTRACT(epoch FROM completed_at - first_activity_at) / 604800))::int
                    WHEN completed_at < first_activity_at + interval '90 days'
                    THEN {WEEKS + 1} END AS week,
               {LEARNER} AS learner
          FROM enrollments_enrollment enrolled
          JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
          JOIN municipalities_organisation place
            ON place.id = mandate.organisation_id AND place.kind = 'municipality'
         WHERE enrolled.first_activity_at >= %(start)s
           AND enrolled.first_activity_at < LEAST(%(end)s, %(until)s)
    ), people AS (
        SELECT quarter, min(week) AS week FROM begun GROUP BY quarter, learner
    )
    SELECT quarter, week, count(*), 0 FROM begun GROUP BY 1, 2
     UNION ALL
    SELECT quarter, week, 0, count(*) FROM people GROUP BY 1, 2
"""  # noqa: S608 -- as above

# The last stretch of hours goes past midnight, and is rank nought: the others keep their own.
HOURS = f"""
    SELECT EXTRACT(isodow FROM done.moment)::int,
           width_bucket(EXTRACT(hour FROM done.moment)::int,
                        ARRAY{[start for start, _ in SLOTS]}) %% {len(SLOTS)},
           count(*), count(DISTINCT done.learner)
      FROM (
          SELECT state.completed_at AT TIME ZONE 'America/Toronto' AS moment, {LEARNER} AS learner
            FROM enrollments_lessonstate state
            JOIN enrollments_enrollment enrolled ON enrolled.id = state.enrollment_id
            JOIN municipalities_mandate mandate
              ON mandate.id = COALESCE(state.mandate_id, enrolled.mandate_id)
            JOIN municipalities_organisation place
              ON place.id = mandate.organisation_id AND place.kind = 'municipality'
           WHERE state.completed_at >= %(start)s
             AND state.completed_at < LEAST(%(end)s, %(until)s) AND NOT state.is_copy
      ) done
     GROUP BY 1, 2
"""  # noqa: S608 -- as above

Cells = dict[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """By (breakdown, key). `people`: enrolled, first lesson, finished, certified; `asked`:
    invited, joined.
    """

    people: Cells
    asked: Cells


def steps(period: Period, *, until: datetime, scope: Scope) -> Counts:
    counts = Counts({}, {})
    for table, kind, key, *cells in rows_of(STEPS[scope], _moments(period, until)):
        if table == "people":
            counts.people[kind, key] = tuple(cells)
        else:
            counts.asked[kind, key] = tuple(cells[:2])
    return counts


@dataclass(slots=True)
class Begun:
    """Of a quarter: how many enrolments began and how many had finished after each week, then
    after ninety days; and how many distinct people these are.
    """

    started: int
    people: int
    finished: list[int]
    finishers: list[int]


def curves(quarters: list[Period], *, until: datetime) -> dict[date, Begun]:
    """By first day of each of these quarters, oldest first."""
    span = Period(quarters[0].starts_on, quarters[-1].ends_on)
    steps = WEEKS + 2
    found = {each.starts_on: Begun(0, 0, [0] * steps, [0] * steps) for each in quarters}
    for day, week, count, people in rows_of(CURVES, _moments(span, until)):
        begun = found[day]
        begun.started += count
        begun.people += people
        for each in range(steps if week is None else week, steps):
            begun.finished[each] += count
            begun.finishers[each] += people
    return found


def hours(period: Period, *, until: datetime) -> Iterator[tuple[int, int, int, int]]:
    """Lessons finished: day of the week from 1, rank of the hours, number, and by how many."""
    for day, slot, lessons, people in rows_of(HOURS, _moments(period, until)):
        yield day, (slot - 1) % len(SLOTS), lessons, people


def _moments(period: Period, until: datetime) -> dict[str, Any]:
    start, end = period.bounds
    # PLACES tells municipalities of the period's last day from those of today.
    return {"start": start, "end": end, "on": period.ends_on, "until": until}
