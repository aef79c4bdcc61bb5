"""Who counts, where and when: acceptance figures on small worlds."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from atn_platform.reports import headlines, periods
from atn_platform.reports.enums import Audience, Breakdown, Scope
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.figures.looks import GROUP
from atn_platform.reports.figures.participation import ReportRefused
from atn_platform.reports.periods import Period
from atn_platform.reports.queries import participation as queries
from enrollments.enums import Status
from enrollments.models import Enrollment, LessonState
from municipalities.enums import Kind, Public
from municipalities.models import Mandate, Organisation
from tests.factories import EnrollmentFactory, MandateFactory, VersionFactory
from tests.reports.conftest import IN_T3

pytestmark = pytest.mark.django_db
T3 = periods.parse("2026-T3")
TODAY = date(2026, 11, 24)


def build(period=T3, audience=Audience.ATN, today=TODAY):
    return figures.build(period, audience=audience, today=today)


def row(report, by, key):
    return next(each for each in report.tables[by] if each.key == key)


def test_people_and_municipalities_are_counted_once_in_each_row(places, take_part):
    first, second, _third = places("01", 3)
    take_part(first, people=2)
    take_part(second, public=Public.ELECTED)
    take_part(places("05", population=30_000)[0], public=Public.MANAGER)
    report = build()
    east = row(report, Breakdown.REGION, "01")
    assert (east.people, east.municipalities, east.reference) == (3, 2, 3)
    assert east.share == pytest.approx(2 / 3)
    assert (report.total.people, report.total.municipalities, report.total.reference) == (4, 3, 4)
    assert [r.people for r in report.tables[Breakdown.PUBLIC]] == [1, 1, 2]
    assert row(report, Breakdown.STRATUM, "7").people == 1
    assert [r.people for r in report.tables[GROUP]] == [3, 0, 1, 0]
    assert len(report.tables[Breakdown.REGION]) == 17


def test_several_lessons_are_one_person(places, take_part):
    (enrollment,) = take_part(places("01")[0])
    LessonState.objects.create(
        enrollment=enrollment, lesson=enrollment.uuid, completed_at=IN_T3 + timedelta(days=3)
    )
    assert build().total.people == 1


def test_opening_a_lesson_is_not_taking_part(places, take_part):
    take_part(places("01")[0])
    LessonState.objects.update(completed_at=None)
    assert build().total.people == 0
    assert build().states == {"certified": 0, "active": 0, "enrolled": 1, "absent": 0}


def test_a_period_begins_and_ends_at_midnight_in_quebec(places, take_part):
    place = places("01")[0]
    take_part(place, at=datetime(2026, 7, 1, 3, 59, tzinfo=UTC))
    take_part(place, at=datetime(2026, 7, 1, 4, 0, tzinfo=UTC))
    take_part(place, at=datetime(2026, 10, 1, 3, 59, tzinfo=UTC))
    take_part(place, at=datetime(2026, 10, 1, 4, 0, tzinfo=UTC))
    assert build().total.people == 2


def test_a_person_of_two_publics_counts_once_in_all_and_once_in_each(places, take_part):
    """Councillor in A and manager in B, with one course under each mandate."""
    here, there = places("01", 2)
    (enrollment,) = take_part(here, public=Public.ELECTED)
    mandate = MandateFactory(user=enrollment.learner, organisation=there, public=Public.MANAGER)
    other = EnrollmentFactory(mandate=mandate, version=VersionFactory())
    LessonState.objects.create(enrollment=other, lesson=other.uuid, completed_at=IN_T3)
    report = build()
    assert report.total.people == 1
    assert [r.people for r in report.tables[Breakdown.PUBLIC]] == [1, 1, 0]
    assert report.total.municipalities == 2


def test_what_was_done_stays_where_it_was_done(places, take_part):
    """A move ends a mandate and opens another; the report of the past does not follow."""
    here, there = places("01")[0], places("05")[0]
    (enrollment,) = take_part(here)
    Mandate.objects.update(ends_on=date(2026, 9, 1))
    MandateFactory(user=enrollment.learner, organisation=there, starts_on=date(2026, 9, 2))
    report = build()
    assert row(report, Breakdown.REGION, "01").people == 1
    assert row(report, Breakdown.REGION, "05").people == 0


def test_other_organisations_are_not_counted(places, take_part):
    place = places("01")[0]
    Organisation.objects.filter(pk=place.pk).update(kind=Kind.OTHER)
    take_part(place)
    assert build().total.people == 0


def test_the_reference_is_what_is_active_on_the_last_day(places, take_part):
    gone, _still, later = places("01", 3)
    take_part(gone)
    Organisation.objects.filter(pk=gone.pk).update(inactive_on=date(2026, 9, 30))
    Organisation.objects.filter(pk=later.pk).update(inactive_on=date(2026, 10, 1))
    report = build()
    assert (report.total.people, report.total.municipalities, report.total.reference) == (1, 0, 2)


def test_elected_people_are_measured_on_the_seats_filled(places, take_part):
    place, empty = places("01", 2)
    Organisation.objects.filter(pk=empty.pk).update(seats_filled=0)
    for enrollment in take_part(place, public=Public.ELECTED, people=3):
        Enrollment.objects.filter(pk=enrollment.pk).update(
            status=Status.COMPLETED, completed_at=IN_T3
        )
    (former,) = take_part(place, public=Public.ELECTED)
    Enrollment.objects.filter(pk=former.pk).update(status=Status.COMPLETED, completed_at=IN_T3)
    Mandate.objects.filter(user=former.learner).update(ends_on=date(2026, 9, 1))
    east = row(build(), Breakdown.REGION, "01")
    assert (east.covered, east.seats) == (3, 7)
    assert east.coverage == pytest.approx(3 / 7)


def test_hours_are_those_the_lessons_plan(places, take_part, version):
    lesson = UUID(version.document["modules"][0]["lessons"][0]["uuid"])
    take_part(places("01")[0], people=2, lesson=lesson)
    assert build().pace.minutes == 16


def test_a_cohort_waits_for_its_ninety_days(places, take_part):
    fast, just, late, _never = take_part(places("01")[0], people=4)
    for enrollment, days in ((fast, 10), (just, 89), (late, 91)):
        Enrollment.objects.filter(pk=enrollment.pk).update(
            status=Status.COMPLETED, completed_at=IN_T3 + timedelta(days=days)
        )
    early = build(today=date(2026, 12, 28)).pace.cohort
    assert (early.started, early.share, early.complete_on) == (4, None, date(2026, 12, 29))
    assert build(today=date(2026, 12, 29)).pace.cohort.share == 0.5


def test_umq_reads_no_small_count_and_atn_reads_them_all(places, take_part):
    take_part(places("01")[0], people=3)
    take_part(places("05")[0], people=12)
    take_part(places("12")[0], people=30)
    theirs, ours = build(audience=Audience.UMQ), build()
    shown = {key: row(theirs, Breakdown.REGION, key).people for key in ("01", "05", "12", "02")}
    assert shown == {"01": None, "05": None, "12": 30, "02": 0}
    assert theirs.total.people == 45
    assert row(ours, Breakdown.REGION, "01").people == 3
    assert row(theirs, Breakdown.REGION, "01").municipalities == 1


def test_a_small_whole_is_hidden_in_every_table(places, take_part):
    take_part(places("01")[0], people=3)
    report = build(audience=Audience.UMQ)
    assert (report.total.people, report.pace.minutes, report.pace.cohort.started) == (
        None,
        None,
        None,
    )
    for table in report.tables.values():
        assert not [r for r in table if r.people]


def test_the_nine_strata_add_nothing_to_their_groups(places, take_part):
    """Group one is shown: two of its strata hide together, or none does."""
    for population, people in ((300, 2), (700, 9), (1500, 20), (3000, 40)):
        take_part(places("01", population=population)[0], people=people)
    report = build(audience=Audience.UMQ)
    assert [r.people for r in report.tables[GROUP]] == [31, 40, 0, 0]
    strata = [r.people for r in report.tables[Breakdown.STRATUM]]
    assert strata == [None, None, 20, 40, 0, 0, 0, 0, 0]


def test_shares_of_few_municipalities_are_left_out_for_umq(places, take_part):
    take_part(places("01", 9)[0], people=20)
    assert row(build(audience=Audience.UMQ), Breakdown.REGION, "01").share is None
    assert row(build(), Breakdown.REGION, "01").share == pytest.approx(1 / 9)


@pytest.mark.parametrize("end", [date(2026, 9, 29), date(2026, 8, 31), date(2026, 7, 31)])
def test_months_and_free_dates_are_for_atn_alone(end):
    period = Period(date(2026, 7, 1), end)
    with pytest.raises(ReportRefused, match="un trimestre ou une année"):
        build(period, audience=Audience.UMQ)
    assert build(period).total.people == 0


def test_the_database_is_asked_the_same_whatever_the_number_of_people(
    places, take_part, django_assert_num_queries
):
    take_part(places("01")[0])
    build()
    with django_assert_num_queries(5):
        build()
    for place in places("05", 3):
        take_part(place, people=3)
    with django_assert_num_queries(5):
        build()


def test_sentences_follow_the_figures(places, take_part):
    assert "Aucune municipalité" in headlines.of(build())["wall"]
    small, big = places("01", 12), places("05", 12, population=30_000)
    for place in big[:10]:
        take_part(place)
    said = headlines.of(build())
    assert said["wall"] == (
        "Plus d’une municipalité sur trois a participé, "
        "10 de plus qu’à la période précédente (T2 2026)."
    )
    assert said["regions"] == (
        "Estrie\xa0: la plus forte participation; Bas-Saint-Laurent\xa0: la plus faible"
    )
    assert said["sizes"] == "Sous 2\xa0000 habitants, 12 municipalités sur 12 restent à joindre"
    assert said["publics"] == "Plus de la moitié des personnes\xa0: personnel"
    for place in small[:10]:
        take_part(place, public=Public.ELECTED, people=2)
    said = headlines.of(build())
    assert said["wall"].startswith("Plus de deux municipalités sur trois")
    assert said["regions"] == "Les régions avancent d’un même pas"
    assert said["sizes"] == "Les petites municipalités participent autant que les grandes"
    assert headlines.of(build(periods.parse("2026-T4")))["wall"].startswith("Aucune")


@pytest.mark.parametrize(
    ("active", "start"),
    [(1, "Moins d’une"), (3, "Une municipalité sur 7 environ"), (7, "Plus d’une municipalité sur trois"),
     (11, "Plus d’une municipalité sur deux"), (14, "Plus de deux")],
)  # fmt: skip
def test_the_first_sentence_has_a_rule_for_each_share(places, take_part, active, start):
    for place in places("01", 20)[:active]:
        take_part(place)
    take_part(places("05")[0], at=IN_T3 - timedelta(days=60))
    said = headlines.of(build())["wall"]
    assert said.startswith(start)
    assert ("autant qu" in said) == (active == 1)


@pytest.mark.parametrize(
    "statement",
    [queries.TABLES[Scope.ORIGIN], queries.TABLES[Scope.TODAY], queries.WORK],
    ids=["origin", "today", "work"],
)
def test_what_was_finished_in_a_period_is_found_by_its_index(statement):
    """A third of the time with 20,000 enrolments; small tables alone are quicker without."""
    start, end = T3.bounds
    # Rows enough, and counted: the server may otherwise learn on its own that the table is empty.
    LessonState.objects.bulk_create(
        LessonState(enrollment=enrollment, lesson=uuid4(), completed_at=start - timedelta(hours=n))
        for enrollment in EnrollmentFactory.create_batch(4)
        for n in range(1, 1000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        moments = {"start": start, "end": end, "on": TODAY}
        cursor.execute(f"EXPLAIN {statement}", moments)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "enrollments_lesson_finished" in plan
