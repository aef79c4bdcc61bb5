"""Pages reached from a message: why it came, how to stop it, how to receive it again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.notifications import outbox, permissions
from atn_platform.notifications.actions import NotRefusable, opt_out
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OptOut, OutgoingEmail
from atn_platform.notifications.permissions import stop_token, why_token
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


def reminder(user, **changes) -> Message:
    parts = {"key": f"essai:{user.pk}", "category": Category.REMINDER, "recipient": user,
             "subject": "La suite vous attend", "text": "Un secret", "html": "",
             "reason": "Vous suivez le cours CYB-101."}  # fmt: skip
    return Message(**(parts | changes))


def stop_url(user, name="stop", category=Category.REMINDER):
    return reverse(f"notifications:{name}", args=[stop_token(user.pk, category)])


def test_the_reason_is_readable_without_signing_in(client):
    user = UserFactory()
    outbox.queue(reminder(user), at=NOON)
    answer = client.get(reverse("notifications:why", args=[why_token(f"essai:{user.pk}")]))
    assertContains(answer, "Vous suivez le cours CYB-101.")
    assertContains(answer, "/messages/stop/")
    assert "Un secret" not in answer.text


def test_a_message_of_the_service_explains_that_it_does_not_stop(client):
    user = UserFactory()
    outbox.queue(reminder(user, category=Category.SESSION), at=NOON)
    answer = client.get(reverse("notifications:why", args=[why_token(f"essai:{user.pk}")]))
    assertContains(answer, "fait partie du service")
    assert "/messages/stop/" not in answer.text


@pytest.mark.parametrize("name", ["why", "stop"])
def test_a_forged_link_does_not_exist(client, name):
    assert client.get(reverse(f"notifications:{name}", args=["faux:jeton"])).status_code == 404


def test_reading_the_stop_page_changes_nothing(client):
    user = UserFactory()
    assertContains(client.get(stop_url(user)), "Ne plus recevoir de rappels")
    assert not OptOut.objects.exists()


def test_stopping_twice_is_stopping_once_and_can_be_undone(client):
    user = UserFactory()
    outbox.queue(reminder(user), at=NOON)
    for _ in range(2):
        assertContains(client.post(stop_url(user)), "Vous ne recevrez plus de rappels")
    assert OptOut.objects.count() == 1
    assert not OutgoingEmail.objects.exists(), "what waited is dropped"
    assert not outbox.queue(reminder(user), at=NOON)
    assertContains(client.post(stop_url(user, "accept")), "Arrêter les rappels?")
    assert outbox.queue(reminder(user), at=NOON)


def test_a_link_older_than_a_year_is_dead(client, monkeypatch):
    address = stop_url(UserFactory())
    monkeypatch.setattr(permissions, "STOP_LASTS", timedelta(seconds=-1))
    assert client.post(address).status_code == 404


def test_a_service_category_is_never_stopped(client):
    user = UserFactory()
    assert client.post(stop_url(user, category=Category.SESSION)).status_code == 404
    with pytest.raises(NotRefusable):
        opt_out(user_id=user.pk, category=Category.SESSION, at=NOON)


def test_preferences_show_and_keep_what_the_person_chooses(client):
    user = UserFactory()
    page = reverse("notifications:preferences")
    assert client.get(page).status_code == 302
    client.force_login(user)
    assertContains(client.get(page), "checked")
    assertRedirects(client.post(page, {}), page)
    assert OptOut.objects.get().user == user
    assert "checked" not in client.get(page).text
    client.post(page, {"accepted": ["reminder"]})
    assert not OptOut.objects.exists()
    assert client.post(page, {"accepted": ["account"]}).status_code == 200


def test_administrators_see_what_to_examine_and_send_it_again(client):
    user = UserFactory()
    outbox.queue(reminder(user), at=NOON)
    OutgoingEmail.objects.update(abandoned_at=NOON, last_error="550 inconnu")
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = reverse("admin:notifications_outgoingemail_changelist")
    assertContains(client.get(page + "?etat=a-examiner"), "550 inconnu")
    assert "550 inconnu" not in client.get(page + "?etat=en-attente").text
    email = OutgoingEmail.objects.get()
    detail = reverse("admin:notifications_outgoingemail_change", args=[email.pk])
    assert "Un secret" not in client.get(detail).text
    client.post(page, {"action": "resend", "_selected_action": [email.pk]})
    email.refresh_from_db()
    assert email.abandoned_at is None
    assertContains(client.get(page + "?etat=en-attente"), "essai:")
    OutgoingEmail.objects.update(sent_at=NOON)
    assertContains(client.get(page + "?etat=envoyes"), "essai:")


@pytest.mark.parametrize(
    "subject", ["Votre code\u00a0: QRQK-QJNP", "Pour\u00a0: Luc Roy – Votre code\u00a0: QRQK-QJNP"]
)
def test_administrators_read_nobodys_sign_in_code_and_cannot_spell_it_by_searching(
    client, subject
):
    user = UserFactory()
    outbox.queue(reminder(user, category=Category.ACCOUNT, subject=subject), at=NOON)
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = reverse("admin:notifications_outgoingemail_changelist")
    detail = reverse(
        "admin:notifications_outgoingemail_change", args=[OutgoingEmail.objects.get().pk]
    )
    for address in (page, detail):
        assertContains(client.get(address), "Votre code\u00a0: ••••")
        assertNotContains(client.get(address), "QRQK")
    assertContains(client.get(page, {"q": user.email}), "••••")
    assertNotContains(client.get(page, {"q": "QRQK"}), "••••")
