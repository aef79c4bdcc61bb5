"""When something is wrong, a French page that says what to do next."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from atn_platform.accounts.enums import Language
from tests.factories import ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_unknown_address_is_told_to_anyone(client):
    for visitor in (client, Client()):
        answer = visitor.get("/nulle-part/")
        assert answer.status_code == 404
        assert "Cette page n’existe pas" in answer.content.decode()
        client.force_login(UserFactory())


def test_the_administration_refuses_a_learner_without_sending_them_round(client):
    client.force_login(UserFactory())
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "Cette page est réservée" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_last_pages_need_no_context(name):
    text = render_to_string(name)
    assert '<html lang="fr-CA">' in text
    assert "Revenir à l’accueil" in text


def test_a_crash_is_told_in_the_language_of_whoever_reads(client, monkeypatch, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    client.raise_request_exception = False
    client.force_login(UserFactory(language=Language.ENGLISH))
    monkeypatch.setattr("django.urls.resolvers.URLResolver.resolve", _explode)
    page = client.get("/").content.decode()
    assert '<html lang="en-CA">' in page
    assert "Something went wrong on our side" in page
    assert "de notre côté" not in page


def test_a_crash_shows_no_detail(client, monkeypatch, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    client.raise_request_exception = False
    monkeypatch.setattr("django.urls.resolvers.URLResolver.resolve", _explode)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "de notre côté" in answer.content.decode()
    assert "secret" not in answer.content.decode()


def _explode(*args):
    raise RuntimeError("secret")


def test_only_a_responsable_is_shown_the_way_to_her_people(client):
    link = f'href="{reverse("enrollments:teams")}"'
    client.force_login(UserFactory())
    assert link not in client.get("/catalogue/").content.decode()
    client.force_login(ResponsibilityFactory().user)
    assert link in client.get("/catalogue/").content.decode()
