"""What the database counts for a report: a few statements, whatever the number of people.

A person takes part when they complete a lesson, or are present at a meeting, in the period; they
count under the mandate of that enrolment: its municipality, its public. Someone with two
mandates counts once in each row, and once in the total.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q

from atn_platform.reports.periods import Period
from courses.documents import stations
from courses.queries import document
from enrollments.models import Enrollment, LessonState
from municipalities.models import Organisation, RegistryImport

# Strata 1 to 9 fold into four groups for the screen, and keep apart for the exports.
GROUP_OF_STRATUM = (
    "CASE WHEN stratum <= 3 THEN 1 WHEN stratum <= 5 THEN 2 WHEN stratum <= 7 THEN 3 ELSE 4 END"
)

PARTICIPATION = f"""
    WITH active AS MATERIALIZED (
        SELECT DISTINCT enrolled.learner_id AS learner, place.id AS place, mandate.public,
               place.region_id AS region, place.stratum,
               (place.inactive_on IS NULL OR place.inactive_on > %(on)s) AS counted
          FROM enrollments_enrollment enrolled
          JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
          JOIN municipalities_organisation place
            ON place.id = mandate.organisation_id AND place.kind = 'municipality'
         WHERE EXISTS (
             SELECT FROM enrollments_lessonstate done
              WHERE done.enrollment_id = enrolled.id
                AND done.completed_at >= %(start)s AND done.completed_at < %(end)s)
    ), grouped AS (
        SELECT *, {GROUP_OF_STRATUM} AS stratum_group FROM active
    )
    SELECT CASE GROUPING(region, stratum, stratum_group, public)
               WHEN 7 THEN 'region' WHEN 11 THEN 'stratum' WHEN 13 THEN 'group'
               WHEN 14 THEN 'public' ELSE 'total' END,
           COALESCE(region, stratum::text, stratum_group::text, public, ''),
           count(DISTINCT learner), count(DISTINCT place) FILTER (WHERE counted)
      FROM grouped
     GROUP BY GROUPING SETS ((region), (stratum), (stratum_group), (public), ())
"""  # noqa: S608 -- the only thing put in is the constant above

# Municipalities by how far their people are, seats, and elected people who completed a course.
REFERENCE = f"""
    WITH covered AS (
        SELECT mandate.organisation_id AS place, count(DISTINCT enrolled.learner_id) AS people
          FROM enrollments_enrollment enrolled
          JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
         WHERE enrolled.completed_at < %(end)s AND mandate.public = 'elected'
           AND mandate.starts_on <= %(on)s
           AND (mandate.ends_on IS NULL OR mandate.ends_on >= %(on)s)
           AND enrolled.completed_at >= mandate.starts_on
         GROUP BY 1
    ), worked AS (
        SELECT DISTINCT enrollment_id AS enrollment
          FROM enrollments_lessonstate
         WHERE completed_at >= %(start)s AND completed_at < %(end)s
    ), reach AS (
        SELECT mandate.organisation_id AS place,
               bool_or(enrolled.completed_at >= %(start)s AND enrolled.completed_at < %(end)s)
                   AS certified,
               bool_or(worked.enrollment IS NOT NULL) AS active
          FROM enrollments_enrollment enrolled
          JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
          LEFT JOIN worked ON worked.enrollment = enrolled.id
         WHERE enrolled.enrolled_at < %(end)s
         GROUP BY 1
    ), counted AS (
        SELECT place.region_id AS region, place.stratum, {GROUP_OF_STRATUM} AS stratum_group,
               CASE WHEN place.seats_filled > 0 THEN place.seats_filled ELSE 0 END AS seats,
               CASE WHEN place.seats_filled > 0 THEN COALESCE(covered.people, 0) ELSE 0 END
                   AS covered,
               CASE WHEN reach.certified THEN 'certified' WHEN reach.active THEN 'active'
                    WHEN reach.place IS NOT NULL THEN 'enrolled' ELSE 'absent' END AS state
          FROM municipalities_organisation place
          LEFT JOIN covered ON covered.place = place.id
          LEFT JOIN reach ON reach.place = place.id
         WHERE place.kind = 'municipality'
           AND (place.inactive_on IS NULL OR place.inactive_on > %(on)s)
    )
    SELECT CASE GROUPING(region, stratum, stratum_group, state)
               WHEN 7 THEN 'region' WHEN 11 THEN 'stratum' WHEN 13 THEN 'group'
               WHEN 14 THEN 'state' ELSE 'total' END,
           COALESCE(region, stratum::text, stratum_group::text, state, ''),
           count(*), sum(seats), sum(covered)
      FROM counted
     GROUP BY GROUPING SETS ((region), (stratum), (stratum_group), (state), ())
"""  # noqa: S608 -- as above

WORK = """
    SELECT enrolled.version_id, done.lesson::text, count(*)
      FROM enrollments_lessonstate done
      JOIN enrollments_enrollment enrolled ON enrolled.id = done.enrollment_id
      JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
      JOIN municipalities_organisation place
        ON place.id = mandate.organisation_id AND place.kind = 'municipality'
     WHERE done.completed_at >= %(start)s AND done.completed_at < %(end)s
     GROUP BY 1, 2
"""

COHORT = """
    SELECT count(*), count(*) FILTER (
               WHERE enrolled.completed_at < enrolled.first_activity_at + interval '90 days')
      FROM enrollments_enrollment enrolled
      JOIN municipalities_mandate mandate ON mandate.id = enrolled.mandate_id
      JOIN municipalities_organisation place
        ON place.id = mandate.organisation_id AND place.kind = 'municipality'
     WHERE enrolled.first_activity_at >= %(start)s AND enrolled.first_activity_at < %(end)s
"""

Cells = dict[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Raw counts by (breakdown, key). `people`: people, municipalities. `places`: municipalities
    of reference, seats filled, elected people who completed a course. `cohort`: started in the
    period, and of these completed within 90 days. `before`: municipalities of the period before.
    """

    people: Cells
    places: Cells
    minutes: int
    cohort: tuple[int, int]
    before: int

    def of(self, breakdown: str, key: str = "") -> tuple[int, int]:
        people, municipalities = self.people.get((breakdown, key), (0, 0))
        return people, municipalities

    def reference(self, breakdown: str, key: str = "") -> tuple[int, int, int]:
        places, seats, covered = self.places.get((breakdown, key), (0, 0, 0))
        return places, seats, covered


def count(period: Period, *, on: date) -> Counts:
    """Count everything that the report of a period says; `on` is its reference date."""
    start, end = period.bounds
    moments = {"start": start, "end": end, "on": on}
    minutes = sum(
        done * _minutes(version, lesson) for version, lesson, done in _rows(WORK, moments)
    )
    started, completed = _rows(COHORT, moments)[0]
    return Counts(
        people={(kind, key): (n, m) for kind, key, n, m in _rows(PARTICIPATION, moments)},
        places={
            (kind, key): (n, int(seats), int(covered))
            for kind, key, n, seats, covered in _rows(REFERENCE, moments)
            if n
        },
        minutes=minutes,
        cohort=(started, completed),
        before=_municipalities(period.previous, on=on),
    )


def registry_date() -> date | None:
    """Day of the official list that the reference municipalities come from."""
    last: date | None = RegistryImport.objects.aggregate(last=Max("reference_date"))["last"]
    return last


def _municipalities(period: Period, *, on: date) -> int:
    start, end = period.bounds
    done = LessonState.objects.filter(
        enrollment=OuterRef("pk"), completed_at__gte=start, completed_at__lt=end
    )
    places = Organisation.objects.municipalities().filter(
        Q(inactive_on__isnull=True) | Q(inactive_on__gt=on)
    )
    active = Enrollment.objects.filter(Exists(done), mandate__organisation__in=places)
    counted: int = active.aggregate(n=Count("mandate__organisation", distinct=True))["n"]
    return counted


def _minutes(version: int, lesson: str) -> int:
    found = (each["minutes"] for each in stations(document(version)) if each["uuid"] == lesson)
    return next(found, 0)


def _rows(sql: str, moments: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, moments)
        return list(cursor.fetchall())
