"""S-100: nobody fills the letter box of an outsider, whichever doors they knock at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from atn_platform.notifications import outbox
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions.claims import Claimant, ClaimRefused, ask_code
from municipalities.models import Claim
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory

OUTSIDER = "victime@ailleurs.example"


def letter(rank: int, **changes) -> Message:
    parts = {
        "key": f"essai:{rank}", "category": Category.INVITATION, "subject": "Bonjour",
        "text": "Bonjour.", "html": "", "reason": "Un essai.", "to_address": OUTSIDER,
    }  # fmt: skip
    return Message(**(parts | changes))


def code(rank: int) -> Message:
    """Somebody waits for it, at the door."""
    return letter(rank, category=Category.ACCOUNT)


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
    sent = [outbox.queue(code(rank), at=NOON) for rank in range(4)]
    assert sent == [True, True, True, False]
    assert outbox.queue(letter(5, to_address="autre@ailleurs.example"), at=NOON)
    assert outbox.queue(code(6), at=NOON + timedelta(hours=1, minutes=1))


@pytest.mark.django_db
def test_s100_invitations_wait_for_their_turn_three_an_hour():
    assert all(outbox.queue(letter(rank), at=NOON) for rank in range(8))
    turns = OutgoingEmail.objects.order_by("pk").values_list("not_before", flat=True)
    hours = [(turn - NOON) // timedelta(hours=1) if turn else 0 for turn in turns]
    assert hours == [0, 0, 0, 1, 1, 1, 2, 2]
    # A code that nobody could read in time is not promised behind them.
    assert not outbox.queue(code(9), at=NOON)


@pytest.mark.django_db
def test_s100_whoever_invites_reads_when_a_letter_leaves_later(client):
    for rank in range(3):
        outbox.queue(letter(rank), at=timezone.now())
    duty = ResponsibilityFactory()
    client.force_login(duty.user)
    page = reverse("municipalities:invite", args=[duty.organisation.handle])
    answer = client.post(page, {"email": OUTSIDER, "as_typed": "on"}, follow=True)
    told = " ".join(str(each) for each in answer.context["messages"])
    assert f"La lettre à {OUTSIDER} partira à " in told
    assert "Invitations envoyées" not in told
    assert OutgoingEmail.objects.untried().filter(not_before__isnull=False).count() == 1


@pytest.mark.django_db
def test_s100_our_own_box_takes_every_call_for_help():
    ours = parseaddr(settings.REPLY_TO_EMAIL)[1]
    assert all(outbox.queue(letter(rank, to_address=ours), at=NOON) for rank in range(5))
    assert not OutgoingEmail.objects.filter(not_before__isnull=False).exists()


@pytest.mark.django_db
def test_s100_a_code_that_would_not_leave_is_refused_in_words(client):
    place = MunicipalityFactory(official_email=OUTSIDER)
    for rank in range(3):
        outbox.queue(letter(rank), at=timezone.now())
    claimant = Claimant("Nicole", "Hébert", "nicole@ailleurs.example")
    with pytest.raises(ClaimRefused, match="Revenez dans une heure"):
        ask_code(organisation=place, claimant=claimant, at=timezone.now())
    assert not Claim.objects.exists()


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
            outbox.queue(code(rank), at=timezone.now())
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
