"""Pieces of pages that are drawn once a process."""

import re

import pytest
from django.template import engines
from django.utils.safestring import mark_safe
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.core.templatetags.atn import draw_once, kept
from tests.factories import ResponsibilityFactory, UserFactory

LINKS = "components/footer_links.html"
CONSENTS = "Mes consentements"


def drawn(source, **context):
    return engines["django"].from_string(source).render(context)


def test_a_kept_piece_sees_what_it_is_given_and_nothing_else_of_the_page():
    given = f'{{% kept "{LINKS}" signed_in=signed_in %}}'
    assert CONSENTS in drawn(given, signed_in=True)
    assert CONSENTS not in drawn(given, signed_in=False)
    assert CONSENTS in drawn(given, signed_in=True)
    assert CONSENTS not in drawn(f'{{% kept "{LINKS}" %}}', signed_in=True)


@pytest.mark.parametrize("first", [str, mark_safe])
def test_a_string_marked_safe_is_another_value(first):
    second = mark_safe if first is str else str
    draw_once.cache_clear()
    names = {"code": "a", "key": "b", "done": False, "meeting": False, "here": False}
    for mark in (first, second):
        shown = "&lt;b&gt;" if mark is str else "<b>"
        assert f'<span lang="fr-CA">{shown}</span>' in kept(
            "enrollments/plan_line.html", title=mark("<b>"), **names
        )


@pytest.mark.django_db
def test_the_frame_that_is_kept_bears_the_name_and_the_form_of_who_reads(client):
    names = {"Léa <b>": "Léa &lt;b&gt;", "Noé": "Noé"}
    tokens = set()
    for typed, written in names.items():
        client.force_login(UserFactory(first_name=typed, last_name="Roy"))
        page = client.get("/aide/?suite=<i>")
        text = page.content.decode()
        assert f'<span class="name">{written} Roy</span>' in text
        assert 'name="next" value="/aide/?suite=%3Ci%3E"' in text
        assert "\0" not in text
        tokens |= set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', text))
    assert len(tokens) == 2


@pytest.mark.django_db
def test_the_frame_that_is_kept_follows_roles_and_addresses(client):
    person = UserFactory()
    client.force_login(person)
    assertNotContains(client.get("/aide/"), "Mes gens")
    ResponsibilityFactory(user=person)
    assertContains(client.get("/aide/"), '<a href="/mes-gens/">Mes gens</a>')
    page = client.get("/catalogue/")
    assertContains(page, '<a href="/catalogue/" aria-current="page">Catalogue</a>')
    client.logout()
    assertContains(client.get("/aide/"), "Se connecter")
    assertNotContains(client.get("/aide/"), "Mes gens")
