"""The pages of certificates in Chromium: for their owner, for whoever checks one, for ATN."""

import pytest

from atn_platform.accounts.enums import Role
from certificates import actions
from certificates.enums import RevocationReason
from certificates.models import Certificate
from certificates.numbers import new_code
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.certificates.conftest import completed, issued
from tests.factories import NOON, EnrollmentFactory, UserFactory


@pytest.fixture
def replaced(transactional_db) -> Certificate:
    certificate = issued(with_file=True)
    boss = UserFactory(role=Role.ADMINISTRATOR)
    actions.reissue(certificate_id=certificate.pk, by=boss, at=NOON)
    certificate.refresh_from_db()
    return certificate


def test_whoever_checks_a_certificate_meets_no_accessibility_finding(
    live_server, context, replaced
):
    site = live_server.url
    for path in (
        f"/verifier/{replaced.successor.code}/",
        f"/verifier/{replaced.code}/",
        f"/verifier/{new_code()}/",
        "/verifier/?code=7K4M",
    ):
        assert findings(context, site + path) == [], path


def test_their_owner_meets_no_accessibility_finding(live_server, context, replaced):
    mine = replaced.enrollment
    completed()
    EnrollmentFactory(mandate=mine.mandate, completed=True)
    signed_in(context, live_server, mine.learner)
    assert findings(context, f"{live_server.url}/attestations/") == []


def test_a_code_is_typed_as_it_comes_and_found(live_server, browser, replaced):
    context = context_for(browser)
    page = context.new_page()
    page.goto(f"{live_server.url}/verifier/")
    page.get_by_label("Code ou adresse de vérification").fill("7k4m")
    page.keyboard.press("Enter")
    page.locator(".errors").wait_for()
    assert page.title().startswith("Erreur")
    page.get_by_role("link", name="Code ou adresse de vérification").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(replaced.successor.code.lower().replace("-", " ").replace("0", "o"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/verifier/*-*-*-*/")
    assert page.locator("h1").inner_text() == "Attestation valide"
    context.close()


def test_the_administration_revokes_in_two_steps(live_server, browser, transactional_db):
    certificate = issued()
    context = context_for(browser)
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/certificates/certificate/{certificate.pk}/change/")
    page.get_by_role("button", name="Révoquer").click()
    page.get_by_label("Raison").select_option("error")
    page.get_by_label("Précisions").fill("Homonyme")
    page.get_by_role("button", name="Révoquer").click()
    page.get_by_text(f"Révoquées : {certificate.number}.").wait_for()
    certificate.refresh_from_db()
    assert certificate.revocation_reason == RevocationReason.ERROR
    context.close()
