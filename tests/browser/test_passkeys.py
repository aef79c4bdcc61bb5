"""A passkey added and used in Chromium, under the site's content policy."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from tests.browser.bench import axe, findings
from tests.browser.conftest import signed_in
from tests.factories import UserFactory

# allauth's own templates ask for variables that may not be there.
pytestmark = pytest.mark.ignore_template_errors


def someone():
    """As invitations make people: without a password."""
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    return user


def sign_in(page, live_server, user) -> None:
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Courriel ou identifiant").fill(user.email)
    page.get_by_label("Mot de passe").fill("quatre mots sans lien")
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)


def refused(page) -> list[str]:
    """What the console says, the browser's advice about password managers aside."""
    return [text for text in page.said if not text.startswith("[DOM]")]


def add_passkey(page, live_server, *, passwordless: bool) -> None:
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    if "reauthenticate" in page.url:
        page.get_by_label("Mot de passe").fill("quatre mots sans lien")
        page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de la clé").fill("Mon téléphone")
    if passwordless:
        page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Ajouter").click()
    page.wait_for_url(lambda url: "add" not in url)


def test_a_passkey_added_on_a_phone_signs_its_person_in(live_server, transactional_db, phone):
    user = someone()
    signed_in(phone.context, live_server, user)
    add_passkey(phone, live_server, passwordless=True)
    assert axe(phone) == []
    phone.context.clear_cookies()
    phone.goto(live_server.url + reverse("account_login"))
    phone.get_by_role("button", name="clé d’accès").click()
    expect(phone.locator(".avatar").first).to_have_text(user.initials)
    assert refused(phone) == []


def test_a_security_key_is_a_second_factor_after_the_code(live_server, transactional_db, phone):
    coordinator = UserFactory(role=Role.UMQ_COORDINATOR, role__second_factor=False)
    coordinator.set_password("quatre mots sans lien")
    coordinator.save()
    sign_in(phone, live_server, coordinator)
    add_passkey(phone, live_server, passwordless=False)
    phone.context.clear_cookies()
    sign_in(phone, live_server, coordinator)
    phone.wait_for_url("**/2fa/authenticate/**")
    assert axe(phone) == []
    phone.locator("#mfa_webauthn_authenticate").click()
    expect(phone.locator(".avatar").first).to_have_text(coordinator.initials)
    assert refused(phone) == []


@pytest.mark.parametrize(
    "page",
    [
        "accounts:profile", "accounts:email", "mfa_index", "mfa_activate_totp",
        "mfa_add_webauthn", "account_set_password",
    ],
)  # fmt: skip
def test_a_page_of_one_s_account_has_no_accessibility_finding(
    live_server, transactional_db, context, page
):
    signed_in(context, live_server, someone())
    assert findings(context, live_server.url + reverse(page)) == []
