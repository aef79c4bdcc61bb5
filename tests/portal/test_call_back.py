"""Asking for a call from the help page."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.portal.models import CallBack
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ASK, HELP = "/aide/rappel/", "/aide/"


def typed(**changes):
    return {
        "uuid": str(uuid4()), "page": "/cours/cyb-101/", "name": "Réjean Tremblay",
        "phone": "418 555-0199, poste 4", "moment": "morning", "about": "Je ne vois pas mon cours.",
    } | changes  # fmt: skip


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_request_is_stored_and_mailed_to_the_people_of_atn_once(client, signed_in):
    person = UserFactory()
    if signed_in:
        client.force_login(person)
    sent = typed()
    for _ in range(2):
        assertContains(client.post(ASK, sent, follow=True), "vous appelle d’ici deux jours")
    asked = CallBack.objects.get()
    assert asked.person == (person if signed_in else None)
    letter = OutgoingEmail.objects.get()
    assert letter.to_address == "aide@atn.example"
    assert letter.to_address in settings.REPLY_TO_EMAIL
    for words in ("Réjean Tremblay", "418 555-0199, poste 4", "le matin", "pas mon cours"):
        assert words in letter.text.replace("\xa0", " ")
    assert (person.email in letter.text) is signed_in


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "555-0199"}, "indicatif régional"),
        ({"phone": ""}, "indicatif régional"),
        ({"phone": "appelez-moi"}, "indicatif régional"),
        ({"name": ""}, "Écrivez votre nom."),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_what_was_typed_stays(client, changes, words):
    answer = client.post(ASK, typed(**changes))
    assertContains(answer, words, status_code=422)
    assertContains(answer, "Je ne vois pas mon cours.", status_code=422)
    assert not CallBack.objects.exists()


def test_nobody_writes_a_name_that_we_know(client):
    client.force_login(UserFactory(first_name="Réjean", last_name="Tremblay"))
    page = client.get(HELP, headers={"Referer": "http://testserver/mes-cours/?x=1"})
    assertContains(page, 'value="Réjean Tremblay"')
    assertContains(page, 'value="/mes-cours/"')


def test_the_number_is_shown_when_there_is_one(client, settings):
    assertNotContains(client.get(HELP), "tel:")
    settings.SUPPORT_PHONE = "1 418 555-0123"
    assertContains(client.get(HELP), 'href="tel:14185550123"')


def test_a_machine_is_stopped_and_a_town_hall_is_not(client):
    answers = [client.post(ASK, typed()).status_code for _ in range(21)]
    assert answers == [302] * 20 + [429]
    assert client.get(HELP).status_code == 200


@pytest.mark.ignore_template_errors  # Django's admin prints variables it may not have
def test_atn_sees_who_waits_and_notes_the_call(client):
    client.post(ASK, typed())
    admin = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(admin)
    page = reverse("admin:portal_callback_changelist")
    assertContains(client.get(f"{page}?etat=a-rappeler"), "418 555-0199")
    asked = CallBack.objects.get()
    act = {"action": "called", "_selected_action": [asked.pk]}
    assertContains(client.post(page, act), "rappelées")
    client.post(page, act | {"confirmed": "1"}, follow=True)
    asked.refresh_from_db()
    assert asked.handled_by == admin
    assertNotContains(client.get(f"{page}?etat=a-rappeler"), "418 555-0199")
