"""The Atelier in Chromium: accessible page by page, and usable with the keyboard alone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses import actions
from courses.enums import BlockKind
from courses.models import Block, Lesson, Module, Path, Question
from enrollments import actions as learning
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.enrollments.test_moving import newer
from tests.factories import (
    NOON,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
    lesson_document,
)

HOME = "/admin/atelier/ess-101/"


@pytest.fixture
def author(transactional_db):
    return UserFactory(role=Role.ADMINISTRATOR)


@pytest.fixture
def context(context, live_server, author):
    signed_in(context, live_server, author)
    return context


def address(node, page: str = "") -> str:
    nouns = {Module: "module", Lesson: "lecon", Block: "bloc", Question: "question"}
    return f"{HOME}{nouns[type(node)]}/{node.uuid}/{page}"


@pytest.mark.parametrize(
    "page",
    ["/admin/atelier/", "/admin/atelier/nouveau/", HOME]
    + [
        f"{HOME}{page}/"
        for page in (
            "medias",
            "versions",
            "revisions",
            "publier",
            "modules/ajouter",
            "suivi",
            "retirer",
            "dupliquer",
        )
    ]
    + ["/rapports/versions/ess-101/"],
)
def test_a_page_of_a_course_has_no_accessibility_finding(live_server, course, context, page):
    assert findings(context, live_server.url + page) == []


@pytest.mark.parametrize("page", ["", "reglages/", "ecouter/", "apercu/", "supprimer/"])
def test_a_page_of_a_lesson_has_no_accessibility_finding(live_server, course, context, page):
    lesson = Lesson.objects.get(key="signes")
    assert findings(context, live_server.url + address(lesson, page)) == []


@pytest.mark.parametrize("kind", [BlockKind.TEXT, BlockKind.SCENARIO, BlockKind.QUIZ, "empty"])
def test_a_block_s_page_has_no_accessibility_finding(live_server, course, context, kind):
    if kind == "empty":
        lesson = Lesson.objects.get(key="signes")
        block = actions.add_block(
            lesson=lesson, kind=BlockKind.IMAGE, by=UserFactory(), at=lesson.created_at
        )
    else:
        block = Block.objects.filter(kind=kind).first()
    assert findings(context, live_server.url + address(block)) == []


def test_the_pages_of_a_revision_have_no_finding(live_server, course, context, author):
    lesson = Lesson.objects.get(key="signes")
    changes = {**actions.values(lesson), "title": "Six signes"}
    actions.save(node=lesson, changes=changes, seen=actions.revision(lesson), by=author, at=NOON)
    actions.remove(part=lesson.blocks.first(), by=author, at=NOON)
    for page in ("", "1/", "3/"):
        address = f"{live_server.url}{HOME}revisions/{lesson.uuid}/{page}"
        assert findings(context, address) == []


def test_taking_people_back_to_their_version_has_no_finding(live_server, course, context, author):
    mandate = MandateFactory()
    learning.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    now = timezone.now()
    newest = newer(course.current_version, lesson_document("a"))
    move = learning.ask_move(version=newest, by=author, at=now)
    learning.move_some(move_id=move.pk, at=now)
    learning.move_some(move_id=move.pk, at=now)
    assert (
        findings(context, f"{live_server.url}/rapports/versions/ess-101/retour/{move.pk}/") == []
    )


def test_a_question_s_page_and_the_pasting_page_have_no_finding(live_server, course, context):
    question = Question.objects.filter(kind="single").first()
    assert findings(context, live_server.url + address(question)) == []
    assert findings(context, live_server.url + address(question.block, "coller/")) == []


def test_the_steps_of_a_path_have_no_accessibility_finding(live_server, course, context):
    path = Path.objects.create(code="elus", title="Élues et élus", position=1)
    step = actions.add_step(path=path, course=course)
    steps = f"{live_server.url}/admin/courses/path/{path.pk}/etapes/"
    for page in (steps, f"{steps}{step.pk}/", f"{steps}{step.pk}/retirer/"):
        assert findings(context, page) == []


def test_two_texts_for_one_place_are_both_shown(browser, live_server, course, author):
    context = context_for(browser, width=375)
    signed_in(context, live_server, author)
    lesson = Lesson.objects.get(key="signes")
    mine, theirs = context.new_page(), context.new_page()
    for page, title in ((mine, "Mon titre"), (theirs, "Leur titre")):
        page.goto(live_server.url + address(lesson, "reglages/"))
        page.get_by_label("Titre", exact=True).fill(title)
    theirs.get_by_role("button", name="Enregistrer").click()
    expect(theirs.get_by_text("Enregistré à")).to_be_visible()
    mine.get_by_role("button", name="Enregistrer").click()
    expect(mine.locator(".duo").get_by_text("Leur titre")).to_be_visible()
    assert mine.get_by_label("Titre", exact=True).input_value() == "Mon titre"
    assert axe(mine) == []
    mine.get_by_role("button", name="Enregistrer ce formulaire à la place").click()
    expect(mine.get_by_text("Enregistré à")).to_be_visible()
    lesson.refresh_from_db()
    assert lesson.title == "Mon titre"
    context.close()


def saved_without_an_answer(route):
    assert route.fetch().ok
    route.abort()


def test_a_draft_is_saved_two_seconds_after_the_last_word(browser, live_server, course, author):
    context = context_for(browser)
    signed_in(context, live_server, author)
    page = context.new_page()
    page.goto(f"{live_server.url}{address(Lesson.objects.get(key='signes'), 'reglages/')}")
    title = page.get_by_label("Titre", exact=True)
    page.route("**/reglages/", saved_without_an_answer, times=1)
    title.fill("Les quatre signes")
    expect(page.locator("form [role=status]")).to_contain_text("Pas encore enregistré")
    assert Lesson.objects.get(key="signes").title == "Les quatre signes"
    title.fill("Les six signes")
    expect(page.locator("form [role=status]")).to_contain_text("Enregistré à")
    title.fill("Les sept signes")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Les sept signes")).to_be_visible()
    assert Lesson.objects.get(key="signes").title == "Les sept signes"
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_course_is_written_and_published_with_the_keyboard_alone(
    browser, live_server, course, author, scripts
):
    context = context_for(browser, scripts=scripts)
    signed_in(context, live_server, author)
    page = context.new_page()
    page.goto(f"{live_server.url}{address(Lesson.objects.get(key='signes'), 'reglages/')}")
    page.get_by_label("Titre", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Les six signes")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Enregistré à")).to_be_visible()
    page.get_by_role("link", name="Publier").focus()
    page.keyboard.press("Enter")
    told = page.locator("#change + ul").get_by_text("Les six signes", exact=True)
    expect(told).to_be_visible()
    page.get_by_role("button", name="Publier cette version").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("La version 2 est en vigueur.")).to_be_visible()
    course.refresh_from_db()
    assert course.current_version.number == 2
    assert course.current_version.published_at > NOON
    context.close()


def test_two_jumps_lead_the_keyboard_past_the_menu_and_the_outline(
    browser, live_server, course, author
):
    """A course of sixteen lessons has some eighty controls before the form of one of them."""
    context = context_for(browser)
    signed_in(context, live_server, author)
    page = context.new_page()
    page.goto(live_server.url + address(Lesson.objects.get(key="signes"), "reglages/"))
    for jump in ("Aller au contenu", "Aller à ce qui s’écrit"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=jump)).to_be_focused()
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#edition') !== null")
    context.close()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(
    "page",
    ["", "accounts/user/?q=tremblay&etat=actifs", "accounts/user/add/", "accounts/rolegrant/",
     "accounts/rolegrant/add/",
     "municipalities/mandate/", "municipalities/responsibility/", "courses/path/add/"],
)  # fmt: skip
def test_a_list_of_the_administration_has_no_finding_of_axe(
    browser, live_server, author, width, page
):
    ResponsibilityFactory()
    MandateFactory()
    context = context_for(browser, width=width)
    signed_in(context, live_server, author)
    shown = context.new_page()
    shown.goto(f"{live_server.url}/admin/{page}")
    assert axe(shown) == []
    context.close()
