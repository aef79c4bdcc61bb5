"""The tablet of the garage: two people in turn, and nothing of the first before the second."""

import re
from contextlib import suppress
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Error, expect

from atn_platform.accounts import actions
from courses import actions as courses
from enrollments import actions as enrollments
from tests.browser.bench import axe, context_for, findings
from tests.course_files import write_course
from tests.factories import NOON, MandateFactory, MunicipalityFactory

ANSWER = "mon-mot-de-luc"
REFLECTION = """
::: reflection essai
text: Et chez vous?
:::
"""
WIDTHS = [375, 820]
TRACES = """async () => JSON.stringify({
  local: {...localStorage}, session: {...sessionStorage},
  caches: await caches.keys(), bases: (await indexedDB.databases()).map(each => each.name),
  cookies: document.cookie, page: document.documentElement.outerHTML,
  fields: [...document.querySelectorAll("input,textarea")].map(each => each.value),
})"""


@pytest.fixture
def course(tmp_path, transactional_db):
    """The small course, with a reflection to write down."""
    folder = write_course(tmp_path)
    lesson = folder / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + REFLECTION)
    draft = courses.import_folder(path=folder)
    courses.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def garage(course):
    """Luc and Amina, without an address, who follow the course; their handles and codes."""
    place = MunicipalityFactory(name="Saint-Exemple")
    found = {}
    for first, last in (("Luc", "Bélanger"), ("Amina", "Roy")):
        mandate = MandateFactory(
            organisation=place, user__email=None, user__first_name=first, user__last_name=last,
            user__password=make_password(None),
        )  # fmt: skip
        enrollments.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
        [made] = actions.print_cards(
            people=[mandate.user], place=place.name, printing=uuid4(), by=None, at=timezone.now()
        )
        found[first] = (str(mandate.user.handle), made.code)
    return found


def come_in(page, live_server, handle, code, *, tick) -> None:
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_role("link", name="J’ai un code imprimé").click()
    shared = page.get_by_label("Appareil partagé")
    if tick:
        shared.check()
    expect(shared).to_be_checked()
    page.get_by_label("Identifiant").fill(handle)
    page.get_by_label("Code de la carte").fill(code)
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("link", name="Continuer sans rien choisir").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    page.wait_for_load_state()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_two_people_in_turn_on_the_tablet_of_the_garage(
    browser, live_server, garage, width, scripts
):
    """Persona 6, second line; B-82, « kiosk »: no answer of Luc's is left for Amina."""
    context = context_for(browser, width=width, scripts=scripts)
    page = context.new_page()
    come_in(page, live_server, *garage["Luc"], tick=True)
    expect(page.get_by_text("Vous êtes Luc Bélanger")).to_be_visible()
    page.goto(f"{live_server.url}/cours/ess-101/signes/")
    expect(page.get_by_text("Vous êtes Luc Bélanger")).to_be_visible()
    words = page.get_by_label("Vos mots, pour vous uniquement")
    words.fill(ANSWER)
    page.get_by_role("button", name="Garder ma réflexion").click()
    page.goto(f"{live_server.url}/cours/ess-101/signes/")
    expect(words).to_have_value(ANSWER)
    page.goto(f"{live_server.url}/cours/ess-101/bilan/")
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Ce n’est pas moi / Terminer").click()

    expect(page.get_by_role("link", name="J’ai un code imprimé")).to_be_visible()
    nothing_of_luc(page, context, scripts=scripts)
    for _page_before in range(4):
        with suppress(Error):  # what was sent by a form is not shown again at all
            page.go_back()
        page.wait_for_load_state("networkidle")
        nothing_of_luc(page, context, scripts=False)
    come_in(page, live_server, *garage["Amina"], tick=False)
    expect(page.get_by_text("Vous êtes Amina Roy")).to_be_visible()
    page.goto(f"{live_server.url}/cours/ess-101/signes/")
    expect(words).to_have_value("")
    nothing_of_luc(page, context, scripts=scripts)
    context.close()


def nothing_of_luc(page, context, *, scripts) -> None:
    page.wait_for_load_state()
    seen = page.evaluate(TRACES) if scripts else page.content()
    seen += str(context.cookies()) + page.title() + page.url
    # Tokens of chance may spell a short name.
    seen = re.sub(r"[A-Za-z0-9]{32,}", "", seen)
    for trace in (ANSWER, "Luc", "luc.belanger", "Bélanger"):
        place = seen.find(trace)
        assert place == -1, seen[max(place - 120, 0) : place + 40]


def test_the_search_for_traces_can_fail(browser, live_server, garage):
    """Negative control: while Luc is there, each of the traces is found."""
    context = context_for(browser, width=375)
    page = context.new_page()
    come_in(page, live_server, *garage["Luc"], tick=True)
    with pytest.raises(AssertionError):
        nothing_of_luc(page, context, scripts=True)
    context.close()


def test_when_the_browser_closes_the_session_is_over(browser, live_server, garage):
    context = context_for(browser, width=375)
    page = context.new_page()
    come_in(page, live_server, *garage["Luc"], tick=True)
    kept = [each for each in context.cookies() if each["expires"] != -1]
    context.close()
    reopened = context_for(browser, width=375)
    reopened.add_cookies(kept)
    page = reopened.new_page()
    page.goto(f"{live_server.url}/compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    expect(page.get_by_label("Appareil partagé")).to_be_checked()
    reopened.close()


def test_after_fifteen_minutes_without_a_gesture_the_page_goes_away(browser, live_server, garage):
    context = context_for(browser, width=375)
    page = context.new_page()
    page.clock.install()
    come_in(page, live_server, *garage["Luc"], tick=True)
    page.clock.run_for(14 * 60_000)
    page.keyboard.press("Shift")
    page.clock.run_for(14 * 60_000 + 10_000)
    expect(page.get_by_role("status")).to_contain_text("la session se ferme dans une minute")
    page.clock.run_for(60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    context.close()


def test_a_shared_page_has_no_accessibility_finding(browser, live_server, garage):
    context = context_for(browser, width=375)
    page = context.new_page()
    come_in(page, live_server, *garage["Luc"], tick=True)
    page.close()
    assert findings(context, f"{live_server.url}/catalogue/") == []
    context.close()
