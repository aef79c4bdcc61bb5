"""Each page a person meets, in Chromium: accessible, light, and working without scripts."""

import pytest
from django.urls import reverse

from courses.actions import import_folder, load_framework, load_scenarios, publish
from courses.checklist import lightness
from courses.documents import stations
from courses.enums import BlockKind, QuestionKind
from courses.queries import document
from enrollments import actions
from tests import weights
from tests.block_files import add_blocks, add_everything
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.course_files import write_course
from tests.factories import NOON, MandateFactory, MunicipalityFactory, PathFactory

KILO = 1000
FIRST_VIEW, FIRST_REQUESTS, NEXT_VIEW, LIGHT_VIEW = 60 * KILO, 8, 8 * KILO, 15 * KILO
A_FEW = 60

LEARNER_PAGES = [
    "/",
    "/catalogue/",
    "/cours/ess-101/",
    "/cours/ess-101/signes/",
    "/cours/ess-101/bilan/",
    "/mes-cours/",
    "/mes-gestes/",
    "/recherche/?q=message",
    "/cours/ess-101/signes/imprimer/",
    "/cours/ess-101/signes/notes/",
    "/cours/ess-101/signes/question/",
    "/hors-ligne/",
    "/hors-ligne/ess-101/",
    "/inscription/ess-101/mettre-de-cote/",
    "/parcours/",
    "/parcours/essai/",
    "/parcours/essai/quitter/",
    "/parcours/essai/ailleurs/ess-101/",
    "/mes-competences/",
    "/par-ou-commencer/",
    "/rendez-vous/",
    "/rythme/",
    "/attestations/",
    "/messages/preferences/",
    "/compte/consentements/",
    "/compte/demandes/",
    "/compte/demandes/correction/",
    "/compte/demandes/effacement/",
    "/compte/vie-privee/",
    "/compte/vie-privee/ce-qu-on-voit/",
    "/compte/vie-privee/qui-a-ouvert/",
    "/compte/sessions/",
]
PUBLIC_PAGES = ["/", "/catalogue/", "/compte/login/code/", "/compte/login/", "/verifier/", "/aide/",
                "/accessibilite/", "/vie-privee/"]  # fmt: skip


@pytest.fixture
def course(tmp_path, transactional_db):
    """The small course, whose first lesson also has blocks with looks of their own."""
    folder = write_course(tmp_path)
    add_blocks(folder, "steps", "table")
    draft = import_folder(path=folder)
    publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def learner(course):
    place = MunicipalityFactory(name="Saint-Louis-du-Ha! Ha!")
    load_framework()
    load_scenarios()
    people = [MandateFactory(organisation=place) for _ in range(5)]
    mandate = people[0]
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    path = PathFactory(code="essai", courses=[course])
    # A part of the course is a step of its own.
    part = course.modules.first().key
    path.steps.create(course=course, position=2, modules=[part])
    actions.enroll_in_path(learner=mandate.user, path=path, at=NOON)
    return mandate.user


@pytest.mark.parametrize("path", LEARNER_PAGES)
def test_a_learner_s_page_has_no_accessibility_finding(live_server, learner, context, path):
    signed_in(context, live_server, learner)
    assert findings(context, live_server.url + path) == []


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_public_page_has_no_accessibility_finding(live_server, course, context, path):
    assert findings(context, live_server.url + path) == []


def weigh(page, url) -> tuple[int, int]:
    """Bytes, with text compressed as the server sends it, and number of requests."""
    seen = []

    def keep(response):
        seen.append(response)

    page.on("response", keep)
    page.goto(url, wait_until="networkidle")
    page.remove_listener("response", keep)
    total = 0
    for response in seen:
        if response.from_service_worker or response.status == 304:
            continue
        body = response.body()
        total += _sent(response.url, body)
    return total, len(seen)


def _sent(url, body) -> int:
    """What production sends: fonts as they are, static files in Brotli, pages in gzip."""
    if "woff2" in url:
        return len(body)
    if "/static/" in url:
        return weights.file_weight(url.rpartition("/")[2])
    return weights.page_weight(body)


WEIGHED = ["/", "/cours/ess-101/", "/cours/ess-101/signes/", "/cours/ess-101/bilan/",
           "/cours/ess-101/signes/question/", "/catalogue/", "/recherche/?q=message", "/mes-cours/",
           "/parcours/", "/parcours/essai/"]  # fmt: skip


@pytest.fixture
def everything(tmp_path, transactional_db):
    """Someone who follows the small course with a block of each kind, and a question of each."""
    draft = import_folder(path=add_everything(write_course(tmp_path)))
    publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    mandate = MandateFactory()
    actions.enroll(learner=mandate.user, course=draft, mandate=mandate, at=NOON)
    return mandate.user


def document_of(person):
    return document(person.enrollments.get().version_id)


def weigh_lightly(browser, live_server, person, path) -> int:
    """First view in light mode, in Chromium; what the tests without a browser find is the same."""
    light = context_for(browser)
    signed_in(light, live_server, person)
    light.add_cookies([{"name": "atn_leger", "value": "1", "url": live_server.url}])
    page = light.new_page()
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    total, __ = weigh(page, live_server.url + path)
    assert not any("woff2" in url for url in urls)
    html = page.request.get(live_server.url + path).body()
    assert not any("contours" in url for url in urls)
    # Its secrets are drawn anew, and the shell without windows draws no icon of a tab.
    icon = 0 if any("marque" in url for url in urls) else weights.file_weight("marque.svg")
    assert abs(total + icon - weights.light_view(html)) < A_FEW
    light.close()
    return total


@pytest.mark.parametrize("path", WEIGHED)
def test_pages_stay_within_the_budget_of_a_slow_line(browser, live_server, learner, path):
    context = context_for(browser)
    signed_in(context, live_server, learner)
    page = context.new_page()
    first, requests = weigh(page, live_server.url + path)
    assert first <= FIRST_VIEW
    assert requests <= FIRST_REQUESTS, requests
    html = page.request.get(live_server.url + path).body()
    assert weights.page_weight(html) <= NEXT_VIEW
    context.close()
    assert weigh_lightly(browser, live_server, learner, path) <= LIGHT_VIEW


def test_a_lesson_with_a_block_and_a_question_of_each_kind_is_light(
    browser, live_server, everything
):
    """Each lesson of the demonstration: tests/demo/test_weights.py."""
    (lesson,) = (each for each in stations(document_of(everything)) if each["key"] == "signes")
    assert {each["kind"] for each in lesson["blocks"]} == set(BlockKind)
    asked = [question for block in lesson["blocks"] for question in block.get("questions", ())]
    assert {question["kind"] for question in asked} == set(QuestionKind)
    path = "/cours/ess-101/signes/"
    found = weigh_lightly(browser, live_server, everything, path)
    assert found <= lightness.light_view(lesson, among=2) <= LIGHT_VIEW


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
def test_nothing_breaks_the_content_policy(browser, live_server, learner):
    context = context_for(browser)
    signed_in(context, live_server, learner)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in [*LEARNER_PAGES, reverse("mfa_index")]:
        page.goto(live_server.url + path)
    assert said == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_quiz_comes_back_with_what_was_typed_and_is_sound(
    browser, live_server, learner, scripts
):
    """Keyboard only, with scripts and without: what is missing is told, and leads to its place."""
    context = context_for(browser, scripts=scripts)
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(f"{live_server.url}/cours/ess-101/bilan/")
    page.get_by_role("button", name="Vérifier mes réponses").focus()
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.get_by_role("link").count() == 2
    first = alert.get_by_role("link").first
    place = (first.get_attribute("href") or "").removeprefix("#")
    first.press("Enter")
    # The script takes the keyboard to the control; without it the address does.
    target = page.locator(f'[id="{place}"]:{"focus" if scripts else "target"}')
    target.wait_for()
    assert target.evaluate("each => each.matches('input, select')")
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Vérifier sans tout remplir").press("Enter")
    page.get_by_role("link", name="Réessayer").wait_for()
    assert page.get_by_text("Sans réponse.").count() == 2
    context.close()
