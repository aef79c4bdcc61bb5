"""A lesson that one listens to, in a real browser: on the line, without it, by the device's voice."""

import json
import re

import pytest
from playwright.sync_api import expect

from courses import actions as course_actions
from courses.models import Lesson
from enrollments import actions
from municipalities.enums import Public
from tests import sounds
from tests.browser.bench import PARKED, axe, context_for
from tests.browser.conftest import signed_in
from tests.factories import NOON, MandateFactory

LESSON = "/cours/ess-101/signes/"
PHONE = 375
# The voices of a device are its own affair: here, one that says each sentence at once, or waits.
VOICES = """
window.said = []; window.held = false; let last = null;
const voices = VOICES_HERE;
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices,
  speak(u) { said.push([u.text, u.voice && u.voice.name]); last = u;
             if (!held) setTimeout(() => last === u && u.onend && u.onend()) },
  cancel() { const u = last; last = null; if (u && u.onend) setTimeout(() => u.onend()) },
}});
window.SpeechSynthesisUtterance = function (text) { this.text = text };
"""
LOCAL = {"name": "Amélie", "lang": "fr-CA", "localService": True}
FRANCE = {"name": "Thomas", "lang": "fr-FR", "localService": True}
REMOTE = {"name": "En ligne", "lang": "fr-CA", "localService": False}
ENGLISH = {"name": "Sam", "lang": "en-US", "localService": True}


def follow(course):
    mandate = MandateFactory(public=Public.ELECTED)
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


@pytest.fixture
def open_with(browser, live_server, course):
    """A page of the lesson on a device that has these voices."""
    contexts = []

    def opened(*voices):
        context = context_for(browser, width=PHONE)
        contexts.append(context)
        signed_in(context, live_server, follow(course))
        page = context.new_page()
        page.add_init_script(VOICES.replace("VOICES_HERE", json.dumps(voices)))
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(live_server.url + LESSON)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_device_reads_the_lesson_in_order_and_nothing_leaves_it(open_with):
    page = open_with(REMOTE, FRANCE, LOCAL)
    assert not any("ecouter.js" in url for url in page.asked)
    button = page.get_by_role("button", name="Écouter avec la voix de l’appareil")
    before = len(page.asked)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("La lecture est finie.")).to_be_visible()
    said = page.evaluate("said")
    assert {voice for __, voice in said} == {"Amélie"}
    text = " ".join(words for words, __ in said)
    places = [text.index(each) for each in ("Un mardi matin", "Demain matin", "Dernier avis")]
    assert places == sorted(places)
    # A scenario is done, not read.
    assert "Je rappelle" not in text
    names = {url.rpartition("/")[2] for url in page.asked[before:]}
    # The icon of the tab comes when the browser pleases.
    assert names - {"marque.svg"} == {"ecouter.js", "ecouter.css"}
    expect(button).to_be_focused()
    assert axe(page) == []


def test_a_reading_pauses_at_its_sentence_goes_on_and_stops(open_with):
    page = open_with(LOCAL)
    page.evaluate("held = true")
    page.get_by_role("button", name="Écouter avec").click()
    expect(page.get_by_text(re.compile(r"Passage 1 sur \d"))).to_be_visible()
    expect(page.locator(".block[aria-current]")).to_have_count(1)
    page.get_by_role("button", name="Faire une pause").click()
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_role("button", name="Faire une pause")).to_be_visible()
    first, again = page.evaluate("said")
    assert first == again
    page.get_by_role("button", name="Arrêter").click()
    expect(page.locator(".block[aria-current]")).to_have_count(0)
    expect(page.get_by_role("button", name="Écouter avec")).to_be_focused()


def test_a_device_without_a_french_voice_of_its_own_offers_nothing(open_with):
    page = open_with(REMOTE, ENGLISH)
    expect(page.get_by_role("button", name="Écouter avec")).to_have_count(0)


def test_the_voice_of_the_device_reads_the_copy_without_network(open_with, live_server):
    page = open_with(LOCAL)
    page.goto(f"{live_server.url}/hors-ligne/ess-101/")
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text("2 leçons sont sur cet appareil")).to_be_visible()
    page.context.set_offline(True)
    page.goto(live_server.url + LESSON)
    expect(page.get_by_text("Copie emportée")).to_be_visible()
    page.get_by_role("button", name="Écouter avec la voix de l’appareil").click()
    expect(page.get_by_text("La lecture est finie.")).to_be_visible()
    text = " ".join(words for words, __ in page.evaluate("said"))
    assert "Dernier avis" in text
    # A scenario is done, not read.
    assert "Je rappelle" not in text
    assert axe(page) == []
    page.goto(PARKED)


def test_in_light_mode_a_recording_waits_to_be_asked_for(browser, live_server, course):
    lesson = Lesson.objects.get(key="signes")
    course_actions.record_lesson(
        lesson=lesson, filename="lecon.mp3", content=sounds.mp3(20), words="x"
    )
    course_actions.publish(course_id=course.pk, by=None, at=NOON)
    course.refresh_from_db()
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, follow(course))
    context.add_cookies([{"name": "atn_leger", "value": "1", "url": live_server.url}])
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url + LESSON)
    link = page.get_by_role(
        "link", name=re.compile(r"Écouter l’enregistrement \(20\ss, \d+\sko\)")
    )
    expect(link).to_be_visible()
    assert not any("/medias/" in url for url in asked)
    assert page.request.get(live_server.url + link.get_attribute("href")).ok
    assert axe(page) == []
    page.goto(PARKED)
    context.close()


def test_a_recording_plays_without_network_once_carried_away(browser, live_server, course):
    lesson = Lesson.objects.get(key="signes")
    course_actions.record_lesson(
        lesson=lesson, filename="lecon.mp3", content=sounds.mp3(20), words="x"
    )
    course_actions.publish(course_id=course.pk, by=None, at=NOON)
    course.refresh_from_db()
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, follow(course))
    page = context.new_page()
    page.goto(f"{live_server.url}/hors-ligne/ess-101/")
    total = page.locator("[data-total]")
    with_sound = total.inner_text()
    page.get_by_label("Emporter aussi les versions à écouter").uncheck()
    expect(total).not_to_have_text(with_sound)
    page.get_by_label("Emporter aussi les versions à écouter").check()
    expect(total).to_have_text(with_sound)
    page.get_by_role("button", name="Emporter").click()
    expect(page.get_by_text("2 leçons sont sur cet appareil")).to_be_visible()
    context.set_offline(True)
    page.goto(live_server.url + LESSON)
    expect(page.get_by_text("Copie emportée")).to_be_visible()
    # Played from the copy, by parts: a player that jumps asks for the middle.
    moment = page.evaluate("""async () => {
      const sound = document.querySelector("audio"); sound.muted = true;
      await sound.play(); sound.currentTime = 12;
      await new Promise(ok => sound.addEventListener("seeked", ok, {once: true}));
      return [Math.round(sound.duration), sound.currentTime >= 12, sound.error];
    }""")
    assert moment == [20, True, None]
    assert axe(page) == []
    page.goto(PARKED)
    context.close()
