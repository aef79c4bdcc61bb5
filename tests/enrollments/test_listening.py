"""A lesson that one listens to: by its recording, or by the device's own voice; carried away too."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import (
    EnrollmentFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
VOICE = {"name": "voix.opus", "sha256": "cd" * 32, "type": "audio/ogg", "size": 1_100_000}
HEARD = f"/medias/{VOICE['sha256']}/voix.opus"


@pytest.fixture
def enrollment(client):
    heard, exam = lesson_document("a"), lesson_document("bilan", kind="exam")
    heard["audio"] = {"asset": VOICE, "seconds": 252, "stale": False}
    exam["blocks"] = lesson_document("bilan", questions=[choice_question()])["blocks"]
    stations = [heard, lesson_document("b"), exam]
    found = EnrollmentFactory(version=VersionFactory(stations=stations))
    client.force_login(found.learner)
    return found


def address(enrollment, name, *rest):
    return reverse(f"enrollments:{name}", args=[enrollment.course.code.lower(), *rest])


def test_a_recording_says_its_length_and_weight_and_never_starts_alone(client, enrollment):
    page = client.get(address(enrollment, "lesson", "a"))
    assertContains(page, "Écouter cette leçon")
    assertContains(page, "4 min 12 s, 1,1 Mo".replace(" ", "\u00a0").replace(",\u00a0", ", "))
    assertContains(
        page, f'<audio controls preload="none" aria-labelledby="ecouter" src="{HEARD}">'
    )
    assertNotContains(page, "autoplay")
    assertNotContains(page, "data-ecouter")
    assertNotContains(page, "retouché depuis")


def test_light_mode_shows_a_link_with_the_weight(client, enrollment):
    client.cookies["atn_leger"] = "1"
    page = client.get(address(enrollment, "lesson", "a"))
    assertNotContains(page, "<audio")
    assertContains(
        page, f'href="{HEARD}">Écouter l’enregistrement (4\u00a0min\u00a012\u00a0s, 1,1\u00a0Mo)'
    )


def test_a_recording_that_says_other_words_tells_whoever_listens(client, enrollment):
    enrollment.version.document["modules"][0]["lessons"][0]["audio"]["stale"] = True
    other = EnrollmentFactory(
        learner=enrollment.learner,
        version=VersionFactory(stations=enrollment.version.document["modules"][0]["lessons"]),
    )
    assertContains(client.get(address(other, "lesson", "a")), "c’est lui qui fait foi")


def test_without_a_recording_the_device_may_read_but_not_an_exam(client, enrollment):
    page = client.get(address(enrollment, "lesson", "b"))
    assertContains(page, 'data-ecouter="/static/ecouter.js"')
    # Hidden until a script finds a voice; the script that reads is not among those of the page.
    assertNotContains(page, '<script src="/static/ecouter.js"')
    assertNotContains(client.get(address(enrollment, "lesson", "bilan")), "data-ecouter")


def test_a_recording_is_carried_away_with_its_weight_shown(client, enrollment):
    page = client.get(address(enrollment, "take"))
    assertContains(page, 'data-son="1100000"')
    assertContains(page, "à écouter 1,1\u00a0Mo")
    assertContains(page, 'name="sons" checked')
    heard, silent, __ = client.get(address(enrollment, "offline-contents")).json()["lecons"]
    assert (heard["sons"], silent["sons"]) == ([HEARD], [])
    assert heard["octets"] < 100_000
    copy = client.get(address(enrollment, "offline-lesson", "a"))
    assertContains(copy, f'preload="none" aria-labelledby="ecouter" src="{HEARD}"')


def test_a_course_without_a_recording_asks_nothing_about_it(client):
    found = EnrollmentFactory(version=VersionFactory(stations=[lesson_document("a")]))
    client.force_login(found.learner)
    assertNotContains(client.get(address(found, "take")), 'name="sons"')
