"""What the database counts for a report: a few statements, whatever the number of people.

A person takes part when they complete a lesson, or are present at a meeting, in the period; they
count under the mandate that the fact is stamped with, or else that of the enrolment: its
municipality, its public. Someone with two mandates counts once in each row, and once in the total.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.db.models import Max, Q

from atn_platform.reports.enums import Scope
from atn_platform.reports.periods import Period
from courses.documents import stations
from courses.queries import document
from municipalities.enums import STRATA
from municipalities.models import RegistryImport

# Strata 1 to 9 fold into four groups for the screen, and keep apart for the exports.
GROUP_OF_STRATUM = (
    "CASE WHEN stratum <= 3 THEN 1 WHEN stratum <= 5 THEN 2 WHEN stratum <= 7 THEN 3 ELSE 4 END"
)

PACE_SECONDS = 300

# The number of a population's stratum, from what the registry said before it said otherwise.
STRATUM_THEN = " + ".join(f"((measured.before ->> 'population')::int >= {n})::int" for n in STRATA)


# Two accounts of one person that became one since: each counts as it did then.
LEARNER = """CASE WHEN enrolled.counted_until >= %(end)s THEN enrolled.counted_as_id
                  ELSE enrolled.learner_id END"""


def _next_event(*changes: str) -> str:
    """The first of these changes, after the reference date, of each organisation."""
    named = ", ".join(f"'{change}'" for change in changes)
    moved = "AND before -> 'region_id' IS NOT NULL" if "moved" in changes else ""
    return f"""
          SELECT DISTINCT ON (organisation_id) organisation_id, change, before
            FROM municipalities_territorialevent
           WHERE change IN ({named}) AND "on" > %(on)s {moved}
           ORDER BY organisation_id, "on", id
    """  # noqa: S608 -- as below


# For each organisation, the one that its facts count for: `place`, and what is said of it.
# `counted` when that one is a municipality of reference on the day that matters to the scope.
PLACES = {
    # Itself, as the registry had it on the reference date: what a later reading changed, it keeps.
    Scope.ORIGIN: f"""
    SELECT place.id, place.id AS place, place.kind,
           COALESCE(moved.before ->> 'region_id', place.region_id) AS region,
           CASE WHEN measured.before IS NULL THEN place.stratum
                ELSE {STRATUM_THEN} END AS stratum,
           COALESCE((measured.before ->> 'seats_filled')::int, place.seats_filled)
               AS seats_filled,
           CASE listed.change WHEN 'appeared' THEN false WHEN 'vanished' THEN true
                ELSE place.inactive_on IS NULL OR place.inactive_on > %(on)s END AS counted
      FROM municipalities_organisation place
      LEFT JOIN ({_next_event("appeared", "vanished")}) listed
        ON listed.organisation_id = place.id
      LEFT JOIN ({_next_event("moved")} ) moved ON moved.organisation_id = place.id
      LEFT JOIN ({_next_event("measured")}) measured ON measured.organisation_id = place.id
    """,  # noqa: S608 -- only constants of this file are put in
    # The municipality of today that took it over, whatever the number of mergers between.
    Scope.TODAY: """
    WITH RECURSIVE line AS (
        SELECT id, id AS place, successor_id, 1 AS steps FROM municipalities_organisation
        UNION ALL
        SELECT line.id, heir.id, heir.successor_id, line.steps + 1
          FROM line
          JOIN municipalities_organisation heir ON heir.id = line.successor_id
         WHERE line.steps < 50
    )
    SELECT line.id, heir.id AS place, heir.kind, heir.region_id AS region, heir.stratum,
           heir.seats_filled, heir.inactive_on IS NULL AS counted
      FROM line
      JOIN municipalities_organisation heir ON heir.id = line.place
     WHERE line.successor_id IS NULL
    """,
}


def _tables(scope: Scope) -> str:
    """Both kinds of tables of a report, from one reading of what people did.

    `acts` are who worked in the period, and who had completed a course by its end. A last day
    written on a mandate after the period is not known to its report: the first change since then
    says what stood before.
    """
    return f"""
    WITH places AS MATERIALIZED (
        SELECT place.*, {GROUP_OF_STRATUM} AS stratum_group, place = id AS stands
          FROM ({PLACES[scope]}) place
    ), done AS (
        SELECT DISTINCT enrollment_id, mandate_id
          FROM enrollments_lessonstate
         WHERE completed_at >= %(start)s AND completed_at < %(end)s AND NOT is_copy
    ), acts AS (
        SELECT {LEARNER} AS learner, COALESCE(done.mandate_id, enrolled.mandate_id) AS mandate,
               true AS worked, NULL::timestamptz AS completed_at
          FROM done
          JOIN enrollments_enrollment enrolled ON enrolled.id = done.enrollment_id
         UNION ALL
        SELECT {LEARNER}, COALESCE(stamp.mandate_id, enrolled.mandate_id), false,
               enrolled.completed_at
          FROM enrollments_enrollment enrolled
          LEFT JOIN enrollments_lessonstate stamp
            ON stamp.enrollment_id = enrolled.id AND stamp.mandate_id IS NOT NULL
           AND stamp.completed_at = enrolled.completed_at
         WHERE enrolled.completed_at < %(end)s
    ), facts AS MATERIALIZED (
        SELECT acts.*, mandate.public, mandate.ends_on, place.id AS organisation, place.place
          FROM acts
          JOIN municipalities_mandate mandate ON mandate.id = acts.mandate
          JOIN places place ON place.id = mandate.organisation_id
    ), active AS MATERIALIZED (
        SELECT DISTINCT facts.learner, facts.public, facts.place, place.region, place.stratum,
               place.stratum_group, place.counted
          FROM facts
          JOIN places place ON place.id = facts.organisation AND place.kind = 'municipality'
         WHERE facts.worked
    ), covered AS MATERIALIZED (
        SELECT facts.place, count(DISTINCT facts.learner) AS people
          FROM facts
          LEFT JOIN LATERAL (
              SELECT id, ends_before
                FROM municipalities_mandatechange later
               WHERE later.mandate_id = facts.mandate AND later.at >= %(end)s
               ORDER BY later.at, later.id
               LIMIT 1
          ) since ON true
         WHERE NOT facts.worked AND facts.public = 'elected'
           AND COALESCE(CASE WHEN since.id IS NULL THEN facts.ends_on ELSE since.ends_before END,
                        'infinity') >= %(on)s
         GROUP BY 1
    ), reach AS MATERIALIZED (
        SELECT place, bool_or(completed_at >= %(start)s) AS certified, bool_or(worked) AS active
          FROM facts
         GROUP BY 1
    ), enrolled AS MATERIALIZED (
        SELECT DISTINCT place.place
          FROM places place
         CROSS JOIN LATERAL (
              SELECT
                FROM municipalities_mandate mandate
                JOIN enrollments_enrollment enrolled ON enrolled.mandate_id = mandate.id
               WHERE mandate.organisation_id = place.id AND enrolled.enrolled_at < %(end)s
               LIMIT 1
         ) someone
         UNION
        SELECT place.place
          FROM reports_pastplace gone
          JOIN places place ON place.id = gone.organisation_id
         WHERE gone.enrolled_at < %(end)s
    ), reference AS (
        SELECT place.region, place.stratum, place.stratum_group,
               CASE WHEN place.seats_filled > 0 THEN place.seats_filled ELSE 0 END AS seats,
               CASE WHEN place.seats_filled > 0 THEN COALESCE(covered.people, 0) ELSE 0 END
                   AS covered,
               CASE WHEN reach.certified THEN 'certified' WHEN reach.active THEN 'active'
                    WHEN enrolled.place IS NOT NULL THEN 'enrolled' ELSE 'absent' END AS state
          FROM places place
          LEFT JOIN covered ON covered.place = place.id
          LEFT JOIN reach ON reach.place = place.id
          LEFT JOIN enrolled ON enrolled.place = place.id
         WHERE place.stands AND place.kind = 'municipality' AND place.counted
    )
    SELECT 'people', CASE GROUPING(region, stratum, stratum_group, public)
               WHEN 7 THEN 'region' WHEN 11 THEN 'stratum' WHEN 13 THEN 'group'
               WHEN 14 THEN 'public' ELSE 'total' END,
           COALESCE(region, stratum::text, stratum_group::text, public, ''),
           count(DISTINCT learner), count(DISTINCT place) FILTER (WHERE counted), 0
      FROM active
     GROUP BY GROUPING SETS ((region), (stratum), (stratum_group), (public), ())
     UNION ALL
    SELECT 'places', CASE GROUPING(region, stratum, stratum_group, state)
               WHEN 7 THEN 'region' WHEN 11 THEN 'stratum' WHEN 13 THEN 'group'
               WHEN 14 THEN 'state' ELSE 'total' END,
           COALESCE(region, stratum::text, stratum_group::text, state, ''),
           count(*), sum(seats), sum(covered)
      FROM reference
     GROUP BY GROUPING SETS ((region), (stratum), (stratum_group), (state), ())
"""  # noqa: S608 -- only constants of this file are put in


def _before(scope: Scope) -> str:
    return f"""
    WITH places AS MATERIALIZED ({PLACES[scope]}), done AS (
        SELECT DISTINCT enrollment_id, mandate_id
          FROM enrollments_lessonstate
         WHERE completed_at >= %(start)s AND completed_at < %(end)s AND NOT is_copy
    )
    SELECT count(DISTINCT place.place)
      FROM done
      JOIN enrollments_enrollment enrolled ON enrolled.id = done.enrollment_id
      JOIN municipalities_mandate mandate
        ON mandate.id = COALESCE(done.mandate_id, enrolled.mandate_id)
      JOIN places place
        ON place.id = mandate.organisation_id AND place.kind = 'municipality' AND place.counted
"""  # noqa: S608 -- as above


TABLES = {scope: _tables(scope) for scope in Scope}
BEFORE = {scope: _before(scope) for scope in Scope}

WORK = """
    SELECT COALESCE(done.version_id, enrolled.version_id), done.lesson, count(*)
      FROM enrollments_lessonstate done
      JOIN enrollments_enrollment enrolled ON enrolled.id = done.enrollment_id
      JOIN municipalities_mandate mandate
        ON mandate.id = COALESCE(done.mandate_id, enrolled.mandate_id)
      JOIN municipalities_organisation place
        ON place.id = mandate.organisation_id AND place.kind = 'municipality'
     WHERE done.completed_at >= %(start)s AND done.completed_at < %(end)s AND NOT done.is_copy
     GROUP BY 1, 2
"""

COHORT = f"""
    SELECT count(*), count(*) FILTER (WHERE is_done), count(DISTINCT learner),
           count(DISTINCT learner) FILTER (WHERE is_done)
      FROM (
          SELECT {LEARNER} AS learner,
                 enrolled.completed_at < enrolled.first_activity_at + interval '90 days' AS is_done
            FROM enrollments_enrollment enrolled
            JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
            JOIN municipalities_organisation place
              ON place.id = mandate.organisation_id AND place.kind = 'municipality'
           WHERE enrolled.first_activity_at >= %(start)s AND enrolled.first_activity_at < %(end)s
      ) begun
"""  # noqa: S608 -- as above

Cells = dict[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Raw counts by (breakdown, key). `people`: people, municipalities. `places`: municipalities
    of reference, seats filled, elected people who completed a course.
    """

    people: Cells
    places: Cells

    def of(self, breakdown: str, key: str = "") -> tuple[int, int]:
        people, municipalities = self.people.get((breakdown, key), (0, 0))
        return people, municipalities

    def reference(self, breakdown: str, key: str = "") -> tuple[int, int, int]:
        places, seats, covered = self.places.get((breakdown, key), (0, 0, 0))
        return places, seats, covered


@dataclass(frozen=True, slots=True)
class Pace:
    """`cohort`: started in the period, and of these completed within 90 days; `people`: how many
    distinct people both are, nought when that was not kept. `before`: municipalities of the
    period before.
    """

    minutes: int
    cohort: tuple[int, int]
    before: int
    people: tuple[int, int] = (0, 0)


def seen_from_next(period: Period, *, scope: Scope) -> int:
    """Municipalities of a period, as the one that follows compares itself with them."""
    found: int = rows_of(BEFORE[scope], _moments(period, period.following.ends_on))[0][0]
    return found


def count(period: Period, *, on: date, scope: Scope = Scope.ORIGIN) -> Counts:
    """Count what the tables of a period say; `on` is its last day."""
    counts = Counts(people={}, places={})
    for table, kind, key, *cells in rows_of(TABLES[scope], _moments(period, on)):
        if table == "people":
            counts.people[kind, key] = (cells[0], int(cells[1]))
        elif cells[0]:
            counts.places[kind, key] = (cells[0], int(cells[1]), int(cells[2]))
    return counts


def pace(period: Period, *, on: date, scope: Scope = Scope.ORIGIN) -> Pace:
    """Count what stands beside the tables, on the page alone."""
    moments = _moments(period, on)
    minutes = sum(
        done * _minutes(version, str(lesson)) for version, lesson, done in rows_of(WORK, moments)
    )
    started, completed, *people = rows_of(COHORT, moments)[0]
    before = rows_of(BEFORE[scope], _moments(period.previous, on))[0][0]
    return Pace(minutes, (started, completed), before, (people[0], people[1]))


def recent_pace(period: Period, *, on: date, scope: Scope = Scope.ORIGIN) -> Pace:
    """The same, five minutes old at most: half the price of a page whose tables are of now."""
    cache, key = caches["process"], f"report-pace-{scope}-{period.key}-{on}"
    found: Pace | None = cache.get(key)
    if found is None:
        found = pace(period, on=on, scope=scope)
        cache.set(key, found, PACE_SECONDS)
    return found


def _moments(period: Period, on: date) -> dict[str, Any]:
    start, end = period.bounds
    return {"start": start, "end": end, "on": on}


def registry_date(on: date) -> date | None:
    """Day of the official list that the municipalities of that day come from, or of the last."""
    days = RegistryImport.objects.aggregate(
        then=Max("reference_date", filter=Q(reference_date__lte=on)), last=Max("reference_date")
    )
    found: date | None = days["then"] or days["last"]
    return found


def _minutes(version: int, lesson: str) -> int:
    found = (each["minutes"] for each in stations(document(version)) if each["uuid"] == lesson)
    return next(found, 0)


def rows_of(sql: str, moments: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, moments)
        return list(cursor.fetchall())
