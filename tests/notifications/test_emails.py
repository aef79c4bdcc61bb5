"""Writing a message: what every one carries, and what a name may not do to it."""

import re
from pathlib import Path

import pytest
from django.test import override_settings

from atn_platform.notifications.emails import Timing, compose
from atn_platform.notifications.enums import Category
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db

# A template of the tests: what an app writes, in its two forms.
TEMPLATES = {
    "emails/essai.txt": (
        '{% extends "emails/base.txt" %}{% block content %}Bonjour {{ recipient.first_name }} !\n'
        "\n\n\nC'est « {{ course }} ».{% endblock content %}"
    ),
    "emails/essai.html": (
        '{% extends "emails/base.html" %}{% block content %}<p>C\'est « {{ course }} ».</p>'
        '{% include "emails/button.html" with url=why_url label="Voir" only %}{% endblock %}'
    ),
}


@pytest.fixture(autouse=True)
def _templates(settings):
    engine = settings.TEMPLATES[0]
    options = {
        **engine["OPTIONS"],
        "loaders": [
            ("django.template.loaders.locmem.Loader", TEMPLATES),
            "django.template.loaders.filesystem.Loader",
        ],
    }
    with override_settings(TEMPLATES=[{**engine, "APP_DIRS": False, "OPTIONS": options}]):
        yield


def essay(**changes):
    parts = {
        "key": "essai:1",
        "category": Category.REMINDER,
        "recipient": UserFactory(first_name="Chantal"),
        "template": "essai",
        "context": {"course": "Sécurité & <réflexes>"},
        "subject": "Rappel : il vous reste 12 min",
        "reason": "Vous suivez ce cours.",
    }
    return compose(**(parts | changes))


def test_text_is_plain_and_html_is_escaped():
    message = essay()
    assert "Sécurité & <réflexes>" in message.text
    assert "Sécurité &amp; &lt;réflexes&gt;" in message.html


NO_TEMPLATE = "{{ settings.SECRET_KEY }} {% include 'base.html' %} {user.password} %(x)s ${x}"


def test_s70_what_an_author_wrote_is_never_a_template(settings):
    """Titles and reasons are words of the letter: no engine reads them a second time."""
    message = essay(context={"course": NO_TEMPLATE}, reason=NO_TEMPLATE, subject=NO_TEMPLATE)
    spaced = message.text.replace("\u00a0", " ")
    assert spaced.count(NO_TEMPLATE.replace("'", "’")) == 3
    assert message.subject.replace("\u00a0", " ") == NO_TEMPLATE.replace("'", "’")
    for part in (message.subject, message.text, message.html):
        assert settings.SECRET_KEY not in part


def test_quebec_spaces_are_set_in_subject_text_and_html():
    message = essay()
    assert message.subject == "Rappel\u00a0: il vous reste 12\u00a0min"
    assert "Bonjour Chantal!\n\nC’est «\u00a0Sécurité" in message.text
    assert "<p>C’est «\u00a0Sécurité" in message.html


def test_every_message_says_why_where_from_and_how_to_stop(settings):
    message = essay()
    for body in (message.text, message.html):
        assert "Vous suivez ce cours." in body
        assert f"{settings.SITE_URL}/messages/pourquoi/" in body
        assert f"{settings.SITE_URL}/messages/stop/" in body
        assert "G1V\u00a00A6" in body or "G1V 0A6" in body


def test_a_message_of_the_service_offers_preferences_instead_of_a_stop():
    message = essay(category=Category.SESSION)
    assert "/messages/stop/" not in message.text + message.html
    assert "/messages/preferences/" in message.text


def test_an_address_without_account_gets_neither():
    message = essay(recipient="nouvelle@exemple.quebec", category=Category.INVITATION, context={
        "course": "CYB-101", "recipient": {"first_name": "Nadia"},
    })  # fmt: skip
    assert (message.recipient, message.to_address) == (None, "nouvelle@exemple.quebec")
    assert "/messages/stop/" not in message.text


def test_s68_a_line_break_in_a_subject_becomes_a_space():
    subject = essay(subject="Rappel\r\nBcc: tous@exemple.quebec\u2028fin").subject
    assert subject == "Rappel Bcc: tous@exemple.quebec fin"


def test_timing_is_carried():
    assert essay(timing=Timing(not_before=NOON)).not_before == NOON


def test_html_weighs_less_than_ten_kilobytes_and_fetches_nothing():
    html = essay().html
    assert len(html.encode()) < 10_000
    assert "<img" not in html
    assert "url(" not in html
    assert html.count('role="presentation"') == html.count("<table")


def test_every_link_of_a_letter_has_the_colour_of_its_ground():
    """Left to the mail software it is a dark blue, which a dark screen does not show."""
    folder = Path(__file__).parents[2] / "templates" / "emails"
    bare = {
        path.name
        for path in folder.glob("*.html")
        for tag in re.findall(r"<a [^>]*>", path.read_text(encoding="utf-8"))
        if 'class="link"' not in tag and path.name != "button.html"
    }
    assert bare == set()
