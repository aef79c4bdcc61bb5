"""Pieces of pages that are drawn once a process."""

import pytest
from django.template import engines
from django.utils.safestring import mark_safe

from atn_platform.core.templatetags.atn import draw_once, kept

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
