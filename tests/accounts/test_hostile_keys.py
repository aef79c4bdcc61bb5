"""What a passkey's answer may be when no key made it: refused in French, never a 500."""

import json
from base64 import urlsafe_b64encode

import pytest
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from tests.accounts.test_limits import by_password, inside, person

# allauth prints variables it may not have
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LOGIN, AGAIN = reverse("mfa_login_webauthn"), reverse("mfa_reauthenticate_webauthn")
OWNER = "PERSONNE"
WHOLE = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {
        "clientDataJSON": "e30",
        "authenticatorData": "AAAA",
        "signature": "AAAA",
        "userHandle": OWNER,
    },
}


def changed(**response):
    return WHOLE | {"response": WHOLE["response"] | response}


ANSWERS = {
    "not json": "{",
    "list": [],
    "text": "x",
    "number": 1,
    "empty": {},
    "response is a list": WHOLE | {"response": []},
    "response is nothing": WHOLE | {"response": None},
    "id is a number": WHOLE | {"id": 1, "rawId": 1},
    "nobody": changed(userHandle=None),
    "no such person": changed(userHandle="enp6enp6"),
    "a huge person": changed(userHandle="enp6enp6enp6enp6enp6enp6enp6"),
    "bytes": changed(userHandle="____"),
    "a number": changed(userHandle=1),
    "whole, by no key": WHOLE,
    "client data is no object": changed(clientDataJSON="W10"),
    "client data is garbage": changed(clientDataJSON="____"),
    "long authenticator data": changed(authenticatorData="A" * 400),
}


def test_s33_an_answer_that_no_key_made_opens_nothing_and_breaks_nothing():
    """S-33: at sign-in, where anybody may send it, and where one confirms who is there."""
    user = person()
    handle = urlsafe_b64encode(user_pk_to_url_str(user).encode()).decode().rstrip("=")
    stranger, owner = Client(), Client()
    by_password(owner, user)
    for name, answer in ANSWERS.items():
        sent = answer if answer == "{" else json.dumps(answer).replace(OWNER, handle)
        page = stranger.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"})
        assert "challenge" in page.text, name
        assert stranger.post(LOGIN, {"credential": sent}).status_code == 302, name
        assert not inside(stranger), name
        owner.get(AGAIN)
        assert owner.post(AGAIN, {"credential": sent}).status_code in {302, 429}, name
        # Who is there was not confirmed: the factors are not shown for that.
        assert owner.get(reverse("mfa_activate_totp")).status_code == 302, name
