"""An MRC and its municipalities: counts for whoever answers for it, and nobody's record."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from atn_platform.audit.models import Entry
from atn_platform.consents import actions as consents
from atn_platform.consents.enums import Purpose, Way
from atn_platform.reports.enums import MemberColumn
from atn_platform.reports.figures.members import members
from atn_platform.reports.permissions import mrcs_of
from enrollments.enums import Status
from municipalities.enums import Kind, Public
from municipalities.models import Organisation
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    RegionFactory,
    ResponsibilityFactory,
    VersionFactory,
    agreeing,
)

pytestmark = pytest.mark.django_db
# A Friday: training counts up to the Sunday before.
TODAY = date(2026, 11, 27)
SUNDAY = date(2026, 11, 22)


@pytest.fixture
def mrc():
    return Organisation.objects.create(
        kind=Kind.MRC, code="090", name="MRC d’Essai", region=RegionFactory()
    )


@pytest.fixture
def version():
    return VersionFactory()


@pytest.fixture
def town(mrc, version):
    """Make a municipality where so many people have come so far."""

    def make(name, people, enrolled=0, started=0, finished=0, **facts):
        place = MunicipalityFactory(name=name, mrc=mrc)
        for rank in range(people):
            mandate = MandateFactory(organisation=place, **facts)
            if rank < enrolled:
                EnrollmentFactory(
                    mandate=mandate,
                    version=version,
                    enrolled_at=LONG_AGO,
                    first_activity_at=LONG_AGO if rank < started else None,
                    status=Status.COMPLETED if rank < finished else Status.ACTIVE,
                    completed_at=LONG_AGO if rank < finished else None,
                )
        return place

    return make


@pytest.fixture
def responsable(client, mrc):
    user = ResponsibilityFactory(organisation=mrc).user
    client.force_login(user)
    return user


def shown(mrc, **asked):
    found = members(mrc, on=TODAY, **asked)
    return [(row.label, *row.counts) for row in found.rows]


def test_each_municipality_is_counted_by_fives_and_fewer_are_hidden(mrc, town):
    town("Amont", 20, 15, 12, 9)
    town("Bonsecours", 12, 9, 8, 7)
    town("Colline", 3, 2, 1, 0)
    town("Dunes", 9, 8, 6, 5)
    MunicipalityFactory(name="Ailleurs")
    found = members(mrc, on=TODAY)
    assert shown(mrc) == [
        ("Amont", 20, 15, 10, 5),
        ("Bonsecours", 10, 5, 5, 5),
        ("Colline", None, None, None, None),
        ("Dunes", 5, 5, 5, 5),
    ]
    assert [n for _label, n in found.total.steps] == [40, 30, 20, 20]
    assert found.until == SUNDAY


def test_training_counts_up_to_the_last_sunday(mrc, town):
    place = town("Amont", 14)
    for rank, mandate in enumerate(place.mandates.all()):
        on = SUNDAY if rank < 7 else SUNDAY + timedelta(days=1)
        at = datetime(on.year, on.month, on.day, 16, 0, tzinfo=UTC)
        EnrollmentFactory(mandate=mandate, enrolled_at=at, first_activity_at=at)
    assert shown(mrc) == [("Amont", 10, 5, 5, None)]


def test_elected_people_who_keep_their_facts_count_as_people_alone(mrc, town):
    place = town("Amont", 10, 10, 10, 10, public=Public.ELECTED)
    assert shown(mrc) == [("Amont", 10, None, None, None)]
    for mandate in place.mandates.select_related("user"):
        agreeing(mandate.user)
    assert shown(mrc) == [("Amont", 10, 10, 10, 10)]
    one = place.mandates.first().user
    consents.withdraw(user_id=one.pk, purpose=Purpose.FACTS_TO_ORGANISATION, way=Way.PAGE, at=NOON)
    assert shown(mrc) == [("Amont", 10, 5, 5, 5)]


def test_whoever_has_two_courses_or_two_publics_counts_once(mrc, town):
    place = town("Amont", 5, 5, 5, 5)
    twice = place.mandates.first()
    EnrollmentFactory(mandate=twice, completed=True)
    MandateFactory(user=twice.user, organisation=place, public=Public.MANAGER)
    assert shown(mrc) == [("Amont", 5, 5, 5, 5)]


def test_the_order_says_nothing_of_hidden_counts(mrc, town):
    """Hidden rows keep the order of names, whatever they hide."""
    town("Amont", 4)
    town("Bonsecours", 9)
    town("Colline", 2)
    town("Dunes", 30)
    assert [row[:2] for row in shown(mrc, by=MemberColumn.PEOPLE)] == [
        ("Dunes", 30),
        ("Bonsecours", 5),
        ("Amont", None),
        ("Colline", None),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_number_of_municipalities(
    client, responsable, mrc, town, django_assert_num_queries, count
):
    for rank in range(count):
        town(f"Amont-{rank}", 2, 2, 1)
    with django_assert_num_queries(5):
        client.get("/rapports/mrc/090/")


def test_only_who_answers_for_the_mrc_that_day_reads_it(client, mrc, town):
    place = town("Amont", 6)
    for user in (
        ResponsibilityFactory(organisation=place).user,
        ResponsibilityFactory().user,
        MandateFactory(organisation=mrc).user,
        ResponsibilityFactory(organisation=mrc, ends_on=date(2026, 1, 1)).user,
    ):
        client.force_login(user)
        for page in ("", "municipalites.csv", "municipalites.xlsx"):
            assert client.get(f"/rapports/mrc/090/{page}").status_code == 404


def test_a_delegate_reads_it_up_to_the_last_day(mrc):
    delegate = ResponsibilityFactory(organisation=mrc, ends_on=TODAY).user
    days = [TODAY + timedelta(days=n) for n in (0, 1)]
    assert [list(mrcs_of(delegate, on=day)) for day in days] == [[mrc], []]


def test_a_municipality_has_no_such_page(client, town):
    place = town("Amont", 6)
    client.force_login(ResponsibilityFactory(organisation=place).user)
    assert client.get(f"/rapports/mrc/{place.handle}/").status_code == 404


def test_my_people_of_an_mrc_lead_to_its_municipalities(client, responsable, town):
    town("Amont", 6)
    link = 'href="/rapports/mrc/090/"'
    assert link in client.get("/mes-gens/090/").content.decode()
    page = client.get("/rapports/mrc/090/").content.decode()
    assert "Amont" in page
    assert "Pas encore" in page


def test_files_say_what_the_page_says_and_taking_them_is_written_down(
    client, responsable, mrc, town
):
    town("=Amont", 20, 15, 12, 9)
    town("Bonsecours", 3, 2, 1)
    text = client.get("/rapports/mrc/090/municipalites.csv?tri=personnes").content.decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[1:4] == [
        ["'=Amont", "20", "15", "10", "5", "pas encore"],
        ["Bonsecours", "masqué", "masqué", "masqué", "masqué", "pas encore"],
        ["Ensemble", "20", "15", "10", "5", ""],
    ]
    book = load_workbook(io.BytesIO(client.get("/rapports/mrc/090/municipalites.xlsx").content))
    assert [cell.value for cell in book["Municipalités"][4]][:3] == ["Ensemble", 20, 15]
    assert client.get("/rapports/mrc/090/municipalites.pdf").status_code == 404
    taken = Entry.objects.filter(verb="members.exported").values_list("actor", "details__format")
    assert list(taken) == [(responsable.pk, "csv"), (responsable.pk, "xlsx")]
