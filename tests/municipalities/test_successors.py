"""B-82: an address that passes to a successor opens the account of the person before no more."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import DOORS, SEEN, WHOSE
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import cards, invitations, joining
from municipalities.actions.invitations import Guest
from municipalities.enums import Public
from municipalities.models import Mandate
from tests.factories import EnrollmentFactory, MandateFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/compte/toujours-moi/"


@pytest.fixture
def gone():
    """Someone who left their only place yesterday; the town hall keeps the address."""
    yesterday = timezone.localdate() - timedelta(days=1)
    mandate = MandateFactory(
        user__email="dg@saint-elzear.example",
        user__first_name="Julie",
        user__last_name="Roy",
        organisation__name="Saint-Elzéar",
        ends_on=yesterday,
    )
    EnrollmentFactory(mandate=mandate)
    return mandate


def by_the_door(client, user):
    """As allauth leaves the session once a code opened the account."""
    client.force_login(user)
    session = client.session
    session[DOORS] = [{"method": "code"}]
    session.save()


def test_b82_whoever_signs_in_after_a_departure_says_who_they_are_before_anything_is_shown(
    client, gone
):
    by_the_door(client, gone.user)
    for page in ("/", "/mes-cours/", "/compte/"):
        assert client.get(page).headers["Location"] == PAGE
    asked = client.get(PAGE)
    assertContains(asked, "Êtes-vous bien Julie Roy?")
    assert client.post(PAGE, {"yes": "1"}).headers["Location"] == "/"
    assert client.get("/mes-cours/").status_code == 200
    by_the_door(client, User.objects.get(pk=gone.user_id))
    assert client.get("/mes-cours/").status_code == 200, "once is enough"


def test_b82_the_successor_says_no_and_inherits_nothing(client, gone):
    elsewhere = type(client)()
    by_the_door(elsewhere, gone.user)
    by_the_door(client, gone.user)
    answer = client.post(PAGE, {"no": "1"}, follow=True)
    assertContains(answer, "Cette adresse n’ouvre plus le compte d’avant.")
    gone.user.refresh_from_db()
    assert (gone.user.email, gone.user.handle) == (None, "julie.roy@saint-elzear")
    assert gone.user.is_active
    assert gone.user.enrollments.count() == 1
    for each in (client, elsewhere):
        assert each.get("/compte/").status_code == 302, "every session is closed"
    assert Entry.objects.filter(verb="account.address-released").exists()


def test_b82_whoever_writes_their_own_departure_and_leaves_the_address_reads_that_it_is_done(
    client,
):
    """Their session closes with the address, while the page that says so is being made."""
    duty = ResponsibilityFactory()
    mandate = MandateFactory(organisation=duty.organisation, user=duty.user)
    client.force_login(duty.user)
    client.get("/mes-gens/")
    session = client.session
    session[SEEN] -= 600  # the request notes its hour, in a session that is no more by then
    session.save()
    page = reverse("municipalities:depart", args=[mandate.pk])
    typed = {"on": timezone.localdate().isoformat(), "passes": "on"}
    answer = client.post(page, typed, follow=True)
    assertContains(answer, f"Le départ de {duty.user} est inscrit.")
    duty.user.refresh_from_db()
    assertContains(answer, duty.user.handle)
    assertContains(answer, "Se connecter")
    assert client.get("/mes-gens/").status_code == 302


def test_b82_an_address_that_its_person_left_meanwhile_takes_no_other_along(gone):
    """Read with the old one, then Julie confirmed hers, before the departure was written."""
    read_before = User.objects.get(pk=gone.user_id)
    User.objects.filter(pk=gone.user_id).update(email="julie@maison.example")
    accounts.release_address(
        user=read_before, place="Saint-Elzéar", by=UserFactory(), at=timezone.now(),
        address="dg@saint-elzear.example",
    )  # fmt: skip
    gone.user.refresh_from_db()
    assert gone.user.email == "julie@maison.example"
    assert User.objects.owner_of("dg@saint-elzear.example") is None


@pytest.mark.parametrize("why", ["mandate", "role", "no address", "never held any"])
def test_nobody_else_is_asked(client, gone, why):
    user = gone.user
    if why == "mandate":
        MandateFactory(user=user)
    elif why == "role":
        user = UserFactory(role=Role.COACH)
        Mandate.objects.filter(pk=gone.pk).update(user=user)
    elif why == "no address":
        User.objects.filter(pk=user.pk).update(email=None)
        user.refresh_from_db()
    else:
        user = UserFactory()
    by_the_door(client, user)
    assert client.get("/aide/").status_code == 200
    assert client.session[WHOSE] is False


def invited_again(gone):
    by = ResponsibilityFactory(organisation=gone.organisation).user
    guest = Guest(email=gone.user.email, first_name="Anne", last_name="Côté")
    (invited,) = invitations.invite(
        organisation=gone.organisation, guests=[guest], by=by, at=timezone.now()
    )
    return f"/invitation/{invitations.token_for(invited)}/"


WELCOME = {"first_name": "Anne", "last_name": "Côté", "public": "manager", "function": "DG"}


def test_b82_invited_at_the_same_address_a_successor_has_an_account_of_their_own(client, gone):
    page = invited_again(gone)
    assertContains(client.get(page), "Cette adresse était celle de quelqu’un d’autre?")
    assertNotContains(client.get(page), "Julie")
    client.post(page, WELCOME)
    assert User.objects.get(email="dg@saint-elzear.example") == gone.user, "without the choice"
    answer = client.post(f"{page}?nouveau=1", WELCOME)
    assert answer.headers["Location"] == "/"
    anne = User.objects.get(email="dg@saint-elzear.example")
    assert (anne.get_full_name(), anne.enrollments.count()) == ("Anne Côté", 0)
    gone.user.refresh_from_db()
    assert (gone.user.email, gone.user.enrollments.count()) == (None, 1)


def test_b82_the_address_of_someone_in_office_is_not_taken(client, gone):
    Mandate.objects.filter(pk=gone.pk).update(ends_on=None)
    Mandate.objects.filter(pk=gone.pk).update(organisation=MandateFactory().organisation)
    page = invited_again(gone)
    assertNotContains(client.get(page), "quelqu’un d’autre?")
    client.post(f"{page}?nouveau=1", WELCOME)
    assert User.objects.get(email="dg@saint-elzear.example") == gone.user


def test_a_second_address_takes_the_place_of_the_first(gone):
    user = gone.user
    user.emailaddress_set.create(email="julie@maison.example", verified=True)
    accounts.release_address(user=user, place="ici", by=user, at=timezone.now())
    user.refresh_from_db()
    assert user.email == "julie@maison.example"
    assert user.emailaddress_set.get().primary


def test_b82_the_code_of_one_person_is_sent_to_the_box_that_several_read(client):
    duty = ResponsibilityFactory(organisation__name="Saint-Elzéar")
    client.force_login(duty.user)
    people = [
        MandateFactory(
            organisation=duty.organisation,
            user__email=None,
            user__first_name=first,
            user__last_name="Roy",
            user__delivery_email="info@saint-elzear.example",
        ).user
        for first in ("Julie", "Luc")
    ]
    page = f"/mes-gens/{duty.organisation.handle}/cartes/"
    chosen = {"person": [each.pk for each in people]}
    confirm = client.post(page, chosen)
    assertContains(confirm, "Envoyer 2 codes aux boîtes partagées")
    printing = confirm.context["form"]["printing"].value()
    for _twice in range(2):
        client.post(page, {**chosen, "printing": printing, "send": "1"})
    letters = OutgoingEmail.objects.filter(key__startswith="card-sent:").order_by("pk")
    assert [(each.to_address, each.subject) for each in letters] == [
        ("info@saint-elzear.example", "Pour\xa0: Julie Roy – Votre code d’accès à la plateforme"),
        ("info@saint-elzear.example", "Pour\xa0: Luc Roy – Votre code d’accès à la plateforme"),
    ]
    (code,) = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", letters[0].text)
    opened = accounts.use_card(handle="julie.roy@saint-elzear", code=code, at=timezone.now())
    assert opened == people[0]
    assert not User.objects.filter(email="info@saint-elzear.example").exists()


def test_whoever_has_no_box_gets_no_letter_and_no_new_code():
    duty = ResponsibilityFactory()
    person = MandateFactory(organisation=duty.organisation, user__email=None).user
    with pytest.raises(accounts.CardRefused):
        cards.send_cards(
            organisation=duty.organisation, user_ids=[person.pk], printing=uuid4(),
            by=duty.user, at=timezone.now(),
        )  # fmt: skip


def test_people_without_an_address_have_their_handle_from_the_first_day():
    duty = ResponsibilityFactory(organisation__name="Saint-Elzéar")
    poster = joining.put_up(organisation=duty.organisation, by=duty.user, at=timezone.now())
    reader = joining.Reader("Zoé", "Roy", Public.STAFF)
    asked = joining.ask(code=poster.code, reader=reader, at=timezone.now())
    joining.decide(
        organisation=duty.organisation, request_ids=[asked.pk], accepts=True, by=duty.user,
        at=timezone.now(),
    )  # fmt: skip
    assert User.objects.get(last_name="Roy").handle == "zoe.roy@saint-elzear"
