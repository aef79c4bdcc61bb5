"""What becomes of a municipality that left the registry, and of its people."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from municipalities.actions.council import Election, renew, undo_renewal
from municipalities.actions.territory import Merger, SuccessorRefused, name_successor
from municipalities.enums import Change, Kind, Public
from municipalities.models import Organisation, RegistryImport, TerritorialEvent
from municipalities.queries import council
from tests.factories import (
    LONG_AGO,
    MandateFactory,
    MunicipalityFactory,
    RegionFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
MERGER = date(2026, 1, 1)
LIST = reverse("admin:municipalities_organisation_changelist")


@pytest.fixture
def station():
    return MunicipalityFactory(code="93025", name="Hébertville-Station", inactive_on=MERGER)


@pytest.fixture
def heiress():
    return MunicipalityFactory(code="93022", name="Hébertville")


@pytest.fixture
def administrator(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def name(place, successor, by=None, regranted=()):
    return name_successor(
        merger=Merger(place.pk, successor.pk, MERGER, regranted),
        by=by or UserFactory(),
        at=AT,
    )


def test_people_go_on_under_the_successor_and_the_past_keeps_its_mandate(station, heiress):
    mandate = MandateFactory(organisation=station, function="commis")
    late = MandateFactory(organisation=station, starts_on=date(2026, 2, 1))
    kept = ResponsibilityFactory(organisation=station, user=mandate.user)
    ResponsibilityFactory(organisation=station)

    for _ in range(2):  # the second call changes nothing
        name(station, heiress, regranted=[kept.pk])

    mandate.refresh_from_db()
    assert mandate.ends_on == date(2025, 12, 31)
    assert set(
        heiress.mandates.values_list("user", "public", "function", "starts_on", "ends_on")
    ) == {
        (mandate.user_id, mandate.public, "commis", MERGER, None),
        (late.user_id, late.public, late.function, date(2026, 2, 1), None),
    }
    assert [row.user for row in heiress.responsibilities.filter(ends_on=None)] == [mandate.user]
    assert [event.after for event in TerritorialEvent.objects.filter(change=Change.MERGED)] == [
        {"code": "93022", "name": "Hébertville"}
    ]
    assert [entry.target for entry in Entry.objects.all()] == ["93025"]


def days_there(place):
    return list(place.mandates.order_by("starts_on").values_list("starts_on", "ends_on"))


def test_a_mandate_already_held_at_the_successor_is_not_doubled(station, heiress):
    """And what was begun under the old one goes on along the one that they have there."""
    there = MandateFactory(organisation=heiress)
    old = MandateFactory(organisation=station, user=there.user, public=there.public)
    name(station, heiress)
    assert list(heiress.mandates.all()) == [there]
    old.refresh_from_db()
    assert (old.thread, old.ends_on) == (there.thread, date(2025, 12, 31))


def test_days_that_a_mandate_at_the_successor_does_not_cover_are_not_lost(station, heiress):
    """Held there until June, then from September; in the merged place without an end."""
    june, september = date(2026, 6, 30), date(2026, 9, 1)
    there = MandateFactory(organisation=heiress, ends_on=june)
    same = {"user": there.user, "public": there.public}
    MandateFactory(organisation=heiress, **same, starts_on=september, ends_on=date(2026, 12, 31))
    MandateFactory(organisation=station, **same)
    name(station, heiress)
    assert days_there(heiress) == [
        (there.starts_on, june),
        (date(2026, 7, 1), date(2026, 8, 31)),
        (september, date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]
    assert heiress.mandates.values("thread").distinct().count() == 2


def test_whoever_answers_there_until_a_day_answers_on_when_it_is_given_again(station, heiress):
    until = date(2026, 6, 30)
    delegate = ResponsibilityFactory(organisation=heiress, ends_on=until)
    lasting = ResponsibilityFactory(organisation=station, user=delegate.user)
    name(station, heiress, regranted=[lasting.pk])
    held = heiress.responsibilities.order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(held) == [(delegate.starts_on, until), (date(2026, 7, 1), None)]


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        (date(2029, 11, 4), date(2027, 11, 7)),
        (None, date(2027, 11, 7)),
        (date(2026, 6, 30), date(2026, 6, 30)),
    ],
)
def test_someone_elected_sits_until_the_election_of_the_successor(station, heiress, own, kept):
    """E-2.2: the first council of a merged place is elected on a day of its own."""
    heiress.next_election_on = date(2027, 11, 7)
    heiress.save()
    MandateFactory(organisation=station, public=Public.ELECTED, ends_on=own)
    MandateFactory(organisation=station)
    name(station, heiress)
    assert days_there(heiress) == [(MERGER, kept), (MERGER, None)]


def test_a_council_elected_on_the_day_of_the_merger_takes_the_place_of_those_merged(
    client, administrator, station, heiress
):
    """They sit there from that day on, and are outgoing all the same; a newcomer is not."""
    old = MandateFactory(organisation=station, public=Public.ELECTED)
    name(station, heiress)
    new = MandateFactory(organisation=heiress, public=Public.ELECTED, starts_on=MERGER)
    (moved,) = heiress.mandates.filter(user=old.user)
    assert council.outgoing(heiress, elected_on=MERGER) == [moved]
    seats = council.council_since(heiress, elected_on=MERGER)
    assert [seat.mandate for seat in seats if seat.mandate] == [new]
    page = reverse("municipalities:election", args=[heiress.handle]) + f"?jour={MERGER}"
    assertContains(client.get(page), str(old.user))
    vote = Election(uuid4(), MERGER, {}, frozenset([moved.pk]), ())
    renewal = renew(organisation=heiress, election=vote, by=administrator, at=AT)
    moved.refresh_from_db()
    assert (moved.starts_on, moved.ends_on) == (MERGER, MERGER)
    undo_renewal(renewal_id=renewal.pk, by=administrator, at=AT)
    assert council.outgoing(heiress, elected_on=MERGER) == [moved]


@pytest.mark.parametrize(
    ("place", "successor", "reason"),
    [
        ({}, {}, "toujours au répertoire"),
        ({"inactive_on": MERGER}, {"inactive_on": MERGER}, "en activité"),
        ({"inactive_on": MERGER}, {"kind": Kind.MRC}, "en activité"),
        ({"kind": Kind.OTHER, "inactive_on": MERGER}, {}, "toujours au répertoire"),
    ],
)
def test_only_an_active_municipality_succeeds_a_vanished_one(place, successor, reason):
    with pytest.raises(SuccessorRefused, match=reason):
        name(MunicipalityFactory(**place), MunicipalityFactory(**successor))
    assert not TerritorialEvent.objects.exists()


def test_a_successor_once_named_is_not_replaced(station, heiress):
    name(station, heiress)
    with pytest.raises(SuccessorRefused, match="déjà un successeur\xa0: Hébertville"):
        name(station, MunicipalityFactory())


def test_the_list_finds_names_without_accents_and_shows_its_source(client, administrator):
    MunicipalityFactory(code="46005", name="Saint-Elzéar")
    MunicipalityFactory(code="12045", name="Mont-Joli", mrc=None)
    RegistryImport.objects.create(
        reference_date=date(2026, 3, 3), sha256="0" * 64, imported_at=LONG_AGO, counts={}
    )
    response = client.get(LIST, {"q": "st elzear"})
    assertContains(response, "Saint-Elzéar")
    assertNotContains(response, "Mont-Joli")
    assertContains(response, "(CC BY 4.0), 2026-03-03.")
    assertContains(response, "Sans valeur légale.")
    assertContains(client.get(LIST, {"q": "120"}), "Hors MRC")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, administrator, django_assert_num_queries, count
):
    mrc = MunicipalityFactory(kind=Kind.MRC, code="930", population=None)
    for number in range(count):
        heiress = MunicipalityFactory(code=f"9302{number}", mrc=mrc)
        MunicipalityFactory(code=f"9303{number}", inactive_on=MERGER, successor=heiress, mrc=mrc)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)


@pytest.mark.parametrize(
    ("state", "shown"),
    [("actives", "Amos"), ("a-relier", "Barville"), ("reliees", "Corville")],
)
def test_the_list_is_filtered_by_state(client, administrator, state, shown):
    amos = MunicipalityFactory(name="Amos")
    MunicipalityFactory(name="Barville", inactive_on=MERGER)
    MunicipalityFactory(name="Corville", inactive_on=MERGER, successor=amos)
    page = client.get(LIST, {"etat": state})
    assert [place.name for place in page.context["cl"].result_list] == [shown]


def test_an_administrator_names_the_successor_of_several_at_once(
    client, administrator, station, heiress
):
    bruno = MunicipalityFactory(code="93030", name="Saint-Bruno", inactive_on=MERGER)
    ticked = {"action": "name_successor", "_selected_action": [station.pk, bruno.pk]}

    assertContains(client.post(LIST, ticked), "Hébertville-Station")
    wrong = client.post(LIST, ticked | {"apply": "1", "successor": "Ailleurs", "on": ""})
    assertContains(wrong, "Aucune organisation en activité")
    assertContains(wrong, 'value="Ailleurs"')
    done = client.post(
        LIST,
        ticked | {"apply": "1", "successor": "HEBERTVILLE", "on": "2026-01-01"},
        follow=True,
    )

    assertContains(done, "succède à Saint-Bruno")
    assert set(heiress.predecessors.values_list("code", flat=True)) == {"93025", "93030"}


def test_a_name_borne_by_two_asks_for_the_code(client, administrator, station):
    for code, region in (("46035", "05"), ("46040", "05")):
        RegionFactory(code=region)
        MunicipalityFactory(code=code, name="Bedford")
    answer = client.post(
        LIST,
        {"action": "name_successor", "_selected_action": [station.pk], "apply": "1",
         "successor": "bedford", "on": "2026-01-01"},
    )  # fmt: skip
    assertContains(answer, "Plusieurs portent ce nom")


def test_a_refusal_of_the_action_is_shown(client, administrator, heiress):
    amos = MunicipalityFactory(name="Amos")
    answer = client.post(
        LIST,
        {"action": "name_successor", "_selected_action": [amos.pk], "apply": "1",
         "successor": "93022", "on": "2026-01-01"},
        follow=True,
    )  # fmt: skip
    assertContains(answer, "Amos est toujours au répertoire")


def test_what_the_registry_wrote_is_read_only_and_other_organisations_are_not(
    client, administrator, heiress
):
    page = client.get(reverse("admin:municipalities_organisation_change", args=[heiress.pk]))
    assertNotContains(page, 'name="name"')
    client.post(
        reverse("admin:municipalities_organisation_add"),
        {"name": "Régie de l’eau", "official_name": "Régie intermunicipale de l’eau",
         "time_zone": "America/Toronto"},
    )  # fmt: skip
    assert Organisation.objects.get(name="Régie de l’eau").kind == Kind.OTHER


@pytest.mark.parametrize("model", ["region", "registryimport", "territorialevent"])
def test_the_history_is_read_only(client, administrator, station, model):
    TerritorialEvent.objects.create(organisation=station, change=Change.VANISHED, on=MERGER)
    RegistryImport.objects.create(
        reference_date=MERGER, sha256="0" * 64, imported_at=LONG_AGO, counts={"in_scope": 1123}
    )
    page = client.get(reverse(f"admin:municipalities_{model}_changelist"))
    assert page.status_code == 200
    assert not page.context["cl"].model_admin.has_delete_permission(page.wsgi_request)
    assert client.get(reverse(f"admin:municipalities_{model}_add")).status_code == 403


def test_strata_are_named_by_their_inhabitants_in_the_filters_of_the_list(client):
    for population in (400, 1_500):
        MunicipalityFactory(name=f"Lieu{population}", population=population)
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    places = reverse("admin:municipalities_organisation_changelist")
    page = client.get(places)
    for words in ("moins de 500", "1\xa0000 à 1\xa0999", "100\xa0000 et plus"):
        assertContains(page, words)
    found = client.get(places, {"strate": "3"})
    assertContains(found, "Lieu1500")
    assertNotContains(found, "Lieu400")
    assert client.get(places, {"strate": "xx"}).status_code == 200


def test_the_page_of_a_row_is_named_in_good_french(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    place = MunicipalityFactory()
    page = client.get(reverse("admin:municipalities_organisation_change", args=[place.pk]))
    assertContains(page, "<h1>Organisation</h1>", html=True)
    added = client.get(reverse("admin:municipalities_organisation_add"))
    assertContains(added, "<h1>Ajouter\xa0: organisation</h1>", html=True)
