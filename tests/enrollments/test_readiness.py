"""The state of readiness of a municipality: what it says, and what nobody can work out from it."""

import io
from collections import defaultdict
from datetime import UTC, date, datetime
from itertools import product

import page as page_validation
import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from enrollments import headlines, pdf
from enrollments.queries.readiness import ESSENTIAL, Group, Tally, is_chief, readiness, shown
from municipalities.enums import Kind, Public
from municipalities.models import Organisation
from tests.factories import (
    LONG_AGO,
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    VersionFactory,
    agreeing,
)

MONDAY = date(2026, 11, 30)
CHIEF = "directrice générale et greffière-trésorière"


@pytest.fixture
def version(db):
    return VersionFactory(course=CourseFactory(code=ESSENTIAL, title="Cyberréflexes"))


@pytest.fixture
def town(db):
    return MunicipalityFactory(name="Saint-Exemple", seats_filled=7)


@pytest.fixture
def people(town, version):
    """Seat that many people in the town, of whom so many finished the course."""

    def seat(public, count, done=0, function="", at=LONG_AGO):
        mandates = [
            MandateFactory(organisation=town, public=public, function=function)
            for _ in range(count)
        ]
        for mandate in mandates if public == Public.ELECTED else ():
            agreeing(mandate.user)
        for mandate in mandates[:done]:
            EnrollmentFactory(
                mandate=mandate, version=version, status="completed", completed_at=at
            )
        return mandates

    return seat


def words_of(state):
    return headlines.count(state.council), headlines.count(state.team)


def test_a_council_of_seven_with_three_finished_is_fewer_than_five(town, people):
    people(Public.ELECTED, 7, done=3)
    people(Public.MANAGER, 1, function=CHIEF)
    people(Public.STAFF, 9, done=6)
    state = readiness(town, on=MONDAY)
    assert words_of(state) == ("moins de 5 sur 7", "6 sur 10")
    assert "équipe municipale avance" in headlines.verdict(state)


def test_nobody_and_four_look_the_same(town, people):
    people(Public.ELECTED, 7)
    none = readiness(town, on=MONDAY).council
    people(Public.ELECTED, 0)
    assert none == Group(7, 7, None)


def test_the_criterion_is_the_direction_half_the_council_and_half_the_staff(town, people):
    people(Public.MANAGER, 1, done=1, function=CHIEF)
    people(Public.ELECTED, 7, done=4)
    people(Public.STAFF, 3, done=1)
    assert not readiness(town, on=MONDAY).is_ready
    people(Public.STAFF, 1, done=1)
    state = readiness(town, on=MONDAY)
    assert state.is_ready
    assert words_of(state) == ("au moins la moitié", "au moins la moitié")
    assert headlines.verdict(state) == "Saint-Exemple\xa0: la mairie est cyberprête"


def test_without_a_council_or_a_direction_nothing_is_ready_and_nothing_breaks(town, people):
    """A council of no one, as Hébertville's after its merger: no division by nought."""
    Organisation.objects.update(seats_filled=0)
    town.refresh_from_db()
    assert headlines.verdict(readiness(town, on=MONDAY)).endswith("personne n’est encore inscrit")
    people(Public.STAFF, 6, done=6)
    state = readiness(town, on=MONDAY)
    assert (state.is_ready, state.council.share, state.team.done) == (False, 0.0, 6)
    assert any(
        "direction générale\xa0: le critère" in step for step in headlines.next_steps(state)
    )


def test_what_was_finished_since_sunday_waits_for_the_next_one(town, people):
    """Two days compared would tell who finished between them."""
    people(Public.ELECTED, 7, done=5, at=datetime(2026, 11, 30, 15, 0, tzinfo=UTC))
    assert readiness(town, on=MONDAY).council.done is None
    assert readiness(town, on=date(2026, 12, 6)).until == date(2026, 11, 29)
    state = readiness(town, on=date(2026, 12, 7))
    assert (state.until, state.council.done) == (date(2026, 12, 6), 5)


def test_p18_what_elected_people_keep_for_themselves_changes_nothing_on_the_page(
    town, people, version
):
    """« Mes gens » names six who finished: « 7 sur 7 » here would say it of the seventh."""
    people(Public.ELECTED, 6, done=6)
    kept = MandateFactory(organisation=town, public=Public.ELECTED)
    before = readiness(town, on=MONDAY)
    assert words_of(before)[0] == "6 sur 7"
    EnrollmentFactory(mandate=kept, version=version, completed=True, completed_at=LONG_AGO)
    assert readiness(town, on=MONDAY) == before
    agreeing(kept.user)
    assert words_of(readiness(town, on=MONDAY))[0] == "7 sur 7"


def test_what_was_finished_elsewhere_does_not_count_here(town, people, version):
    mandates = people(Public.ELECTED, 7)
    for mandate in mandates:
        elsewhere = MandateFactory(user=mandate.user)
        EnrollmentFactory(mandate=elsewhere, version=version, completed=True)
    assert readiness(town, on=MONDAY).council.done is None


def worlds():
    """Every municipality of a council up to 9, a staff up to 11, and a direction or none."""
    for council, staff, has_chief in product(
        (0, 1, 3, 5, 7, 9), (0, 1, 4, 5, 8, 11), (True, False)
    ):
        for done in product(range(council + 1), range(staff + 1), (True, False)):
            if done[2] and not has_chief:
                continue
            yield Tally(council, council, done[0], staff, done[1], has_chief, done[2])


def by_what_is_seen(look=lambda world: map(headlines.count, shown(world))):
    """The municipalities of the same size whose pages say the same, in words."""
    seen = defaultdict(list)
    for world in worlds():
        if world.has_chief:
            key = (world.council, world.staff, world.is_ready, *look(world))
            seen[key].append(world)
    return seen


def named(seen) -> int:
    """Pages that say of the direction that it has not finished."""
    return sum({each.chief_done for each in group} == {False} for group in seen.values())


def test_no_page_says_that_the_direction_has_not_finished():
    """Exhaustive: whatever is shown, a municipality whose direction finished shows the same."""
    assert named(by_what_is_seen()) == 0


def test_the_search_can_find_such_a_page():
    """Negative control: the same figures without the guard on the team."""

    def bare(world):
        team = world.staff_done + world.chief_done
        return [n if n >= 5 else None for n in (world.council_done, team)]

    assert named(by_what_is_seen(bare)) > 0


def test_no_page_gives_a_count_of_one_to_four():
    """Whatever is shown, a small count of the council or of the staff has two values at least."""
    for (council, staff, *_), group in by_what_is_seen().items():
        for whole, values in (
            (council, {each.council_done for each in group}),
            (staff, {each.staff_done for each in group}),
        ):
            if whole > 4:
                assert len(values) > 1 or min(values) > 4, (council, staff, values)


@pytest.mark.parametrize(
    ("public", "function", "expected"),
    [
        (Public.MANAGER, "Directrice générale", True),
        (Public.MANAGER, "directeur général et greffier-trésorier", True),
        (Public.MANAGER, "directeur général adjoint", False),
        (Public.MANAGER, "directrice générale adjointe", False),
        (Public.MANAGER, "soutien à la direction générale", False),
        (Public.ELECTED, "directrice générale", False),
    ],
)
def test_who_is_the_direction(public, function, expected):
    assert is_chief(public, function) is expected


def test_the_page_takes_as_many_queries_for_three_people_as_for_thirty(
    client, town, people, django_assert_num_queries
):
    anouk = people(Public.ELECTED, 1)[0].user
    people(Public.STAFF, 2)
    client.force_login(anouk)
    page = reverse("enrollments:readiness", args=[town.handle])
    with django_assert_num_queries(6):  # session, person, town, people, done, course
        client.get(page)
    people(Public.STAFF, 28, done=9)
    with django_assert_num_queries(6):
        assertContains(client.get(page), "9 sur 30")


def test_only_its_council_and_those_who_answer_for_it_read_it(client, town, people):
    page = reverse("enrollments:readiness", args=[town.handle])
    for reader, status in (
        (people(Public.ELECTED, 1)[0].user, 200),
        (ResponsibilityFactory(organisation=town).user, 200),
        (people(Public.STAFF, 1)[0].user, 404),
        (MandateFactory(public=Public.ELECTED).user, 404),
    ):
        client.force_login(reader)
        assert client.get(page).status_code == status
        assert client.get(f"{page}resume.pdf").status_code == status


def test_the_way_to_it_is_direct_for_one_town_and_a_choice_for_two(client, town, people):
    anouk = people(Public.ELECTED, 1)[0].user
    client.force_login(anouk)
    assert client.get(reverse("enrollments:towns")).headers["Location"].endswith(f"{town.handle}/")
    other = MandateFactory(user=anouk, public=Public.ELECTED)
    page = client.get(reverse("enrollments:towns"))
    assertContains(page, other.organisation.name)
    # A council of an MRC is no municipality's.
    Organisation.objects.filter(pk=other.organisation_id).update(kind=Kind.OTHER)
    assert client.get(reverse("enrollments:towns")).status_code == 302


def test_nobody_s_name_is_on_the_page(client, town, people):
    anouk, *others = people(Public.ELECTED, 7, done=6)
    client.force_login(anouk.user)
    answer = client.get(reverse("enrollments:readiness", args=[town.handle]))
    assertContains(answer, "6 sur 7")
    for mandate in others:
        assertNotContains(answer, mandate.user.last_name)


@pytest.mark.parametrize("done", [0, 3, 7])
def test_the_summary_is_one_tagged_page_that_says_the_same(town, people, done):
    people(Public.ELECTED, 7, done=done)
    people(Public.MANAGER, 1, done=1, function=CHIEF)
    people(Public.STAFF, 2)
    state = readiness(town, on=MONDAY)
    content = pdf.readiness(state, headlines.of(state))
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert [failure.rule_id for failure in report.failures] == []
    assert report.rules.total > 100
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == "fr-CA"
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert ("7 sur 7" if done == 7 else "moins de 5 sur 7") in text.replace("\xa0", " ")
    assert "29 novembre 2026" in text.replace("\xa0", " ")
