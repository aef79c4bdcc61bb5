"""The pages of the second factor, in a browser that can hold passkeys and in one that cannot."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from tests.accounts.authenticator import code_of
from tests.accounts.test_limits import latest_code
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import ResponsibilityFactory, UserFactory


def without_password(user):
    user.set_unusable_password()
    user.save()
    return user


@pytest.mark.parametrize("page", ["mfa_index", "mfa_activate_totp"])
def test_the_set_up_has_no_accessibility_finding(live_server, transactional_db, context, page):
    owing = without_password(ResponsibilityFactory(second_factor=False).user)
    signed_in(context, live_server, owing)
    assert findings(context, live_server.url + reverse(page)) == []


def test_the_pages_after_the_set_up_have_no_accessibility_finding(
    live_server, transactional_db, context
):
    user = without_password(UserFactory(role=Role.UMQ_COORDINATOR, role__second_factor=False))
    signed_in(context, live_server, user)
    page = context.new_page()
    page.goto(live_server.url + reverse("mfa_activate_totp"))
    secret = page.get_by_label("Ou recopiez la clé").input_value()
    page.get_by_label("Code à six chiffres").fill(code_of(secret))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    for name in ("mfa_view_recovery_codes", "mfa_index"):
        assert findings(context, live_server.url + reverse(name)) == []


def test_a_code_of_recovery_opens_the_account_without_the_telephone(
    browser, live_server, transactional_db
):
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    context = context_for(browser, width=375)
    page = context.new_page()
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_label("Adresse courriel").fill(user.email)
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    page.get_by_label("Code").fill(latest_code(user))
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Une deuxième preuve")
    page.get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.locator(".avatar").first).to_have_text(user.initials)
    context.close()
