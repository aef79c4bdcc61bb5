"""Persona 8: Étienne Roy, who accompanies sixty municipalities, on a telephone."""

import io
import re
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from enrollments import actions
from enrollments.actions import coaching, entrusting
from enrollments.models import CoachAction, CoachNote, HelpThread
from tests.browser.bench import axe, context_for, findings
from tests.browser.clicks import Activations
from tests.browser.conftest import signed_in
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    UserFactory,
)


@pytest.fixture
def etienne(transactional_db):
    return UserFactory(role=Role.COACH, first_name="Étienne", last_name="Roy")


@pytest.fixture
def ginette(etienne):
    """She holds a moment of his, for a municipality that is entrusted to him."""
    place = MunicipalityFactory(name="Saint-Exemple")
    mandate = MandateFactory(organisation=place, user__first_name="Ginette")
    now = timezone.now()
    entrusting.entrust(
        towns=[place.pk], coach=etienne, by=UserFactory(role=Role.ADMINISTRATOR), at=now
    )
    start = now.replace(microsecond=0) + timedelta(days=2)
    slot = coaching.offer_slot(
        coach=etienne, starts_at=start, ends_at=start + timedelta(minutes=30), how="418 555-0123",
        at=now,
    )  # fmt: skip
    coaching.book(slot_id=slot.pk, person=mandate.user, organisation=place, about="", at=now)
    return mandate


def test_etienne_reads_his_week_and_writes_after_the_call(browser, live_server, etienne, ginette):
    """Persona 8, lines 1, 2 and 4.

    « Étienne voit ses rencontres de la semaine et la préparation de chaque municipalité en 1
    clic », « peut consigner une note privée et deux actions … après l'appel » in one form, and « voit
    les municipalités sans activité depuis 60 jours, jamais les notes d'un employé ».
    """
    long_ago = timezone.now() - timedelta(days=90)
    EnrollmentFactory(
        mandate=ginette, enrolled_at=long_ago, first_activity_at=long_ago,
        last_activity_at=long_ago, best_score=41,
    )  # fmt: skip
    context = context_for(browser, width=375)
    signed_in(context, live_server, etienne)
    pressed = Activations(context)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="Accompagnement", exact=True).click()
    week = page.get_by_role("region", name="Mes rendez-vous de la semaine")
    expect(week).to_contain_text("Ginette")
    expect(week).to_contain_text("ont commencé")
    assert pressed.count == 1
    silent = page.get_by_role("region", name="Municipalités sans activité depuis 60 jours")
    expect(silent).to_contain_text("Saint-Exemple")
    assert not re.search(r"41\s*%", page.locator("main").inner_text())
    assert axe(page) == []

    week.get_by_role("link", name="Saint-Exemple").click()
    page.get_by_label("Note privée").fill("Le conseil hésite.")
    page.get_by_label("Première suite").fill("Envoyer le modèle")
    page.get_by_label("Deuxième suite").fill("Rappeler mardi")
    page.get_by_role("button", name="Garder la note et les suites").click()
    expect(page.get_by_text("C’est noté.")).to_be_visible()
    assert pressed.count == 3
    assert axe(page) == []
    context.close()
    assert CoachNote.objects.get().text == "Le conseil hésite."
    assert CoachAction.objects.filter(author=etienne).count() == 2


def answered_by_mail(letter, words: str) -> None:
    """What a person's own mail sends back, given to the platform as its mail server would."""
    __, address = parseaddr("".join(letter["Reply-To"].split()))
    reply = EmailMessage()
    reply["From"], reply["To"] = "etienne@ailleurs.example", address
    reply["Subject"], reply["Message-ID"] = "Re: Une question", "<1@ailleurs.example>"
    reply.set_content(f"{words}\n\nLe lun. 23 nov. 2026 à 12 h, Académie a écrit :\n> Où?\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(bytes(reply))))
        call_command("receive_mail", "--to", address, stdout=io.StringIO())


def test_a_question_is_answered_from_etienne_s_mail_and_stays_in_its_thread(
    browser, live_server, course, etienne, mailbox, settings
):
    """Persona 8, line 3.

    « Étienne peut répondre à une question d'apprenant depuis son courriel; le fil reste dans la
    plateforme. » The letter leaves by SMTP; the answer comes back by the alias of the mail server.
    """
    settings.SITE_URL, settings.BOUNCE_EMAIL = live_server.url, "retours@atn.example"
    mandate = MandateFactory()
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    context = context_for(browser, width=375)
    signed_in(context, live_server, mandate.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/cours/ess-101/signes/")
    page.get_by_role("link", name="Poser une question").click()
    page.get_by_label("Votre question").fill("Où est le formulaire?")
    page.get_by_role("button", name="Envoyer ma question").click()
    expect(page.get_by_text("Votre question est partie.")).to_be_visible()

    [letter] = [each for each in mailbox.messages if etienne.email in str(each["To"])]
    answered_by_mail(letter, "À la page 3.")
    page.reload()
    expect(page.get_by_text("À la page 3.")).to_be_visible()
    expect(page.get_by_text("Étienne Roy")).to_be_visible()
    assert "a écrit" not in page.locator("main").inner_text()
    [back] = [each for each in mailbox.messages if mandate.user.email in str(each["To"])]
    assert "page 3" in back.get_payload(0).get_payload(decode=True).decode()
    assert HelpThread.objects.waiting().count() == 0
    context.close()


@pytest.mark.parametrize("page", ["", "plages/", "municipalites/", "municipalites/{code}/"])
def test_a_page_of_accompaniment_has_no_accessibility_finding(live_server, context, ginette, page):
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    address = page.format(code=ginette.organisation.handle)
    assert findings(context, f"{live_server.url}/accompagnement/{address}") == []
