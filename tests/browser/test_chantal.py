"""Persona 5: Chantal Girard, who learns in fifteen minutes at noon, on a telephone."""

import re
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect
from pypdf import PdfReader

from courses.queries import document
from enrollments import actions
from enrollments.enums import Verb
from enrollments.models import BlockState
from tests.browser.bench import axe, context_for
from tests.browser.clicks import Activations
from tests.browser.conftest import signed_in
from tests.browser.test_story import answer_as_someone_who_knows, code_from, passed
from tests.factories import NOON, MandateFactory

ELSEWHERE = "chantal@ailleurs.example"


def chantal_of(course):
    # As whoever accepts an invitation and never chose a password.
    mandate = MandateFactory(
        user__first_name="Chantal", user__last_name="Girard", user__password=make_password(None)
    )
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


def finish(row) -> None:
    """The lesson done and the final questionnaire passed; the worker's tasks follow, really."""
    lesson, exam = document(row.version_id)["modules"][0]["lessons"]
    for station, verb, said in (
        (lesson, Verb.COMPLETED, {}),
        (
            exam,
            Verb.ANSWERED,
            {"block": UUID(exam["blocks"][-1]["uuid"]), "result": {"score": 100}},
        ),
    ):
        event = actions.NewEvent(
            uuid=uuid4(), verb=verb, lesson=UUID(station["uuid"]), happened_at=NOON, **said
        )
        actions.record(enrollment_id=row.pk, event=event, at=NOON)


def attestation(page) -> str:
    """What it says, two presses away from home."""
    page.get_by_role("link", name="Attestations", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger le PDF").click()
    return PdfReader(waiting.value.path()).pages[0].extract_text()


def answer_as_someone_who_errs(page) -> None:
    for text in ("J’achète.", "Vrai"):
        if page.get_by_label(text, exact=True).count():
            page.get_by_label(text, exact=True).check()
    for label, value in (
        ("Isoler", "2"), ("Signaler", "1"), ("Code QR", "Rançongiciel"), ("Appel", "Faux paiement"),
    ):  # fmt: skip
        if page.get_by_label(label, exact=True).count():
            page.get_by_label(label, exact=True).select_option(value)
    if page.get_by_label("Votre réponse").count():
        page.get_by_label("Votre réponse").fill("le même")


def test_chantal_begins_what_fits_and_tries_again_without_penalty(browser, live_server, course):
    """Persona 5, lines 1 and 2.

    « Chantal voit ce qu'elle peut finir en 15 minutes et le démarre en 1 clic. » « Chantal peut
    répondre au questionnaire, comprendre chaque erreur et recommencer sans pénalité. »
    """
    chantal = chantal_of(course)
    context = context_for(browser, width=375)
    signed_in(context, live_server, chantal)
    pressed = Activations(context)
    page = context.new_page()
    page.goto(live_server.url)
    pause = page.get_by_role("region", name="Vous avez 15 minutes?")
    expect(pause).to_contain_text("10 min")
    pause.get_by_role("link", name="Commencer Bilan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bilan")
    assert pressed.count == 1

    answer_as_someone_who_errs(page)
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_text("Votre résultat : 0 %.")).to_be_visible()
    # Each of the two questions that were drawn says why.
    why = page.locator(".quiz .fb.no")
    expect(why).to_have_count(2)
    explained = "C’est le piège|Attendre aide|D’abord isoler|Relisez|Un autre chemin"
    assert all(re.search(explained, each) for each in why.all_inner_texts())
    assert axe(page) == []
    for _ in range(20):
        page.get_by_role("link", name="Réessayer").click()
        answer_as_someone_who_knows(page)
        page.get_by_role("button", name="Vérifier mes réponses").click()
        if passed(page):
            break
    expect(page.get_by_text("Votre meilleur : 100 %.")).to_be_visible()
    assert BlockState.objects.get(enrollment__learner=chantal).best_score == 100
    context.close()


def test_chantal_takes_her_attestation_in_two_clicks_even_with_another_address(
    browser, live_server, course, mailbox, settings
):
    """Persona 5, line 3.

    « Chantal peut télécharger son attestation en 2 clics, et la retrouver dans cinq ans avec un
    autre courriel. »
    """
    settings.SITE_URL = live_server.url
    chantal = chantal_of(course)
    finish(chantal.enrollments.get())
    context = context_for(browser, width=375)
    signed_in(context, live_server, chantal)
    pressed = Activations(context)
    page = context.new_page()
    page.goto(live_server.url)
    first = attestation(page)
    assert pressed.count == 2
    assert "Chantal Girard" in first

    change_address(page, live_server, mailbox)
    context.close()

    later = context_for(browser, width=375)
    page = later.new_page()
    come_in(page, live_server, mailbox)
    assert attestation(page) == first
    chantal.refresh_from_db()
    assert chantal.email == ELSEWHERE
    later.close()


def change_address(page, live_server, mailbox) -> None:
    page.goto(f"{live_server.url}/compte/email/")
    page.get_by_label("Adresse courriel").fill(ELSEWHERE)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_text("Un lien de confirmation est parti")).to_be_visible()
    letter = next(each for each in reversed(mailbox.messages) if each["To"] == ELSEWHERE)
    text = letter.get_payload(0).get_payload(decode=True).decode()
    page.goto(re.search(r"http\S+/compte/\S+", text)[0])
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text(ELSEWHERE).first).to_be_visible()


def come_in(page, live_server, mailbox) -> None:
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_label("Adresse courriel").fill(ELSEWHERE)
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(code_from(mailbox))
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chantal")
