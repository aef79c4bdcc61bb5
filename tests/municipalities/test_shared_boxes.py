"""B-82: several people read one box, and whoever takes an address over takes no account with it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.accounts.actions import print_cards
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from enrollments.models import Enrollment
from municipalities.actions import imports, invitations
from tests.accounts.test_cards import enter, inside
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)
from tests.municipalities.lists import listed

pytestmark = pytest.mark.django_db

ASK = "account_request_login_code"
BOX = "info@saint-exemple.example"
FIVE = [(name, "Roy", BOX, "voirie", "personnel") for name in ("Ann", "Bob", "Cléo", "Dan", "Ève")]


@pytest.fixture
def ginette():
    place = MunicipalityFactory(code="46010", name="Saint-Exemple")
    held = ResponsibilityFactory(organisation=place, user__first_name="Ginette")
    MandateFactory(user=held.user, organisation=place)
    return held


def brought_in(ginette, rows, *, writes=False):
    batch = imports.receive(
        organisation=ginette.organisation, name="gens.csv", content=listed(*rows),
        by=ginette.user, at=NOON,
    )  # fmt: skip
    imports.start(batch_id=batch.pk, writes=writes)
    imports.commit(batch_id=batch.pk, at=NOON)


def test_b82_five_employees_with_one_box_are_five_accounts_that_it_does_not_open(ginette):
    brought_in(ginette, FIVE, writes=True)
    people = User.objects.filter(delivery_email=BOX)
    assert people.count() == 5
    assert not User.objects.filter(email=BOX).exists()
    subjects = set(OutgoingEmail.objects.values_list("subject", "to_address"))
    assert len(subjects) == 5
    assert all(said.startswith("Pour\u00a0: ") and to == BOX for said, to in subjects)
    assert any(said.startswith("Pour\u00a0: Cléo Roy – ") for said, _to in subjects)
    brought_in(ginette, FIVE)  # the same list again finds them by their names
    assert User.objects.filter(delivery_email=BOX).count() == 5


def test_b82_each_of_the_five_comes_in_with_a_card_of_their_own(ginette):
    brought_in(ginette, FIVE)
    people = list(User.objects.filter(delivery_email=BOX).order_by("sort_key"))
    made = print_cards(
        people=people, place="Saint-Exemple", printing=uuid4(), by=ginette.user,
        at=timezone.now(),
    )  # fmt: skip
    for user, each in zip(people, made, strict=True):
        client = Client()
        enter(client, user.handle, each.code)
        assert client.session["_auth_user_id"] == str(user.pk)


def test_s38_the_page_of_a_shared_box_says_what_to_do_and_not_who_exists():
    """S-38: the words depend on the address alone, and no code leaves."""
    pages = []
    for known in (False, True):
        if known:
            UserFactory(email=BOX)
            UserFactory(email=None, delivery_email=BOX)
        answer = Client().post(reverse(ASK), {"email": BOX})
        assertContains(answer, "plusieurs personnes lisent")
        assertContains(answer, reverse("accounts:card"))
        pages.append((dict(answer.headers), re.sub(r'value="\w{64}"', "", answer.text)))
    assert pages[0] == pages[1]
    assert not OutgoingEmail.objects.exists()


def test_whoever_reads_such_a_box_alone_is_not_shut_out(client):
    UserFactory(email=BOX)
    client.post(reverse(ASK), {"email": BOX, "alone": "1"})
    assert OutgoingEmail.objects.get().subject.startswith("Votre code")


def test_b82_a_shared_box_opens_no_account_by_any_of_the_letters(client):
    UserFactory(email=None, delivery_email=BOX)
    client.post(reverse(ASK), {"email": BOX, "alone": "1"})
    assert OutgoingEmail.objects.get().subject == "Aucun compte à cette adresse"


def test_someone_invited_by_a_shared_box_comes_in_by_their_link_once(client, ginette):
    [invited] = invitations.invite(
        organisation=ginette.organisation, guests=[invitations.Guest(email=BOX)],
        by=ginette.user, at=timezone.now(),
    )  # fmt: skip
    address = reverse("municipalities:invitation", args=[invitations.token_for(invited)])
    said = {"first_name": "Julie", "last_name": "Roy", "public": "staff", "function": ""}
    answer = client.post(address, said)
    assert answer.headers["Location"] == reverse("accounts:way-back")
    julie = User.objects.get(first_name="Julie")
    assert (julie.email, julie.delivery_email) == (None, BOX)
    assert client.session["_auth_user_id"] == str(julie.pk)
    late = Client()
    late.post(address, said)
    assert not inside(late)


def leave(ginette, mandate, **said):
    client = Client()
    client.force_login(ginette.user)
    return client.post(
        reverse("municipalities:depart", args=[mandate.pk]),
        {"on": timezone.localdate().isoformat(), **said},
    )


def test_b82_the_successor_takes_the_address_over_and_not_the_account(ginette):
    """B-82: the predecessor keeps account and courses, and comes in by another way."""
    old = MandateFactory(organisation=ginette.organisation, user__email="dg@ville.example")
    EnrollmentFactory(mandate=old)
    old.user.set_password("quatre mots sans lien")
    old.user.save()
    assert leave(ginette, old, passes="on").status_code == 302
    [invited] = invitations.invite(
        organisation=ginette.organisation, guests=[invitations.Guest(email="dg@ville.example")],
        by=ginette.user, at=timezone.now(),
    )  # fmt: skip
    client = Client()
    client.post(
        reverse("municipalities:invitation", args=[invitations.token_for(invited)]),
        {"first_name": "Neuve", "last_name": "Roy", "public": "manager", "function": ""},
    )
    new = User.objects.get(email="dg@ville.example")
    assert new.pk != old.user.pk
    assert client.session["_auth_user_id"] == str(new.pk)
    assert not Enrollment.objects.filter(learner=new).exists()
    old.user.refresh_from_db()
    assert Enrollment.objects.filter(learner=old.user).exists()
    back = Client()
    typed = {"login": old.user.handle, "password": "quatre mots sans lien"}
    back.post(reverse("account_login"), typed)
    assert back.session["_auth_user_id"] == str(old.user.pk)
    assert Entry.objects.filter(verb="account.address-released").exists()


def test_b82_an_address_passes_on_the_last_day_and_not_before(ginette):
    old = MandateFactory(organisation=ginette.organisation, user__email="dg@ville.example")
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = leave(ginette, old, on=tomorrow.isoformat(), passes="on")
    assertContains(answer, "revenez ici ce jour-là", status_code=422)
    old.user.refresh_from_db()
    assert old.user.email == "dg@ville.example"


def test_an_address_still_used_elsewhere_does_not_pass(ginette):
    old = MandateFactory(organisation=ginette.organisation, user__email="dg@ville.example")
    MandateFactory(user=old.user)
    leave(ginette, old, passes="on")
    old.user.refresh_from_db()
    assert old.user.email == "dg@ville.example"
