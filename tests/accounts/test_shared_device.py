"""A tablet that several people use: each session is short, and leaves no trace of its person."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts import actions, middleware
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots sans lien"
ASK, LEAVE = "account_request_login_code", "account_logout"
SHARED = {"shared_asked": "1", "shared": "1"}
OWN = {"shared_asked": "1"}
TRACES = '"cache", "storage"'


@pytest.fixture
def luc():
    user = UserFactory(first_name="Luc", last_name="Bélanger", email=None, password="!")
    user.set_password(PASSWORD)
    user.save()
    actions.print_cards(
        people=[user], place="Saint-Exemple", printing=uuid4(), by=None, at=timezone.now()
    )
    return user


def code_of(user) -> str:
    [made] = actions.print_cards(
        people=[user], place="Saint-Exemple", printing=uuid4(), by=None, at=timezone.now()
    )
    return made.code


def by_card(client, user, **choice):
    typed = {"handle": user.handle, "code": code_of(user), **choice}
    return client.post(reverse("accounts:card"), typed)


def by_password(client, user, **choice):
    typed = {"login": user.handle, "password": PASSWORD, **choice}
    return client.post(reverse("account_login"), typed)


def inside(client) -> bool:
    return "_auth_user_id" in client.session


def at(monkeypatch, moment: datetime) -> None:
    monkeypatch.setattr(middleware.timezone, "now", lambda: moment)


@pytest.mark.parametrize("enter", [by_card, by_password])
def test_a_shared_session_lasts_no_longer_than_the_browser_by_every_door(client, luc, enter):
    enter(client, luc, **SHARED)
    assert inside(client)
    assert client.cookies["sessionid"]["max-age"] == ""
    assert client.cookies["sessionid"]["expires"] == ""
    assert not client.cookies[django_settings.DEVICE_COOKIE_NAME].value
    alone = Client()
    enter(alone, luc, **OWN)
    assert alone.cookies["sessionid"]["max-age"]
    assert alone.cookies[django_settings.DEVICE_COOKIE_NAME].value


def test_the_name_is_on_every_page_with_the_way_out(client, luc):
    by_card(client, luc, **SHARED)
    for page in ("/", "/catalogue/", "/compte/", "/aide/"):
        assertContains(client.get(page), "<strong>Luc Bélanger</strong>")
        assertContains(client.get(page), "Ce n’est pas moi / Terminer")
    other = Client()
    by_card(other, luc, **OWN)
    assertNotContains(other.get("/"), "Terminer")


def test_it_closes_after_fifteen_minutes_without_a_gesture(client, luc, monkeypatch):
    by_card(client, luc, **SHARED)
    start = timezone.now()
    for minutes in (14, 28, 42):
        at(monkeypatch, start + timedelta(minutes=minutes))
        assert client.get("/catalogue/").status_code == 200
        assert inside(client)
    at(monkeypatch, start + timedelta(minutes=58))
    answer = client.get("/compte/")
    assert answer.headers["Location"] == reverse(ASK)
    assert answer.headers["Clear-Site-Data"] == TRACES
    assert not inside(client)
    assertContains(client.get(reverse(ASK)), "Session fermée")


def test_a_session_of_one_s_own_does_not_close(client, luc, monkeypatch):
    by_card(client, luc, **OWN)
    at(monkeypatch, timezone.now() + timedelta(hours=5))
    assert client.get("/compte/").status_code == 200


def test_s32_nothing_of_the_person_is_left_and_the_next_finds_the_same_choice(client, luc):
    by_card(client, luc, **SHARED)
    page = client.get("/compte/")
    assert page.headers["Cache-Control"] == "private, no-store"
    answer = client.post(reverse(LEAVE), {"next": reverse(ASK)})
    assert answer.headers["Clear-Site-Data"] == TRACES
    assert answer.headers["Location"] == reverse(ASK)
    kept = {name: each.value for name, each in client.cookies.items() if each.value}
    assert set(kept) <= {"partage", "messages"}
    assert "Luc" not in str(kept)
    door = client.get(reverse(ASK))
    assertContains(door, "J’ai un code imprimé")
    for page in (door, client.get(reverse("accounts:card"))):
        assertContains(page, 'name="shared" value="1" checked')
        assertNotContains(page, "Luc")
        assertNotContains(page, "luc.belanger")
    assertContains(door, 'autocomplete="off"')


@pytest.mark.parametrize("choice", [SHARED, OWN])
def test_s32_a_session_ended_from_elsewhere_leaves_nothing_either(client, luc, choice):
    """By ATN, or by Luc from his telephone: what he typed still waits in the tab."""
    by_card(client, luc, **choice)
    assert client.get("/compte/").status_code == 200
    actions.close_sessions(luc)
    answer = client.get("/compte/")
    assert not inside(client)
    assert answer.headers.get("Clear-Site-Data", "") == (TRACES if choice is SHARED else "")
    assert "Clear-Site-Data" not in client.get(reverse(ASK)).headers  # once is enough


def test_a_device_that_becomes_one_s_own_forgets_that_it_was_shared(client, luc):
    by_card(client, luc, **SHARED)
    client.post(reverse(LEAVE))
    by_card(client, luc, **OWN)
    assert not client.cookies["partage"].value
    assertNotContains(client.get("/"), "Terminer")


def test_the_next_door_that_asks_nothing_follows_the_last_choice(client, luc):
    """A passkey has no box to tick: the device is shared until someone says otherwise."""
    by_card(client, luc, **SHARED)
    client.post(reverse(LEAVE))
    by_card(client, luc)
    assertContains(client.get("/"), "Terminer")
    assert client.cookies["sessionid"]["max-age"] == ""
