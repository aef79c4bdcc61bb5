"""Persona 2: Réjean Tremblay, councillor, on a telephone with a weak line."""

import re
from os import urandom

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from atn_platform.portal.models import CallBack
from courses import actions as course_actions
from courses.checklist import issues
from courses.checklist.listening import HEAVIEST_SOUND
from courses.queries import draft_document
from enrollments import actions
from enrollments.models import BlockState
from municipalities.enums import Public
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages import LEARNER_PAGES, PUBLIC_PAGES, weigh
from tests.browser.test_story import answer_as_someone_who_knows, code_from
from tests.course_files import write_course
from tests.factories import NOON, MandateFactory, PathFactory

PHONE = 375
RECORDED = """
::: audio voix
title: La leçon lue
file: voix.opus
captions: voix.vtt
seconds: 480
transcript: À 8 h 12, le courriel arrive.
:::
"""


@pytest.fixture
def rejean(course):
    mandate = MandateFactory(
        public=Public.ELECTED, function="conseiller, siège 4", user__first_name="Réjean"
    )
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    path = PathFactory(code="essai", courses=[course])
    actions.enroll_in_path(learner=mandate.user, path=path, at=NOON)
    return mandate.user


def chosen(page) -> list[list]:
    """What stands in the quiz: the name and the answer of each control that holds one."""
    return page.eval_on_selector_all(
        ".quiz form :is(input:not([type=hidden]), select)",
        """all => all
            .filter(each => 'radio checkbox'.includes(each.type) ? each.checked : each.value)
            .map(each => [each.name, each.value])""",
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_rejean_goes_on_exactly_where_he_was_and_loses_no_answer(
    browser, live_server, mailbox, settings, rejean, scripts
):
    """Persona 2, line 2.

    « Réjean peut reprendre exactement où il était en 1 clic, même après une coupure, sans perdre
    une réponse. » The session ends while he answers; he signs in again, and sends in one click.
    """
    settings.SITE_URL = live_server.url
    context = context_for(browser, width=PHONE, scripts=scripts)
    signed_in(context, live_server, rejean)
    page = context.new_page()
    page.goto(f"{live_server.url}/cours/ess-101/bilan/")
    page.goto(live_server.url)
    page.get_by_role("link", name=re.compile("Reprendre")).first.click()
    expect(page).to_have_url(re.compile(r"/cours/ess-101/[\w-]+/$"))
    page.goto(f"{live_server.url}/cours/ess-101/bilan/")
    answer_as_someone_who_knows(page)
    Session.objects.all().delete()
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Vérifier mes réponses").click()

    page.get_by_label("Adresse courriel").fill(rejean.email)
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(code_from(mailbox))
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rien n’est perdu")
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Envoyer mes réponses").click()
    expect(page.get_by_text("Votre résultat")).to_be_visible()
    assert page.get_by_text("Sans réponse.").count() == 0
    assert BlockState.objects.get(enrollment__learner=rejean).attempts == 1
    context.close()


def test_rejean_loses_no_answer_when_the_line_drops(browser, live_server, rejean):
    """Persona 2, line 2: the network fails as he sends; his answers are on the page he returns to."""
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, rejean)
    page = context.new_page()
    address = f"{live_server.url}/cours/ess-101/bilan/"
    page.goto(address)
    answer_as_someone_who_knows(page)
    before = chosen(page)
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Vérifier mes réponses").click(no_wait_after=True)
    context.set_offline(False)
    page.goto(address)
    assert chosen(page) == before
    assert len(before) >= 2
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_text("Votre résultat")).to_be_visible()
    # What was sent does not come back to fill the next try.
    page.get_by_role("link", name="Réessayer").click()
    assert chosen(page) == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_rejean_asks_for_a_call_in_two_clicks(browser, live_server, rejean, settings, scripts):
    """Persona 2, line 4.

    « Réjean peut obtenir de l'aide humaine (téléphone ou rappel) en 2 clics depuis n'importe
    quelle page. »
    """
    settings.SUPPORT_PHONE = "418 555-0123"
    context = context_for(browser, width=PHONE, scripts=scripts)
    signed_in(context, live_server, rejean)
    page = context.new_page()
    page.goto(f"{live_server.url}/cours/ess-101/bilan/")
    page.get_by_role("link", name="Aide et assistance").click()
    call = page.get_by_role("link", name="Appeler le 418 555-0123")
    expect(call).to_have_attribute("href", "tel:4185550123")
    page.get_by_label("Votre téléphone").fill("418 555-0199")
    page.get_by_role("button", name="Demander un rappel").click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    asked = CallBack.objects.get()
    assert (asked.person, asked.page) == (rejean, "/cours/ess-101/bilan/")
    context.close()


@pytest.fixture
def recorded(tmp_path, transactional_db):
    """A lesson of eight minutes, to read and to hear, as heavy as the checklist lets it be."""
    folder = write_course(tmp_path)
    (folder / "media").mkdir()
    voice = b"OggS" + urandom(8 * HEAVIEST_SOUND - 4)
    (folder / "media" / "voix.opus").write_bytes(voice)
    (folder / "media" / "voix.vtt").write_text("WEBVTT\n\n00:00.000 --> 08:00.000\nÀ 8 h 12.\n")
    lesson = folder / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + RECORDED)
    draft = course_actions.import_folder(path=folder)
    assert not [
        each for each in issues(draft_document(draft)) if "L’enregistrement" in each.message
    ]
    course_actions.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


def test_rejean_reads_and_hears_a_lesson_for_less_than_a_megabyte(browser, live_server, recorded):
    """Persona 2, line 3.

    « Réjean peut suivre une leçon de 8 minutes en texte et audio sur un téléphone, avec moins de 1
    Mo de données. » All that the first visit sends, then the voice when he asks for it.
    """
    mandate = MandateFactory(public=Public.ELECTED)
    actions.enroll(learner=mandate.user, course=recorded, mandate=mandate, at=NOON)
    context = context_for(browser, width=PHONE)
    signed_in(context, live_server, mandate.user)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    weight, _ = weigh(page, f"{live_server.url}/cours/ess-101/signes/")
    assert not [each for each in asked if "voix.opus" in each]
    expect(page.get_by_text("880 ko").first).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger l’enregistrement").click()
    voice = waiting.value.path().stat().st_size
    assert voice == 8 * HEAVIEST_SOUND
    assert weight + voice < 1_000_000
    context.close()


def test_help_is_at_the_same_place_on_every_page(browser, live_server, rejean, course):
    """Persona 2, line 4, « depuis n'importe quelle page »: the first link of the footer (3.2.6)."""
    context = context_for(browser, width=PHONE)
    places = set()
    page = context.new_page()
    for address in PUBLIC_PAGES:
        page.goto(live_server.url + address)
        places.add(place_of_help(page))
    signed_in(context, live_server, rejean)
    # The page of what is on the device serves without network: no address in it needs one.
    online = [each for each in LEARNER_PAGES if each != "/hors-ligne/"]
    for address in [*online, "/nulle-part/"]:
        page.goto(live_server.url + address)
        places.add(place_of_help(page))
    assert len(places) == 1, places
    context.close()


def place_of_help(page) -> tuple:
    """Rank of the link in its footer, its words, where it leads, and its place in the footer."""
    return tuple(
        page.evaluate(
            """() => {
              const foot = document.querySelector('footer'), links = [...foot.querySelectorAll('a')];
              const help = links.find(each => each.pathname === '/aide/');
              const box = help.getBoundingClientRect(), base = foot.getBoundingClientRect();
              return [links.indexOf(help), help.textContent.trim(), box.left, box.top - base.top];
            }"""
        )
    )
