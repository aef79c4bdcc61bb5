"""A sheet of paper entered by keyboard alone, then found by whoever filled it."""

import pytest
from playwright.sync_api import expect

from courses import paper
from courses.enums import LessonKind
from enrollments.enums import Status
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.enrollments.test_grading import EVERY_KIND
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

QUESTIONS = [choice_question(f"question-{number}") for number in range(5)]


@pytest.fixture
def rejean(transactional_db):
    """Someone on the road, who follows a course of one lesson and a final questionnaire."""
    ginette = ResponsibilityFactory(user__first_name="Ginette")
    exam = lesson_document("bilan", kind=LessonKind.EXAM, questions=QUESTIONS)
    version = VersionFactory(stations=[lesson_document("a"), exam])
    mandate = MandateFactory(
        organisation=ginette.organisation, user__first_name="Réjean", user__last_name="Gagnon"
    )
    enrollment = EnrollmentFactory(mandate=mandate, version=version)
    enrollment.ginette = ginette
    return enrollment


def letters(version) -> list[str]:
    """Of each line, the right letter."""
    (quiz,) = paper.stops(version.document)[1].quizzes.values()
    lines = [asked.lines[0] for asked in quiz.asked]
    return [next(o.letter for o in line.options if o.value == "b") for line in lines]


def test_a_responsable_enters_a_sheet_by_keyboard_and_its_person_finds_it(
    browser, live_server, rejean
):
    place, code = rejean.ginette.organisation, paper.code_of(rejean.version)
    context = context_for(browser)
    signed_in(context, live_server, rejean.ginette.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/{place.handle}/papier/")
    page.get_by_label("Code de la feuille").fill(code.lower())
    page.get_by_label("De qui").select_option(label="Réjean Gagnon")
    page.get_by_role("button", name="Ouvrir la feuille").click()
    page.get_by_label("Date écrite sur la feuille").fill("2026-11-20")
    page.get_by_label("J’ai terminé cette leçon.").focus()
    page.keyboard.press("Space")
    for letter in letters(rejean.version):
        page.keyboard.press("Tab")
        page.keyboard.type(letter)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Comparez avec la feuille.")).to_be_visible()
    expect(page.get_by_text("J’appelle.")).to_have_count(5)
    page.get_by_role("button", name="Inscrire ces réponses").click()
    expect(page.get_by_text("La feuille est inscrite.")).to_be_visible()
    rejean.refresh_from_db()
    assert (rejean.status, rejean.best_score) == (Status.COMPLETED, 100)
    context.close()
    theirs = context_for(browser)
    signed_in(theirs, live_server, rejean.learner)
    page = theirs.new_page()
    page.goto(f"{live_server.url}/mes-cours/papier/")
    expect(page.get_by_text("5 réponses")).to_be_visible()
    theirs.close()


def test_the_lines_of_a_sheet_have_no_accessibility_finding(live_server, ginette_s_sheet, context):
    person, address = ginette_s_sheet
    signed_in(context, live_server, person)
    assert findings(context, live_server.url + address) == []


@pytest.fixture
def ginette_s_sheet(transactional_db):
    """A sheet with each kind of question."""
    ginette = ResponsibilityFactory()
    lesson = lesson_document("a", questions=EVERY_KIND)
    enrollment = EnrollmentFactory(
        mandate=MandateFactory(organisation=ginette.organisation),
        version=VersionFactory(stations=[lesson]),
    )
    code = paper.code_of(enrollment.version)
    return (
        ginette.user,
        f"/mes-gens/{ginette.organisation.handle}/papier/{enrollment.uuid}/{code}/",
    )
