"""Pages that allauth decides and that we word: in our French, with our spaces."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_reset_password", "Phrase de passe oubliée"),
        ("account_reset_password_done", "Le lien est parti"),
        ("account_signup", "On entre sur invitation"),
    ],
)
def test_doors_speak_as_the_rest_of_the_site(client, name, words):
    page = client.get(reverse(name))
    assertContains(page, words)
    for foreign in ("e-mail", " ?", "désolés"):
        assertNotContains(page, foreign)


def test_keys_are_listed_with_what_may_be_done_of_each(client):
    user = UserFactory()
    data = {"name": "Ma tablette", "credential": {}}
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    client.force_login(user)
    page = client.get(reverse("mfa_list_webauthn"))
    assertContains(page, "<strong>Ma tablette</strong>")
    assertContains(page, reverse("mfa_remove_webauthn", args=[key.pk]))
    assertNotContains(page, "Not used")


def test_whoever_signed_in_long_ago_confirms_with_the_second_factor(client):
    user = UserFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    client.force_login(user)
    page = client.get(reverse("mfa_reauthenticate"))
    assertContains(page, "Confirmez que c’est vous")
    assertNotContains(page, "réauthentifier")
    refused = client.post(reverse("mfa_reauthenticate"), {"code": ""})
    assertContains(refused, "Ce champ est obligatoire")
