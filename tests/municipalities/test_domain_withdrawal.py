"""S-16: a responsable takes a proved domain away, and is told first what goes with it."""

import threading

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import domains
from municipalities.actions.sign_in import ask_domain
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider, MailDomain
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db


def proved(place, domain) -> MailDomain:
    return MailDomain.objects.create(
        organisation=place, domain=domain, sent_to=f"admin@{domain}", code_expires_at=NOON,
        verified_at=NOON,
    )  # fmt: skip


@pytest.fixture
def place():
    place = MunicipalityFactory()
    IdentityProvider.objects.create(
        organisation=place, kind=ProviderKind.GOOGLE, client_id="atn", offered=True
    )
    return place


@pytest.fixture
def louise(client, place):
    user = ResponsibilityFactory(organisation=place).user
    client.force_login(user)
    return user


def linked(place, email, subject):
    """Somebody who is in, by a session that their organisation's account opened."""
    user, there = UserFactory(email=email), place.identity_providers.get()
    SocialAccount.objects.create(
        user=user, provider=there.handle, uid=subject, extra_data={"email": email}
    )
    return user


def page(row):
    return reverse("municipalities:withdraw-domain", args=[row.pk])


def test_its_identities_open_nothing_and_their_people_are_told(client, place, louise):
    gone, kept = proved(place, "ville.quebec"), proved(place, "bas.ville.quebec")
    elodie = linked(place, "elodie@ville.quebec", "1")
    remi = linked(place, "remi@bas.ville.quebec", "2")
    for user in (elodie, remi):
        Client().force_login(user)
    assertContains(client.get(page(gone)), "Une personne entre aujourd’hui")
    assert MailDomain.objects.count() == 2
    done = client.post(page(gone), follow=True)
    assertRedirects(done, reverse("municipalities:sign-in", args=[place.handle]))
    assertContains(done, "Le domaine ville.quebec est retiré.")
    assert MailDomain.objects.get() == kept
    assert [each.user for each in SocialAccount.objects.all()] == [remi]
    assert (elodie.open_sessions.count(), remi.open_sessions.count()) == (0, 1)
    assert louise.open_sessions.count() == 1
    letter = OutgoingEmail.objects.get(key__startswith="account-identity-forgotten:")
    assert (letter.recipient, "retiré le domaine" in letter.text) == (elodie, True)
    assert place.identity_providers.get().offered
    written = Entry.objects.get(verb="organisation.domain-withdrawn")
    assert (written.actor, written.details["people"]) == (louise, [elodie.pk])


def test_with_the_last_one_the_service_is_proposed_no_more(client, place, louise):
    row = proved(place, "ville.quebec")
    assertContains(client.get(page(row)), "dernier domaine prouvé")
    client.post(page(row))
    assert not place.identity_providers.get().offered
    other = MunicipalityFactory()
    ask_domain(
        organisation=other, domain="ville.quebec", box="admin", by=louise, at=timezone.now()
    )


def test_whoever_takes_it_away_keeps_the_session_at_work(client, place):
    louise = linked(place, "louise@ville.quebec", "1")
    ResponsibilityFactory(organisation=place, user=louise)
    client.force_login(louise)
    client.post(page(proved(place, "ville.quebec")))
    assert louise.open_sessions.count() == 1
    assertNotContains(
        client.get(reverse("municipalities:sign-in", args=[place.handle])), "prouvé<"
    )


def test_a_domain_not_proved_yet_takes_nobody_s_identity_with_it(client, place, louise):
    proved(place, "autre.quebec")
    row = ask_domain(
        organisation=place, domain="ville.quebec", box="admin", by=louise, at=timezone.now()
    )
    linked(place, "elodie@ville.quebec", "1")
    assertContains(client.get(page(row)), "Personne n’entre aujourd’hui")
    client.post(page(row))
    assert SocialAccount.objects.count() == 1
    assert MailDomain.objects.get().domain == "autre.quebec"


def test_s16_the_domain_of_another_town_is_not_there(client, louise):
    row = proved(MunicipalityFactory(), "ailleurs.quebec")
    assert client.get(page(row)).status_code == 404
    assert client.post(page(row)).status_code == 404
    assert MailDomain.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_the_last_two_taken_away_at_once_leave_no_service_without_a_domain(monkeypatch, locked):
    """The control, where each reads before the other writes, leaves it proposed."""
    place = MunicipalityFactory()
    IdentityProvider.objects.create(
        organisation=place, kind=ProviderKind.GOOGLE, client_id="atn", offered=True
    )
    rows, by = [proved(place, "a.quebec"), proved(place, "b.quebec")], UserFactory()
    read, met = domains.lost_with, threading.Barrier(2, timeout=5)

    def together(row):
        found = read(row)
        if not locked:
            met.wait()
        return found

    monkeypatch.setattr(domains, "lost_with", together)
    if not locked:
        everything = domains.Organisation.objects.all
        monkeypatch.setattr(
            domains.Organisation.objects, "select_for_update", lambda **_: everything()
        )

    def withdraw(row):
        try:
            domains.withdraw_domain(row=row, by=by, at=timezone.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=withdraw, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert place.identity_providers.get().offered is not locked
    assert not MailDomain.objects.exists()
