"""The second factor: its set-up, what comes before and after, and what a lost telephone costs."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from tests.accounts.authenticator import code_of
from tests.accounts.test_sign_in import ASK, CONFIRM
from tests.factories import ResponsibilityFactory, UserFactory

SET_UP, APP = reverse("mfa_index"), reverse("mfa_activate_totp")
CODES, ENTER = reverse("mfa_view_recovery_codes"), reverse("mfa_authenticate")


@pytest.fixture
def owing(client, transactional_db):
    """Someone who answers for a town, and has no second factor yet."""
    duty = ResponsibilityFactory(second_factor=False)
    duty.user.set_unusable_password()
    duty.user.save()
    client.force_login(duty.user)
    return duty


def install(client):
    """Set an application up; what the browser is answered."""
    secret = client.get(APP).context["form"].secret
    return client.post(APP, {"code": code_of(secret)})


def test_s44_the_set_up_shows_neither_name_nor_menu(client, owing):
    """S-44: nothing of the person or of the platform before the factor."""
    page = client.get(SET_UP)
    assertContains(page, "Une dernière serrure")
    for text in (owing.user.get_full_name(), "Mes cours", "Mes gens", "menu du compte"):
        assertNotContains(page, text)
    install(client)
    assertContains(client.get(SET_UP), owing.user.get_full_name())


@pytest.mark.parametrize("page", ["/aide/", "/accessibilite/", "/vie-privee/"])
def test_help_is_in_reach_before_the_factor(client, owing, page):
    assertNotContains(client.get(page), owing.user.get_full_name())


def test_the_set_up_ends_on_the_page_that_was_asked_for(client, owing):
    people = reverse("enrollments:team", args=[owing.organisation.handle])
    assertRedirects(client.get(f"{people}?tri=nom"), SET_UP)
    assertRedirects(install(client), CODES)
    codes = client.get(CODES)
    assertContains(codes, f'href="{people}?tri=nom"')
    assert client.get(people).status_code == 200
    # The way on is offered once; later the codes are only read again.
    assertNotContains(client.get(CODES), people)


def test_the_key_of_an_application_is_the_same_when_the_page_is_read_again(client, owing):
    """Telephones load again a page that was left for the application."""
    first = client.get(APP).context["form"].secret
    assert client.get(APP).context["form"].secret == first
    wrong = client.post(APP, {"code": "000000"})
    assert wrong.context["form"].errors
    assert client.post(APP, {"code": code_of(first)}).url == CODES


def test_the_codes_are_downloaded_under_a_french_heading(client, owing):
    install(client)
    text = client.get(reverse("mfa_download_recovery_codes")).content.decode()
    assert text.startswith("Plateforme ATN\u00a0: codes de secours. Chacun sert une fois.")
    kept = Authenticator.objects.get(user=owing.user, type="recovery_codes").wrap()
    assert set(kept.get_unused_codes()) <= set(text.split())


def enter_by_code(client, user):
    """Sign in as far as the second factor."""
    from tests.accounts.test_limits import latest_code  # noqa: PLC0415

    client.post(reverse(ASK), {"email": user.email})
    return client.post(reverse(CONFIRM), {"code": latest_code(user)})


def test_a_code_of_recovery_replaces_a_lost_telephone_once(client, transactional_db):
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for is_good in (True, False):
        assertRedirects(enter_by_code(client, user), ENTER)
        client.post(ENTER, {"code": code})
        assert ("_auth_user_id" in client.session) is is_good
        client.post(reverse("account_logout"))


@pytest.mark.parametrize(
    "page", ["/", "/mes-cours/", "/mes-gens/", "/compte/", "/admin/", "/compte/2fa/"]
)
def test_s44_between_the_code_and_the_factor_a_person_is_a_stranger(
    client, transactional_db, page
):
    """S-44: no page but the one of the factor, and no name on it."""
    user = UserFactory(role=Role.ADMINISTRATOR)
    assertRedirects(enter_by_code(client, user), ENTER)
    assertNotContains(client.get(ENTER), user.get_full_name())
    answer = client.get(page)
    assert user.get_full_name() not in answer.content.decode()
    assert page == "/" or "/login/" in answer.url
