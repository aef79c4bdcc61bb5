"""S-42: the link of a forgotten password opens once, for an hour, and leaves no trace."""

import logging
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from atn_platform.notifications.models import OutgoingEmail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NEW = {"password1": "quatre mots sans lien 27", "password2": "quatre mots sans lien 27"}


@pytest.fixture
def person():
    person = UserFactory(email="luc@exemple.quebec")
    person.set_password("une vieille phrase de passe")
    person.save()
    return person


@pytest.fixture
def link(client, person):
    client.post(reverse("account_reset_password"), {"email": person.email})
    letter = OutgoingEmail.objects.get(to_address=person.email)
    return re.search(r"https?://[^/]+(/compte/\S*reset/key/\S+)", letter.text)[1]


def open_link(client, link):
    """What the link leads to: the form, whose address no longer holds the token."""
    return client.get(link, follow=True)


def is_dead(client, link) -> bool:
    page = open_link(client, link)
    return "password1" not in page.content.decode()


def test_s42_a_link_serves_once(client, person, link):
    page = open_link(client, link)
    assert 'name="password1"' in page.content.decode()
    client.post(page.request["PATH_INFO"], NEW)
    person.refresh_from_db()
    assert person.check_password(NEW["password1"])
    client.logout()
    assert is_dead(client, link)


@pytest.mark.parametrize("change", ["password", "email"])
def test_s42_a_link_dies_with_what_it_was_made_for(client, person, link, change):
    if change == "password":
        person.set_password("encore une autre phrase")
    else:
        person.email = "ailleurs@exemple.quebec"
    person.save()
    assert is_dead(client, link)


@pytest.mark.parametrize(("minutes", "dead"), [(59, False), (61, True)])
def test_s42_a_link_lives_an_hour(client, person, link, minutes, dead):
    now = PasswordResetTokenGenerator()._now
    later = now() + timedelta(minutes=minutes)
    with patch.object(PasswordResetTokenGenerator, "_now", return_value=later):
        assert is_dead(client, link) == dead


def test_s42_the_link_of_one_opens_nothing_for_another_who_is_signed_in(client, person, link):
    other = UserFactory()
    other.set_password("la phrase de passe d’une autre")
    other.save()
    client.force_login(other)
    page = open_link(client, link)
    client.post(page.request["PATH_INFO"], NEW)
    other.refresh_from_db()
    assert not other.check_password(NEW["password1"])


def test_s42_the_token_leaves_neither_by_the_referrer_nor_by_the_log(client, link, caplog):
    token = link.rstrip("/").rpartition("-")[2]
    with caplog.at_level(logging.DEBUG):
        first = client.get(link)
        assert first.status_code == 302
        assert token not in first.headers["Location"]
        page = client.get(first.headers["Location"])
    assert token not in page.content.decode()
    assert page.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert token not in caplog.text
