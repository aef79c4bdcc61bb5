"""P-16: figures that were read once outside ATN do not change, whatever is corrected since."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from atn_platform.accounts.enums import Role
from atn_platform.reports import actions, periods
from atn_platform.reports.enums import Audience, Breakdown, Scope
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.figures.looks import GROUP
from atn_platform.reports.models import PublishedCount
from atn_platform.reports.queries import published
from enrollments.models import Enrollment, LessonState
from municipalities.enums import Kind
from municipalities.models import Organisation
from tests.factories import MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
T3, YEAR = periods.parse("2026-T3"), periods.parse("2026")
CLOSED, NEXT_YEAR = date(2026, 10, 1), date(2027, 1, 15)
FILES = [
    f"/rapports/participation.csv?periode=2026-T3&par={by}&perimetre={scope}"
    for by in Breakdown.values
    for scope in Scope.values
]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    def on(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)

    on(CLOSED)
    return on


@pytest.fixture
def world(places, take_part):
    """Three regions that are shown, and the enrolments of the first."""
    mine = take_part(places("01")[0], people=9)
    take_part(places("05")[0], people=12)
    take_part(places("12")[0], people=30)
    return mine


def read(client):
    return [b"".join(client.get(address)) for address in FILES]


def signed_in(client, role):
    client.force_login(UserFactory(role=role))
    return client


def come_late(world, take_part):
    """Someone who was off line in the quarter."""
    take_part(world[0].mandate.organisation, people=1)


def become_one(world, take_part):
    """Two accounts of one person, as a union that does not remember leaves them."""
    Enrollment.objects.filter(pk=world[0].pk).update(learner=world[1].learner, status="withdrawn")


def go(world, take_part):
    """All that an erasure could take away."""
    LessonState.objects.filter(enrollment=world[0]).delete()


def correct(world, take_part):
    """A public that was wrong."""
    world[0].mandate.public = "manager"
    world[0].mandate.save()


@pytest.mark.parametrize("happen", [come_late, become_one, go, correct])
def test_p16_what_comes_after_the_closing_changes_no_figure_that_was_read(
    client, world, take_part, happen
):
    signed_in(client, Role.UMQ_COORDINATOR)
    before = read(client)
    happen(world, take_part)
    assert read(client) == before


def test_atn_reads_figures_of_now(client, world, take_part):
    """The control: something did change."""
    signed_in(client, Role.ADMINISTRATOR)
    before = read(client)
    come_late(world, take_part)
    assert read(client) != before
    assert not PublishedCount.objects.exists()


def people(period, today, scope=Scope.ORIGIN):
    publications = actions.publish(period, scope=scope, audience=Audience.UMQ, today=today)
    report = figures.build(
        period,
        audience=Audience.UMQ,
        today=today,
        scope=scope,
        pace=None,
        publications=publications,
    )
    rows = {row.key: row.people for row in report.tables[Breakdown.REGION]}
    return {key: rows[key] for key in ("01", "05", "12")}


@pytest.mark.parametrize("happen", [come_late, become_one])
def test_p16_a_year_published_later_keeps_to_what_its_quarters_said(world, take_part, happen):
    quarter = people(T3, CLOSED)
    happen(world, take_part)
    assert people(YEAR, NEXT_YEAR) == quarter == {"01": 9, "05": 12, "12": 30}


def test_p16_a_merger_after_another_does_not_count_the_few_who_moved(places, take_part):
    """By the scope of today, five people move, then one more."""
    first, second, third = places("01", 3)
    heir = places("12")[0]
    take_part(first, people=5)
    take_part(second, people=1)
    take_part(third, people=20)
    take_part(heir, people=30)
    take_part(places("05")[0], people=9)
    seen = [people(T3, CLOSED, Scope.TODAY)]
    for gone in (first, second):
        Organisation.objects.filter(pk=gone.pk).update(successor=heir, inactive_on=CLOSED)
        seen.append(people(T3, CLOSED, Scope.TODAY))
    assert seen[0] == {"01": 26, "05": 9, "12": 30}
    assert seen[1] == {"01": 21, "05": 9, "12": 35}
    assert (seen[2]["01"], seen[2]["12"]) == (None, None)
    assert people(T3, CLOSED) == seen[0]


def test_nothing_is_told_of_people_before_the_period_is_over(client, world, today):
    today(date(2026, 9, 30))
    signed_in(client, Role.UMQ_COORDINATOR)
    page = client.get("/rapports/participation/?periode=2026-T3").content.decode()
    assert "Les personnes paraîtront le 1er\xa0octobre\xa02026" in page
    assert "<dd>masqué" in page
    assert "<b>51</b>" not in page
    report = figures.build(T3, audience=Audience.UMQ, today=date(2026, 9, 30))
    told = [row.people for table in report.tables.values() for row in table]
    assert {*told, report.total.people, report.pace.minutes, report.pace.cohort.started} == {None}
    assert [row.covered for row in report.tables[GROUP]] == [None] * 4
    assert report.total.municipalities == 3
    assert not PublishedCount.objects.exists()


def test_a_cohort_is_published_once_everyone_has_had_ninety_days(world):
    begun = Enrollment.objects.filter(pk__in=[each.pk for each in world])
    actions.publish(T3, scope=Scope.ORIGIN, audience=Audience.UMQ, today=CLOSED)
    assert PublishedCount.objects.get().cohort is None
    done = datetime(2026, 9, 20, 15, tzinfo=UTC)
    begun.update(status="completed", completed_at=done)
    for day in (date(2026, 12, 28), date(2026, 12, 29)):
        found = actions.publish(T3, scope=Scope.ORIGIN, audience=Audience.UMQ, today=day)
    assert PublishedCount.objects.get().cohort == [51, 9, 51, 9]
    begun.update(status="active", completed_at=None)
    report = figures.build(T3, audience=Audience.UMQ, today=date(2026, 12, 29), publications=found)
    assert (report.pace.cohort.started, report.pace.cohort.share) == (51, 9 / 51)


def test_two_readers_at_once_publish_the_same(world, take_part, monkeypatch):
    """Whoever counts second, after somebody came late, reads what the first one published."""
    real = published.of
    first = actions.publish(T3, scope=Scope.ORIGIN, audience=Audience.UMQ, today=CLOSED)
    come_late(world, take_part)
    answers = iter([published.Publications(published.ORIGIN, {T3.key: {}})])
    monkeypatch.setattr(
        published, "of", lambda *args, **named: next(answers, None) or real(*args, **named)
    )
    second = actions.publish(T3, scope=Scope.ORIGIN, audience=Audience.UMQ, today=CLOSED)
    assert second == first


@pytest.mark.parametrize(("scope", "statements"), [(Scope.ORIGIN, 2), (Scope.TODAY, 3)])
def test_a_year_asks_little_of_the_database_once_it_is_published(world, scope, statements):
    """What was published, the registry's day, and the division of the land of today."""
    people(YEAR, NEXT_YEAR, scope)
    with CaptureQueriesContext(connection) as asked:
        people(YEAR, NEXT_YEAR, scope)
    assert len(asked) == statements


def test_p16_an_organisation_that_is_in_no_table_publishes_nothing_anew(world):
    before = published.lay_of_the_land()
    MunicipalityFactory(kind=Kind.OTHER)
    assert published.lay_of_the_land() == before
    MunicipalityFactory()
    assert published.lay_of_the_land() != before
