"""Who may read in English, in what language each is written to, and who writes it down (B-86)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override, trans_real
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Language, Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.core.templatetags.sentences import _sentence
from atn_platform.notifications.models import OutgoingEmail
from enrollments import calendars
from enrollments.emails.sessions import session_confirmed
from municipalities.actions import invitations
from municipalities.actions.invitations import Guest, token_for
from municipalities.actions.languages import recognise
from municipalities.emails import welcome
from municipalities.enums import Designation, Public
from tests.factories import (
    NOON,
    MandateFactory,
    MunicipalityFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HOME, PROFILE = reverse("portal:home"), reverse("accounts:profile")
CHOOSE = reverse("portal:language")
OFFER = "Read this in English"
NORTHERN = {"organisation__designation": Designation.NORTHERN_VILLAGE}
RECOGNISED = {"organisation__is_recognised": True}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def choose(client, language, page="/"):
    return client.post(CHOOSE, {"language": language, "next": page})


@pytest.mark.parametrize("place", [NORTHERN, RECOGNISED])
def test_b86_someone_of_a_recognised_or_northern_place_reads_everything_in_english(place):
    client = signed_in(MandateFactory(**place).user)
    assertContains(client.get(PROFILE), OFFER)
    assert choose(client, "en-ca", PROFILE).url == PROFILE
    page = client.get(PROFILE)
    assertContains(page, '<html lang="en-CA"')
    assertContains(page, "My positions")
    assertNotContains(page, "Mon compte")
    assertContains(page, "Français", count=2)
    choose(client, "fr-ca")
    assertContains(client.get(PROFILE), '<html lang="fr-CA"')


def test_b86_english_is_refused_and_not_offered_elsewhere_whatever_the_browser_asks():
    mandate = MandateFactory()
    # A mandate that is over offers nothing.
    MandateFactory(user=mandate.user, ends_on=timezone.localdate() - timedelta(days=1), **NORTHERN)
    client = signed_in(mandate.user)
    assertNotContains(client.get(PROFILE, headers={"Accept-Language": "en-CA"}), OFFER)
    choose(client, "en-ca")
    assertContains(client.get(HOME), "n’offre la plateforme en anglais")
    assert User.objects.get(pk=mandate.user.pk).language == Language.FRENCH


class Without:
    """A catalogue that lost one sentence."""

    def __init__(self, real, lost):
        self._real, self._lost = real, lost

    def get(self, key, default=None):
        return default if self._lost in key else self._real.get(key, default)


def test_b86_a_sentence_without_translation_is_french_amid_the_english(monkeypatch):
    catalogue = trans_real.translation(Language.ENGLISH)
    lost = Without(catalogue._catalog, "Mes fonctions")
    monkeypatch.setattr(catalogue, "_catalog", lost)
    user = MandateFactory(user__language=Language.ENGLISH, **NORTHERN).user
    # A process keeps what it said before.
    _sentence.cache_clear()
    page = signed_in(user).get(PROFILE)
    _sentence.cache_clear()
    assertContains(page, "Mes fonctions")
    assertContains(page, "My email address")


@pytest.mark.parametrize("typed", ["", "de", "en", "fr-ca\0"])
def test_another_language_is_french(typed):
    client = signed_in(MandateFactory(user__language=Language.ENGLISH, **NORTHERN).user)
    choose(client, typed)
    assertContains(client.get(HOME), '<html lang="fr-CA"')


def test_the_way_back_never_leads_to_another_site():
    assert choose(Client(), "fr-ca", "https://ailleurs.example/").url == "/"


def test_b86_an_invitation_offers_english_and_the_account_keeps_it():
    answering = ResponsibilityFactory(**NORTHERN)
    (made,) = invitations.invite(
        organisation=answering.organisation,
        guests=[Guest(email="lucy@kuujjuaq.quebec", public=Public.STAFF)],
        by=answering.user,
        at=timezone.now(),
    )
    letter = OutgoingEmail.objects.get()
    assert "vous invite" in letter.text
    assert OFFER in letter.text
    assert OFFER in letter.html
    link = reverse("municipalities:invitation", args=[token_for(made)])
    visitor = Client()
    page = visitor.get(link)
    assertContains(page, '<html lang="fr-CA"')
    assertContains(page, OFFER)
    choose(visitor, "en-ca", link)
    page = visitor.get(link)
    assertContains(page, '<html lang="en-CA"')
    assertContains(page, "Accept the invitation")
    assertNotContains(page, OFFER)
    answer = {"first_name": "Lucy", "last_name": "Annahatak", "public": "staff"}
    page = visitor.post(link, {**answer, "function": ""}, follow=True)
    assertContains(page, "Welcome! You are one of the people of")
    assert User.objects.get(email=made.email).language == Language.ENGLISH
    # Signed out, the same device asks for the code in English.
    visitor.logout()
    visitor.cookies["langue"] = "en-ca"
    assertContains(visitor.get(reverse("account_request_login_code")), "Get a code by email")


def test_b86_a_welcome_says_in_english_that_there_is_english():
    mandate = MandateFactory(**NORTHERN)
    letter = welcome(mandate.user, mandate.organisation, sender=None)
    assert "may be read in English" in letter.text
    assert "may be read in English" in letter.html
    elsewhere = welcome(mandate.user, MunicipalityFactory(), sender=None)
    assert "in English" not in elsewhere.text + elsewhere.html


def test_an_invitation_elsewhere_offers_nothing():
    answering = ResponsibilityFactory()
    (made,) = invitations.invite(
        organisation=answering.organisation,
        guests=[Guest(email="rejean@ville.quebec", public=Public.STAFF)],
        by=answering.user,
        at=timezone.now(),
    )
    link = reverse("municipalities:invitation", args=[token_for(made)])
    assertNotContains(Client().get(link), OFFER)
    assert OFFER not in OutgoingEmail.objects.get().text


def test_on_a_shared_device_nothing_of_the_choice_is_left():
    client = signed_in(MandateFactory(**NORTHERN).user)
    session = client.session
    session["shared_device"] = True
    session.save()
    answer = choose(client, "en-ca")
    assert answer.cookies["langue"].value == ""
    assertContains(client.get(HOME), '<html lang="en-CA"')


@pytest.mark.parametrize("writer", ["fr-ca", "en-ca"])
def test_b86_letters_and_calendars_speak_to_their_reader_whoever_is_at_work(writer):
    lucy = RegistrationFactory()
    lucy.learner.language = Language.ENGLISH
    rejean = RegistrationFactory()
    with override(writer):
        for_lucy, for_rejean = session_confirmed(lucy), session_confirmed(rejean)
    assert for_lucy.subject.startswith("Your seat is reserved: ")
    assert for_lucy.reason == "You reserved a seat at this session."
    assert 'lang="en-CA"' in for_lucy.html
    assert "Why this message?" in for_lucy.text
    assert "Details and cancellation" in for_lucy.calendar
    assert for_rejean.subject.startswith("Votre place est réservée")
    assert 'lang="fr-CA"' in for_rejean.html
    assert "Détails et annulation" in for_rejean.calendar
    assert "Détails et annulation" in calendars.published(rejean)


def test_b86_the_code_to_sign_in_is_written_in_the_language_of_the_account():
    lucy = UserFactory(language=Language.ENGLISH)
    Client().post(reverse("account_request_login_code"), {"email": lucy.email})
    assert OutgoingEmail.objects.get().subject.startswith("Your code: ")


def test_b86_administrators_write_down_the_recognition_and_take_it_back():
    place = MunicipalityFactory()
    reader = MandateFactory(organisation=place).user
    elsewhere = MandateFactory(organisation=place).user
    MandateFactory(user=elsewhere, **NORTHERN)
    client = signed_in(UserFactory(role=Role.ADMINISTRATOR))
    address = reverse("admin:municipalities_organisation_change", args=[place.pk])
    assertContains(client.get(address), "Peut aussi employer l’anglais")
    client.post(address, {"is_recognised": "on"})
    place.refresh_from_db()
    assert place.is_recognised
    for person in (reader, elsewhere):
        choose(signed_in(person), "en-ca")
    client.post(address, {})
    languages = [User.objects.get(pk=each.pk).language for each in (reader, elsewhere)]
    assert languages == [Language.FRENCH, Language.ENGLISH]
    verbs = Entry.objects.filter(verb__startswith="organisation.english").order_by("pk")
    assert [each.verb.rpartition("_")[2] for each in verbs] == ["offered", "withdrawn"]


def test_recognising_twice_is_recognising_once():
    place, by = MunicipalityFactory(), UserFactory(role=Role.ADMINISTRATOR)
    for __ in range(2):
        recognise(organisation=place, recognised=True, by=by, at=NOON)
    assert Entry.objects.filter(verb="organisation.english_offered").count() == 1


@pytest.mark.parametrize("path", ["/admin/", "/rapports/participation/"])
def test_b86_whoever_runs_the_platform_does_so_in_french(path):
    user = UserFactory(role=Role.ADMINISTRATOR, language=Language.ENGLISH)
    assertNotContains(signed_in(user).get(path), 'lang="en-CA"')


def test_reading_in_english_costs_no_query():

    person = MandateFactory(**NORTHERN).user
    client = signed_in(person)
    counts = []
    for language in ("fr-ca", "en-ca"):
        User.objects.filter(pk=person.pk).update(language=language)
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        counts.append(len(queries))
    assert counts[0] == counts[1]
