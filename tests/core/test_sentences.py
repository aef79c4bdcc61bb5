"""Our tags say what Django's own would: they only keep it."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch, reverse

OURS = Engine.get_default()
DJANGO = Engine(builtins=[], libraries={"i18n": "django.templatetags.i18n"})


def drawn(engine, source, **values):
    return engine.from_string("{% load i18n %}" + source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'Accueil' %}",
        "{% trans 'Accueil' %}",
        "{% translate '100 % « d’accord » <b>&</b>' %}",
        "{% translate 'Accueil' as said %}[{{ said }}]",
        "{% translate 'Accueil'|upper %}",
        "{% translate name %}",
        "{% translate 'Accueil' noop %}",
        "{% translate 'Accueil' context 'menu' %}",
    ],
)
def test_a_sentence_is_said_as_django_says_it(source):
    assert drawn(OURS, source, name="<Abercorn>") == drawn(DJANGO, source, name="<Abercorn>")


@pytest.mark.parametrize(
    "source",
    [
        "{% url 'portal:home' %}",
        "{% url 'enrollments:lesson' code key %}",
        "{% url 'enrollments:lesson' code=code key=key %}",
        "{% url name %}",
        "{% url 'portal:home' as there %}[{{ there }}]",
        "{% url 'nothing:here' as there %}[{{ there }}]",
        "{% url 'admin:index' %}",
    ],
)
def test_an_address_is_the_one_that_django_finds(source):
    values = {"name": "portal:help", "code": "cyb-101", "key": "depart"}
    assert drawn(OURS, source, **values) == drawn(DJANGO, source, **values)


def test_an_address_is_made_for_the_values_of_each_page():
    source = "{% url 'enrollments:lesson' code key %}"
    for key in ("depart", "arrivee"):
        expected = reverse("enrollments:lesson", args=["cyb-101", key])
        assert drawn(OURS, source, code="cyb-101", key=key) == expected
    with pytest.raises(NoReverseMatch):
        drawn(OURS, "{% url 'nothing:here' %}")
