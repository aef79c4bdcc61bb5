import re

import pytest
from django.test import Client
from django.urls import reverse

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from tests.accounts.authenticator import code_of
from tests.factories import ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"


def code_in(mail) -> str:
    return re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4}|\d{6})$", mail.body, re.MULTILINE)[1]


def ask(client, email):
    return client.post(reverse(ASK), {"email": email}, follow=True)


def test_a_code_by_e_mail_opens_the_door(client, mailoutbox, django_capture_on_commit_callbacks):
    user = UserFactory(email="chantal@exemple.quebec")
    with django_capture_on_commit_callbacks(execute=True):
        page = ask(client, "Chantal@Exemple.quebec")
    assert "Entrer le code reçu" in page.content.decode()
    assert "<chantal@exemple.quebec>" in mailoutbox[0].to[0]
    session = client.session.session_key
    client.post(reverse(CONFIRM), {"code": code_in(mailoutbox[0]).lower().replace("-", " ")})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != session


def test_an_unknown_address_sees_the_same_page_and_hears_once(
    client, mailoutbox, django_capture_on_commit_callbacks
):
    known = ask(Client(), UserFactory().email)
    with django_capture_on_commit_callbacks(execute=True):
        unknown = ask(client, "inconnue@exemple.quebec")
        ask(Client(), "inconnue@exemple.quebec")
    assert known.redirect_chain == unknown.redirect_chain
    assert [mail.subject for mail in mailoutbox] == ["Aucun compte à cette adresse"]


def test_a_wrong_code_is_refused_at_the_field(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ask(client, UserFactory().email)
    page = client.post(reverse(CONFIRM), {"code": "AAAA-AAAA"}).content.decode()
    assert 'role="alert"' in page
    assert "_auth_user_id" not in client.session


def test_an_expired_code_is_not_even_sent(client):
    ask(client, UserFactory().email)
    email = OutgoingEmail.objects.get()
    assert (email.expires_at - email.queued_at).total_seconds() == 15 * 60


def test_nobody_signs_up_alone(client):
    assert "signup" not in client.get(reverse(ASK)).content.decode()
    assert client.post(reverse("account_signup"), {"email": "a@b.quebec"}).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_never_leads_elsewhere(
    client, mailoutbox, django_capture_on_commit_callbacks, target
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse(ASK), {"email": UserFactory().email, "next": target})
    answer = client.post(reverse(CONFIRM), {"code": code_in(mailoutbox[0])})
    assert "evil" not in answer.headers["Location"]


def test_signing_in_with_a_password_works_too(client):
    user = UserFactory()
    user.set_password("quatre mots sans lien")
    user.save()
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": "quatre mots sans lien"}
    )
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
@pytest.mark.parametrize("page", ["account_login", ASK, "account_logout", "mfa_index"])
def test_account_pages_are_in_french(client, page):
    if page in {"account_logout", "mfa_index"}:
        client.force_login(UserFactory())
    text = client.get(reverse(page), follow=True).content.decode()
    assert '<html lang="fr-CA">' in text
    for english in ("Sign In", "Sign Out", "Password", "e-mail", "Email"):
        assert english not in text


def test_signing_out_takes_a_form_and_closes_the_session(client):
    client.force_login(UserFactory())
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.UMQ_COORDINATOR])
@pytest.mark.parametrize("page", ["/", "/admin/", "/mes-cours/", "/attestations/", "/catalogue/"])
def test_who_owes_a_second_factor_sees_only_its_set_up(client, role, page):
    client.force_login(UserFactory(role=role, role__second_factor=False))
    answer = client.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))


@pytest.mark.parametrize("page", ["/", "/mes-gens/", "/mes-cours/", "/attestations/", "/compte/"])
def test_s44_a_responsable_without_a_second_factor_sees_only_its_set_up(client, page):
    """S-44: from the moment they answer for an organisation's people, and no longer."""
    duty = ResponsibilityFactory(second_factor=False)
    client.force_login(duty.user)
    answer = client.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))
    duty.ends_on = duty.starts_on
    duty.save()
    assert client.get(page).status_code in {200, 302}
    assert client.get("/mes-cours/").status_code == 200


@pytest.mark.ignore_template_errors  # allauth's own page of the second factor
def test_whoever_sets_a_factor_up_reads_their_recovery_codes_at_once(client, transactional_db):
    """A code serves once: to ask for it again would keep its owner waiting for the next."""
    duty = ResponsibilityFactory(second_factor=False)
    duty.user.set_unusable_password()
    duty.user.save()
    client.force_login(duty.user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert client.get(answer.url).status_code == 200


def test_once_set_up_the_second_factor_opens_the_pages(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200


def test_the_code_alone_does_not_open_a_protected_account(
    client, mailoutbox, django_capture_on_commit_callbacks
):
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    with django_capture_on_commit_callbacks(execute=True):
        ask(client, user.email)
    answer = client.post(reverse(CONFIRM), {"code": code_in(mailoutbox[0])})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_the_administration_has_no_door_of_its_own(client):
    assert client.get("/admin/login/").headers["Location"] == reverse(ASK)


def test_the_cursor_waits_in_the_code_field(client):
    user = UserFactory()
    client.post(reverse("account_request_login_code"), {"email": user.email})
    page = client.get(reverse("account_confirm_login_code")).content.decode()
    (field,) = re.findall(r'<input[^>]*name="code"[^>]*>', page)
    assert "autofocus" in field
