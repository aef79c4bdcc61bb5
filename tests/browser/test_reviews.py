"""P-27 on a telephone: a result is looked at by a person who gives their reasons."""

from uuid import UUID, uuid4

from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from enrollments import actions
from enrollments.enums import Verb
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)


def sound(page):
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_p27_asked_by_one_answered_by_another(browser, live_server, transactional_db):
    station = lesson_document("a", kind="exam", questions=[choice_question()])
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[station]))
    event = actions.NewEvent(
        uuid=uuid4(), verb=Verb.ANSWERED, lesson=UUID(station["uuid"]),
        block=UUID(station["blocks"][-1]["uuid"]), happened_at=NOON, result={"score": 0},
    )  # fmt: skip
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)
    context = context_for(browser, width=375)
    signed_in(context, live_server, enrollment.learner)
    page = context.new_page()
    page.goto(f"{live_server.url}/revisions/{event.uuid}/")
    sound(page)
    page.get_by_role("button", name="Demander la révision").click()
    expect(page.get_by_text("Écrivez ce qui vous étonne").first).to_be_visible()
    page.get_by_label("Qu’est-ce qui vous étonne?").fill("La question 1.")
    page.get_by_role("button", name="Demander la révision").click()
    expect(page.get_by_text("Une personne vous répond au plus tard")).to_be_visible()
    sound(page)
    context.clear_cookies()
    signed_in(context, live_server, UserFactory(role=Role.COACH))
    page.goto(f"{live_server.url}/accompagnement/")
    sound(page)
    page.locator("a[href*='/accompagnement/revisions/']").click()
    expect(page.get_by_role("button", name="Envoyer la réponse")).to_be_visible()
    sound(page)
    page.get_by_label("Vos raisons").fill("La règle est la bonne.")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_text("Personne n’attend de réponse.")).to_be_visible()
    context.close()
