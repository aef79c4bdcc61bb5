"""The council on one page: a line for each seat, all saved together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.accounts.models import User
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import council, invitations
from municipalities.actions.invitations import Guest, Welcome
from municipalities.enums import Designation, Kind, Public
from municipalities.models import Invitation, Mandate
from municipalities.queries import council as seats
from municipalities.queries import elections
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def ginette():
    """Responsable of a municipality of seven seats, two of them vacant in the registry."""
    place = MunicipalityFactory(seats_filled=5, seats_vacant=2)
    return ResponsibilityFactory(user__first_name="Ginette", organisation=place)


@pytest.fixture
def page(ginette):
    return reverse("municipalities:council", args=[ginette.organisation.handle])


@pytest.fixture
def signed(ginette):
    client = Client()
    client.force_login(ginette.user)
    return client


def typed(*people) -> dict:
    """What a browser sends: (seat, first name, last name, address)."""
    return {
        f"{name}_{number}": value
        for number, *values in people
        for name, value in zip(("first_name", "last_name", "email"), values, strict=True)
    }


@pytest.mark.parametrize(
    ("year", "day"),
    [(2021, date(2021, 11, 7)), (2025, date(2025, 11, 2)), (2029, date(2029, 11, 4)),
     (2033, date(2033, 11, 6)), (2037, date(2037, 11, 1))],
)  # fmt: skip
def test_a_general_election_is_the_first_sunday_of_november_every_four_years(year, day):
    assert elections.general_election(year) == day
    assert elections.next_general_election(date(year, 1, 1)) == day
    assert elections.next_general_election(date(year - 3, 12, 31)) == day
    assert elections.last_general_election(day) == day
    assert elections.last_general_election(date(year + 3, 12, 31)) == day


def test_whoever_is_elected_on_the_day_of_the_vote_stays_until_the_next_one():
    place = MunicipalityFactory()
    assert elections.usual_end(place, Public.ELECTED, date(2025, 11, 2)) == date(2029, 11, 4)
    assert elections.usual_end(place, Public.ELECTED, date(2025, 11, 1)) == date(2025, 11, 2)


@pytest.mark.parametrize(
    ("fields", "public"),
    [
        ({}, Public.STAFF),
        ({"kind": Kind.OTHER}, Public.ELECTED),
        ({"designation": Designation.NORTHERN_VILLAGE}, Public.ELECTED),
        ({"designation": Designation.CREE_VILLAGE}, Public.ELECTED),
    ],
)
def test_no_end_is_proposed_where_that_law_does_not_rule(fields, public):
    assert elections.usual_end(MunicipalityFactory(**fields), public, TODAY) is None


@pytest.mark.parametrize(
    ("function", "number"),
    [("mairesse", 0), ("Maire", 0), ("conseillère, siège 4", 4), ("Siege no 12", 12),
     ("mairesse suppléante, siège 2", 2), ("maire suppléant", None), ("membre du conseil", None),
     ("", None)],
)  # fmt: skip
def test_a_function_names_its_seat(function, number):
    assert seats.seat_number(function) == number


def test_the_grid_has_as_many_lines_as_the_registry_counts_seats(ginette):
    place = ginette.organisation
    mayor = MandateFactory(organisation=place, public=Public.ELECTED, function="mairesse")
    fourth = MandateFactory(organisation=place, public=Public.ELECTED, function="Siège 4")
    far = MandateFactory(organisation=place, public=Public.ELECTED, function="siège 98")
    MandateFactory(organisation=place, function="voirie, siège 3")  # staff sit nowhere
    MandateFactory(organisation=place, public=Public.ELECTED, ends_on=date(2025, 11, 2))
    found = seats.council(place, on=TODAY)
    assert [(seat.label, seat.mandate) for seat in found] == [
        ("Mairie", mayor), ("Siège 1", far), ("Siège 2", None), ("Siège 3", None),
        ("Siège 4", fourth), ("Siège 5", None), ("Siège 6", None),
    ]  # fmt: skip


def test_a_council_that_the_registry_does_not_count_has_seven_seats_or_all_who_sit():
    place = MunicipalityFactory(seats_filled=0)
    assert len(seats.council(place, on=TODAY)) == 7
    for _ in range(9):
        MandateFactory(organisation=place, public=Public.ELECTED)
    assert [seat.mandate is None for seat in seats.council(place, on=TODAY)] == [False] * 9


def test_seven_people_are_asked_in_at_once_and_their_mandates_end_on_election_day(
    signed, page, ginette, mailoutbox, django_capture_on_commit_callbacks
):
    people = [(n, f"Prénom{n}", f"Nom{n}", f"Elu{n}@exemple.quebec") for n in range(7)]
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed.post(page, typed(*people), follow=True)
    assertContains(answer, "Invitations envoyées : 7.")
    assert len(mailoutbox) == 7
    assert list(Invitation.objects.order_by("pk").values_list("function", flat=True)[:2]) == [
        "mairie", "conseil, siège 1",
    ]  # fmt: skip
    third = Invitation.objects.get(email="elu3@exemple.quebec")
    today = timezone.localdate()
    user = invitations.accept_invitation(
        invitation_id=third.pk,
        welcome=Welcome(Public.ELECTED, "conseil, siège 3", "Prénom3", "Nom3"),
        signed_in=None,
        at=timezone.now(),
    )
    mandate = user.mandates.get()
    assert (mandate.starts_on, mandate.ends_on) == (
        today,
        elections.next_general_election(today),
    )
    again = signed.get(page)
    assertContains(again, "Prénom3 Nom3")
    assertContains(again, "Lettre envoyée", count=6)


def test_what_is_wrong_is_told_at_its_cell_and_what_was_typed_is_kept(signed, page, ginette):
    MandateFactory(
        organisation=ginette.organisation, public=Public.ELECTED, function="mairesse",
        user__email="anouk@exemple.quebec",
    )  # fmt: skip
    signed.post(page, typed((6, "Six", "Siège", "six@exemple.quebec")))
    answer = signed.post(
        page,
        typed(
            (1, "Réjean", "Tremblay", "rejean@"),
            (2, "Luc", "Roy", ""),
            (3, "", "", "anouk@exemple.quebec"),
            (4, "Ève", "Caron", "eve@exemple.quebec"),
            (5, "Noé", "Caron", "EVE@exemple.quebec"),
        )
        | {"email_0": "ignored@exemple.quebec", "email_6": "ignored@exemple.quebec"},
    )
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert {cell: list(each) for cell, each in errors.items()} == {
        "email_1": ["Écrivez l’adresse au complet, par exemple prenom.nom@ville.qc.ca."],
        "email_2": [
            "Écrivez l’adresse courriel de cette personne, cochez « Sans courriel » ou videz la ligne."
        ],
        "email_3": ["Cette personne est déjà au conseil."],
        "email_5": ["Cette adresse est déjà sur la ligne « Siège 4 »."],
    }
    for kept in ("Réjean", "rejean@", "Luc", "eve@exemple.quebec"):
        assertContains(answer, f'value="{kept}"', status_code=422)
    assertContains(answer, 'href="#id_email_1"', status_code=422)
    assertContains(answer, 'aria-invalid="true"', count=4, status_code=422)
    assert Invitation.objects.count() == 1


def test_an_empty_page_and_a_pending_address_are_told(signed, page):
    assertContains(signed.post(page, {}), "Écrivez au moins une personne", status_code=422)
    signed.post(page, typed((1, "Ève", "Caron", "eve@exemple.quebec")))
    again = signed.post(page, typed((2, "Ève", "Caron", "eve@exemple.quebec")))
    assertContains(again, "déjà une invitation en attente", status_code=422)
    assert OutgoingEmail.objects.count() == 1


def test_someone_of_the_staff_takes_a_second_function_without_a_letter(ginette, signed, page):
    """A person may hold several mandates at once, here too."""
    clerk = MandateFactory(organisation=ginette.organisation, user__email="cleo@exemple.quebec")
    elsewhere = MandateFactory(user__email="denis@exemple.quebec")
    answer = signed.post(
        page,
        typed((2, "Cléo", "Roy", "cleo@exemple.quebec"), (3, "", "", "denis@exemple.quebec")),
        follow=True,
    )
    assertContains(answer, f"Au conseil dès maintenant : {clerk.user}.")
    second = clerk.user.mandates.get(public=Public.ELECTED)
    assert second.function == "conseil, siège 2"
    assert second.ends_on == elections.next_general_election(timezone.localdate())
    # Nothing tells that an address has an account elsewhere: it is asked like any other.
    assert elsewhere.user.mandates.count() == 1
    assert [invited.email for invited in Invitation.objects.all()] == ["denis@exemple.quebec"]


def test_b82_people_without_an_address_sit_at_once_with_an_account_of_their_own(
    signed, page, ginette
):
    """Two councillors of the same name, and none shares an account; sent twice, it is once."""
    typed_in = typed((1, "Jean", "Roy", ""), (2, "Jean", "Roy", "jean@exemple.quebec")) | {
        "no_email_1": "on"
    }
    assertContains(signed.post(page, typed_in, follow=True), "Sans courriel")
    assert signed.post(page, typed_in).status_code == 422  # both seats have someone
    late = [Guest("", "Jean", "Roy", Public.ELECTED, "conseil, siège 1")]
    council.seat(
        organisation=ginette.organisation, guests=late, by=ginette.user, at=timezone.now()
    )
    person = User.objects.get(email=None)
    assert not person.has_usable_password()
    mandate = person.mandates.get()
    assert (str(person), mandate.function) == ("Jean Roy", "conseil, siège 1")
    assert mandate.ends_on == elections.next_general_election(timezone.localdate())
    assert [each.email for each in Invitation.objects.all()] == ["jean@exemple.quebec"]


@pytest.fixture(params=[None, "luc@exemple.quebec"])
def luc(ginette, request):
    """Of the staff, brought in by a list without an address, or with one."""
    return MandateFactory(
        organisation=ginette.organisation, function="voirie", user__email=request.param,
        user__first_name="Luc", user__last_name="Bélanger",
    )  # fmt: skip


def of_that_name():
    return list(User.objects.filter(sort_key="belanger luc").order_by("pk"))


NEW_LUC = typed((1, " LUC", "Belanger", "")) | {"no_email_1": "on"}


def test_b82_a_newcomer_of_the_name_of_someone_here_is_asked_about(signed, page, luc):
    asked = signed.post(page, NEW_LUC)
    assertContains(asked, "dites si c’est la même personne", status_code=422)
    assertContains(asked, "Luc Bélanger, voirie", status_code=422)
    assertContains(asked, 'href="#id_account_1"', status_code=422)
    for wrong in ("", "999999", str(UserFactory(email=None).pk)):
        assert signed.post(page, NEW_LUC | {"account_1": wrong}).status_code == 422
    assert luc.user.mandates.count() == 1


def test_b82_the_same_person_sits_under_the_account_that_they_have(signed, page, luc, ginette):
    yes = NEW_LUC | {"account_1": str(luc.user_id)}
    assert signed.post(page, yes).status_code == 302
    again = Guest("", "Luc", "Bélanger", Public.ELECTED, account=luc.user_id)
    place = ginette.organisation
    council.seat(organisation=place, guests=[again], by=ginette.user, at=timezone.now())
    assert sorted(luc.user.mandates.values_list("public", flat=True)) == ["elected", "staff"]
    assert of_that_name() == [luc.user]


def test_b82_a_namesake_has_an_account_of_their_own(signed, page, luc, ginette):
    assert signed.post(page, NEW_LUC | {"account_1": "0"}).status_code == 302
    assert [mandate.public for mandate in luc.user.mandates.all()] == [Public.STAFF]
    _luc, son = of_that_name()
    assert [mandate.public for mandate in son.mandates.all()] == [Public.ELECTED]
    assert son.handle != luc.user.handle
    # The same list, sent again by another hand, is still one person.
    again = Guest("", "Luc", "Belanger", Public.ELECTED, "conseil, siège 1")
    place = ginette.organisation
    council.seat(organisation=place, guests=[again], by=ginette.user, at=timezone.now())
    assert of_that_name() == [luc.user, son]


def test_b82_one_person_is_said_to_take_one_seat(signed, page, luc):
    both = NEW_LUC | typed((2, "Luc", "Bélanger", "")) | {"no_email_2": "on"}
    same = both | {"account_1": str(luc.user_id), "account_2": str(luc.user_id)}
    assertContains(signed.post(page, same), "un second siège", status_code=422)
    assert luc.user.mandates.count() == 1


def test_b82_whoever_sits_already_does_not_become_two_by_being_typed_again(
    signed, page, luc, ginette
):
    Mandate.objects.filter(pk=luc.pk).update(public=Public.ELECTED, function="conseil, siège 2")
    assertContains(signed.post(page, NEW_LUC), "Luc Bélanger, conseil, siège 2", status_code=422)
    same = signed.post(page, NEW_LUC | {"account_1": str(luc.user_id)})
    assertContains(same, "elle n’y prend pas un second siège", status_code=422)
    assert of_that_name() == [luc.user]
    # Another of the same name is still somebody else.
    assert signed.post(page, NEW_LUC | {"account_1": "0"}).status_code == 302
    assert len(of_that_name()) == 2


@pytest.mark.parametrize(
    ("line", "cell", "told"),
    [
        ({"no_email_1": "on"}, "first_name_1", "Écrivez le prénom et le nom"),
        ({"no_email_1": "on", "first_name_1": "Luc"}, "last_name_1", "Écrivez le prénom et"),
        ({"no_email_1": "on", "email_1": "luc@exemple.quebec"}, "no_email_1", "ou cochez"),
    ],
)
def test_a_line_says_either_an_address_or_that_there_is_none(signed, page, line, cell, told):
    answer = signed.post(page, line)
    assert [*answer.context["form"].errors] == [cell]
    assertContains(answer, told, status_code=422)


def test_the_council_of_others_does_not_exist(signed, page):
    other = MunicipalityFactory()
    assert signed.get(reverse("municipalities:council", args=[other.handle])).status_code == 404
    visitor = Client()
    visitor.force_login(UserFactory())
    assert visitor.get(page).status_code == 404
    assert visitor.post(page, typed((1, "", "", "a@exemple.quebec"))).status_code == 404


def test_an_organisation_without_council_has_no_grid():
    body = MunicipalityFactory(kind=Kind.OTHER, code=None)
    chief = ResponsibilityFactory(organisation=body)
    client = Client()
    client.force_login(chief.user)
    assert client.get(reverse("municipalities:council", args=[body.handle])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_grid_takes_the_same_queries_whatever_the_number_of_people(
    signed, page, ginette, django_assert_num_queries, count
):
    for number in range(count):
        MandateFactory(
            organisation=ginette.organisation, public=Public.ELECTED, function=f"siège {number}"
        )
    signed.get(page)
    with django_assert_num_queries(9):
        signed.get(page)


def seat_at_once(place, by, times: int) -> None:
    """Send the same list several times at the same moment."""
    barrier = Barrier(times)

    def send(_):
        try:
            barrier.wait(timeout=20)
            council.seat(
                organisation=place,
                guests=[Guest("eve@exemple.quebec", public=Public.ELECTED)],
                by=by,
                at=AT,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(send, range(times)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_here", [False, True])
def test_the_same_list_sent_by_several_hands_at_once_counts_once(is_here):
    person = ResponsibilityFactory()
    if is_here:
        MandateFactory(organisation=person.organisation, user__email="eve@exemple.quebec")
    seat_at_once(person.organisation, person.user, 4)
    elected = Mandate.objects.filter(public=Public.ELECTED).count()
    assert (Invitation.objects.count(), elected) == ((0, 1) if is_here else (1, 0))
    assert OutgoingEmail.objects.count() == (0 if is_here else 1)
    assert User.objects.count() == (2 if is_here else 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_organisation_the_list_would_count_twice(monkeypatch):
    """The control of the test above: the lock is what holds."""
    person = ResponsibilityFactory()
    MandateFactory(organisation=person.organisation, user__email="eve@exemple.quebec")
    barrier = Barrier(2)

    def together(**facts):
        barrier.wait(timeout=20)
        return Mandate.objects.create(
            user=facts["user"], organisation=facts["organisation"], public=facts["public"],
            starts_on=facts["term"].starts_on, ends_on=facts["term"].ends_on,
        )  # fmt: skip

    monkeypatch.setattr(council, "open_mandate", together)
    monkeypatch.setattr(type(council.Organisation.objects.all()), "select_for_update",
                        lambda rows, **kwargs: rows)  # fmt: skip
    seat_at_once(person.organisation, person.user, 2)
    assert Mandate.objects.filter(public=Public.ELECTED).count() == 2
