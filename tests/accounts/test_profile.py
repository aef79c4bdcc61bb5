"""A person's own page: their name, their functions, and a new address confirmed by a link."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from tests.factories import MandateFactory, UserFactory

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")
ADDRESS: dict[str, str | None] = {"email": "apres@ville.quebec"}


def test_p05_a_name_is_corrected_by_its_person_and_the_journal_says_so(client):
    user = UserFactory(last_name="Roy")
    client.force_login(user)
    page = client.post(PROFILE, {"first_name": "Zoé", "last_name": "Cyr"}, follow=True)
    assertContains(page, "Votre nom est enregistré.")
    user.refresh_from_db()
    assert (user.get_full_name(), user.sort_key) == ("Zoé Cyr", "cyr zoe")
    assert Entry.objects.get().details == {
        "fields": ["first_name", "last_name"],
        "before": {"first_name": "Camille", "last_name": "Roy"},
    }


@pytest.mark.parametrize("says_all", [False, True])
def test_a_name_saved_while_atn_changes_the_address_leaves_the_address(
    client, monkeypatch, says_all
):
    """The control, which also writes the address that the request had read, takes it back."""
    user = UserFactory(email="avant@ville.quebec")
    by = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    real = actions.correct_account

    def after_atn(**asked):
        real(user=User.objects.get(pk=user.pk), said=ADDRESS, by=by, at=timezone.now())
        if says_all:
            asked["said"] = asked["said"] | {"email": asked["user"].email}
        return real(**asked)

    monkeypatch.setattr(actions, "correct_account", after_atn)
    answer = client.post(PROFILE, {"first_name": "Zoé", "last_name": "Cyr"})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert str(user) == "Zoé Cyr"
    assert (user.email == ADDRESS["email"]) is not says_all


def test_an_empty_name_is_named_at_its_field_and_the_rest_kept(client):
    user = UserFactory()
    client.force_login(user)
    page = client.post(PROFILE, {"first_name": "", "last_name": "Cyr"})
    assert page.status_code == 422
    assertContains(page, "Écrivez votre prénom.", status_code=422)
    assertContains(page, 'value="Cyr"', status_code=422)
    user.refresh_from_db()
    assert user.first_name == "Camille"


@pytest.mark.parametrize("count", [1, 3])
def test_the_profile_takes_the_same_queries_whatever_the_number_of_functions(
    client, django_assert_num_queries, count
):
    user = UserFactory()
    for _ in range(count):
        MandateFactory(user=user)
    client.force_login(user)
    with django_assert_num_queries(4):  # session, person, card, mandates
        assertContains(client.get(PROFILE), "J’ai quitté", count)


def test_a_person_says_that_they_left_and_keeps_their_account(client):
    mandate = MandateFactory()
    client.force_login(mandate.user)
    leave = reverse("municipalities:leave", args=[mandate.pk])
    assertContains(client.get(leave), f"Avez-vous quitté {mandate.organisation}?")
    yesterday = timezone.localdate() - timedelta(days=1)
    assert client.post(leave, {"on": yesterday.isoformat()}).headers["Location"] == PROFILE
    mandate.refresh_from_db()
    assert mandate.ends_on == yesterday
    assertContains(client.get(PROFILE), "Aucune fonction en cours.")
    assert client.get(leave).status_code == 404


def test_the_function_of_someone_else_does_not_exist(client):
    client.force_login(UserFactory())
    leave = reverse("municipalities:leave", args=[MandateFactory().pk])
    assert client.post(leave, {"on": "2026-01-01"}).status_code == 404


def test_an_address_changes_once_its_link_was_opened(client):
    user = UserFactory(email="avant@ville.quebec")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    page = client.post(
        reverse("account_email"), {"action_add": "", "email": "Apres@ville.quebec"}, follow=True
    )
    assertContains(page, "apres@ville.quebec")
    user.refresh_from_db()
    assert user.email == "avant@ville.quebec"
    letter = OutgoingEmail.objects.get(subject="Confirmez votre nouvelle adresse")
    assert letter.to_address == "apres@ville.quebec"
    link = re.search(r"https?://[^/\s]+(/\S+)", letter.text)[1]
    page = client.get(link)
    assertContains(page, "Confirmer cette adresse?")
    client.post(link)
    user.refresh_from_db()
    assert user.email == "apres@ville.quebec"


def test_a_wrong_or_taken_address_is_refused_in_french(client):
    client.force_login(UserFactory())
    for typed in ("pas une adresse", ""):
        page = client.post(reverse("account_email"), {"action_add": "", "email": typed})
        assertContains(page, 'role="alert"')
        assertNotContains(page, "e-mail address")


def test_a_link_that_no_longer_serves_says_so():
    assertContains(Client().get("/compte/confirm-email/abc/"), "Ce lien ne sert plus")
