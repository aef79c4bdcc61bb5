"""Persona 11: « Philippe peut répondre à une demande d'accès ou de suppression …, avec preuve. »"""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.privacy.models import DataExport
from atn_platform.retention.models import RetentionRun
from atn_platform.rights import actions
from atn_platform.rights.models import RightsRequest
from certificates import actions as certificate_actions
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.factories import LONG_AGO, NOON, EnrollmentFactory, UserFactory


@pytest.mark.parametrize(("width", "scripts"), [(375, True), (1280, False)])
def test_p06_a_person_asks_and_philippe_answers(
    browser, live_server, transactional_db, width, scripts
):
    """Asked, accepted, erased, and still verifiable by whoever holds the paper."""
    enrollment = EnrollmentFactory(completed=True)
    certificate = certificate_actions.issue(enrollment_id=enrollment.pk, at=LONG_AGO)
    person = enrollment.learner
    name = str(person)
    viewport = {"width": width, "height": 800}
    context = browser.new_context(viewport=viewport, locale="fr-CA", java_script_enabled=scripts)
    page = context.new_page()
    ask(context, live_server, page, person)
    context.clear_cookies()

    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page.goto(live_server.url + reverse("admin:rights_rightsrequest_changelist"))
    page.get_by_role("link", name="Demande n°").first.click()
    sound(page, scripts)
    # Our colours, without a script to name the theme too: links of the bar were hardly read.
    expect(page.locator("#header")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_role("button", name="Accepter").click()
    page.get_by_text("La demande est acceptée.").wait_for()
    actions.erase_due(on=NOON.date(), at=RightsRequest.objects.get().erase_at + timedelta(days=1))
    page.reload()
    page.get_by_text("Effacée le").wait_for()
    assert page.get_by_text(name).count() == 0
    sound(page, scripts)
    context.clear_cookies()

    page.goto(live_server.url + reverse("certificates:verify", args=[certificate.code]))
    assert page.get_by_text(name).count() == 0
    page.get_by_label("Nom écrit sur l’attestation").fill(name)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_text("est bien le nom de cette attestation").wait_for()
    sound(page, scripts)
    context.close()


def test_p32_philippe_answers_a_demand_of_access_with_its_proof(
    browser, live_server, transactional_db
):
    """« … à une demande d'accès …, avec preuve »: the file is made, the answer stays on its page."""
    person = UserFactory()
    context = context_for(browser, width=375)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(live_server.url + reverse("admin:rights_write_down"))
    page.get_by_label("Demande", exact=True).select_option(label="accès")
    page.get_by_label("Adresse du compte visé").fill(str(person.email))
    page.get_by_label("Identité vérifiée par").fill("carte vue au comptoir")
    page.get_by_role("button", name="Inscrire").click()
    page.get_by_text("Accepter prépare aussi le fichier").wait_for()
    sound(page, scripts=True)
    page.get_by_role("button", name="Accepter").click()
    page.get_by_text("La demande est acceptée.").wait_for()
    assert DataExport.objects.get().user == person
    assert OutgoingEmail.objects.get(key__startswith="rights_answered:").recipient == person
    assert Entry.objects.filter(verb="rights.granted").exists()
    context.close()


def sound(page, scripts):
    """No finding of axe, which is a script itself, and nothing wider than the screen."""
    if scripts:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def ask(context, live_server, page, person):
    signed_in(context, live_server, person)
    page.goto(live_server.url + reverse("rights:mine"))
    page.get_by_role("link", name="Effacer mes renseignements").click()
    page.get_by_label("J’ai lu ce qui sera effacé").check()
    page.get_by_role("button", name="Demander l’effacement").click()
    page.get_by_text("Votre demande d’effacement est reçue.").wait_for()


def test_p14_the_pages_of_retention_are_sound(browser, live_server, transactional_db):
    run = RetentionRun.objects.create(proposed_at=NOON, proposed={"letters": 1234, "lists": 2})
    context = browser.new_context(viewport={"width": 375, "height": 800}, locale="fr-CA")
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    for name, args in [("retentionrun_change", [run.pk]), ("legalhold_add", [])]:
        page.goto(live_server.url + reverse(f"admin:retention_{name}", args=args))
        sound(page, scripts=True)
    context.close()
