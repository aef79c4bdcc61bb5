"""Numbers, gaps, zones and categories in Chromium: by touch, by keyboard, and without scripts."""

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses import actions as course_actions
from courses.actions import bank, banking
from courses.models import Question
from enrollments import actions
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.course_files import write_course
from tests.courses.test_gift import FILE as GIFT
from tests.exercise_files import add_exercise
from tests.factories import NOON, MandateFactory, UserFactory

LESSON = "/cours/ess-101/signes/"


@pytest.fixture
def course(tmp_path, transactional_db):
    folder = write_course(tmp_path)
    add_exercise(folder)
    draft = course_actions.import_folder(path=folder)
    course_actions.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def learner(course):
    mandate = MandateFactory()
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


def test_the_exercise_has_no_accessibility_finding(live_server, learner, context):
    signed_in(context, live_server, learner)
    assert findings(context, live_server.url + LESSON) == []


def test_the_forms_of_the_new_kinds_have_no_accessibility_finding(live_server, course, context):
    author = UserFactory(role=Role.ADMINISTRATOR)
    signed_in(context, live_server, author)
    for kind in ("hot-spot", "cloze"):
        question = Question.objects.get(kind=kind)
        page = f"{live_server.url}/admin/atelier/ess-101/question/{question.uuid}/"
        assert findings(context, page) == []


def test_the_pages_of_the_bank_have_no_accessibility_finding(live_server, course, context):
    bank.import_questions(content=GIFT.encode(), kind="gift", source="un.gift")
    held = banking.hand_in(content=GIFT.encode(), kind="gift", name="un.gift", at=NOON)
    quiz = Question.objects.get(kind="cloze").block
    author = UserFactory(role=Role.ADMINISTRATOR)
    signed_in(context, live_server, author)
    zones = Question.objects.get(kind="hot-spot")
    kept = banking.put_in_bank(copy=zones, by=author, at=NOON)
    for page in (
        "banque/", f"banque/{kept.uuid}/", f"banque/importer/{held.uuid}/",
        f"ess-101/bloc/{quiz.uuid}/banque/",
    ):  # fmt: skip
        assert findings(context, f"{live_server.url}/admin/atelier/{page}") == []


def test_a_touch_on_the_picture_and_keys_in_the_gaps_answer_without_a_script(
    browser, live_server, learner
):
    context = context_for(browser, width=375, scripts=False)
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(live_server.url + LESSON)
    zone = page.locator(".zones label").first
    name = page.locator(f"#{zone.get_attribute('for')}")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(name).to_be_checked()
    page.get_by_label("Votre réponse (un nombre)").fill("72,5")
    page.get_by_label("Trou 1").focus()
    page.keyboard.press("l")
    page.get_by_label("Trou 2 (un nombre)").fill("72")
    page.get_by_label("Trou 3").fill("Formulaire")
    for item in ("Un clic sur un lien", "Un mot de passe donné"):
        page.get_by_label(item).select_option("Tout de suite")
    page.get_by_label("Un message resté fermé").select_option("À la fin du jour")
    page.get_by_label("Le lien").check()
    page.get_by_label("Votre réponse", exact=True).fill("deuxième canal")
    for rank, item in enumerate(("Isoler", "Signaler"), start=1):
        page.get_by_label(item, exact=True).select_option(str(rank))
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_text("Votre résultat")).to_be_visible()
    expect(page.get_by_text("Trois jours.")).to_be_visible()
    expect(page.get_by_text("En partie juste : 50 % des points.")).to_be_visible()
    context.close()
