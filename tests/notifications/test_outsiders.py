"""S-100: nobody fills the letter box of an outsider, whichever doors they knock at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from atn_platform.notifications import outbox
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OutgoingEmail
from tests.factories import NOON, ResponsibilityFactory, UserFactory

OUTSIDER = "victime@ailleurs.example"


def letter(rank: int, **changes) -> Message:
    parts = {
        "key": f"essai:{rank}", "category": Category.INVITATION, "subject": "Bonjour",
        "text": "Bonjour.", "html": "", "reason": "Un essai.", "to_address": OUTSIDER,
    }  # fmt: skip
    return Message(**(parts | changes))


@pytest.mark.django_db
def test_s100_all_doors_together_send_three_letters_an_hour(client):
    for _ in range(3):
        duty = ResponsibilityFactory()
        client.force_login(duty.user)
        page = reverse("municipalities:invite", args=[duty.organisation.handle])
        client.post(page, {"email": OUTSIDER, "as_typed": "on"})
        client.logout()
    for page in ("account_request_login_code", "account_reset_password"):
        client.post(reverse(page), {"email": OUTSIDER})
    assert OutgoingEmail.objects.filter(to_address=OUTSIDER).count() == 3


@pytest.mark.django_db
def test_s100_an_hour_later_letters_leave_again_and_others_never_waited():
    sent = [outbox.queue(letter(rank), at=NOON) for rank in range(4)]
    assert sent == [True, True, True, False]
    assert outbox.queue(letter(5, to_address="autre@ailleurs.example"), at=NOON)
    assert outbox.queue(letter(6), at=NOON + timedelta(hours=1, minutes=1))


@pytest.mark.django_db
def test_s100_someone_with_an_account_is_held_to_the_limits_of_the_doors_instead():
    person = UserFactory()
    sent = [
        outbox.queue(letter(rank, recipient=person, to_address=""), at=NOON) for rank in range(5)
    ]
    assert all(sent)


def _together(monkeypatch, *, locked: bool) -> int:
    """Ten doors at once; without the lock, as a negative control."""
    if not locked:
        monkeypatch.setattr(outbox, "OUTSIDER_LOCK", "SELECT pg_sleep(0.05), %s")

    def knock(rank: int) -> None:
        try:
            outbox.queue(letter(rank), at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(knock, range(10)))
    return OutgoingEmail.objects.count()


@pytest.mark.django_db(transaction=True)
def test_s100_ten_doors_at_once_send_three(monkeypatch):
    assert _together(monkeypatch, locked=True) == 3


@pytest.mark.django_db(transaction=True)
def test_s100_without_the_lock_they_send_more(monkeypatch):
    """The negative control of the test above."""
    assert _together(monkeypatch, locked=False) > 3
