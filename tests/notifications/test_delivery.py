"""Delivery against a real mail server: what leaves, what is tried again, what is given up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from atn_platform.notifications import delivery, outbox, tasks
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OptOut, OutgoingEmail
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def promise(**changes) -> OutgoingEmail:
    parts = {
        "key": "essai:1",
        "category": Category.SESSION,
        "recipient": UserFactory(first_name="Chantal", last_name="Gagnon", email="c@exemple.ca"),
        "subject": "Votre place est réservée",
        "text": "Bonjour, c’est réservé.",
        "html": "<p>Bonjour</p>",
        "reason": "Vous avez réservé une place.",
    }
    assert outbox.queue(Message(**(parts | changes)), at=NOON)
    return OutgoingEmail.objects.get()


def state(email: OutgoingEmail) -> tuple:
    email.refresh_from_db()
    return (bool(email.sent_at), bool(email.abandoned_at), email.attempts)


def test_a_message_arrives_in_text_and_html_with_its_headers(mailbox, settings):
    email = promise()
    assert delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert message["To"] == "Chantal Gagnon <c@exemple.ca>"
    assert message["Reply-To"] == settings.REPLY_TO_EMAIL
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == delivery.message_id("essai:1")
    assert message["Date"].datetime
    assert message["List-Unsubscribe"] is None
    assert state(email) == (True, False, 1)


def test_a_reminder_carries_the_one_click_stop_and_it_works(mailbox, client, settings):
    email = promise(category=Category.REMINDER)
    delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(message["List-Unsubscribe"]).strip(" <>").removeprefix(settings.SITE_URL)
    client.handler.enforce_csrf_checks = True
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert OptOut.objects.get().user == email.recipient


def test_a_calendar_goes_as_an_alternative_and_as_a_file(mailbox):
    email = promise(calendar=ICS, calendar_method="REQUEST")
    delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    [part] = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content().split() == ICS.split()
    [attached] = list(message.iter_attachments())
    assert attached.get_filename() == "rencontre.ics"
    assert attached.get_content() == ICS.encode()


def test_a_line_break_in_a_name_or_a_subject_adds_no_header(mailbox):
    person = UserFactory(first_name="Ève\r\nBcc: tous@exemple.ca", last_name="R.")
    email = promise(subject="Bonjour\r\nX-Faux: oui", recipient=person)
    delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    assert (message["Bcc"], message["X-Faux"]) == (None, None)
    assert message["Subject"] == "Bonjour X-Faux: oui"


def test_long_lines_travel_within_the_limit_of_mail(mailbox):
    email = promise(text="é" * 5000, html="<p>" + "a" * 5000 + "</p>")
    delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    assert max(len(line) for line in message.as_bytes().splitlines()) < 998
    assert "é" * 5000 in message.get_body(("plain",)).get_content()


def test_a_second_delivery_sends_nothing(mailbox):
    email = promise()
    delivery.deliver(email_id=email.pk, now=NOON)
    assert not delivery.deliver(email_id=email.pk, now=NOON + MINUTE)
    assert len(mailbox.messages) == 1


def test_a_temporary_refusal_is_tried_again_later_with_the_same_id(mailbox):
    mailbox.answers = ["451 greylisted", "451 greylisted"]
    email = promise()
    assert not delivery.deliver(email_id=email.pk, now=NOON)
    assert state(email) == (False, False, 1)
    assert email.last_error == "451 greylisted"
    assert email.not_before == NOON + MINUTE
    assert not delivery.deliver(email_id=email.pk, now=NOON + MINUTE / 2), "too early"
    delivery.deliver(email_id=email.pk, now=NOON + MINUTE)
    email.refresh_from_db()
    assert email.not_before == NOON + 3 * MINUTE
    assert delivery.deliver(email_id=email.pk, now=NOON + 3 * MINUTE)
    assert state(email) == (True, False, 3)
    assert [m["Message-ID"] for m in mailbox.messages] == [delivery.message_id("essai:1")]


@pytest.mark.parametrize("answer", ["550 no such person", "553 bad address"])
def test_a_permanent_refusal_is_abandoned_with_its_reason(mailbox, answer):
    mailbox.recipient_answers = [answer]
    email = promise()
    assert not delivery.deliver(email_id=email.pk, now=NOON)
    assert state(email) == (False, True, 1)
    assert email.last_error == answer


def test_a_refused_content_is_abandoned(mailbox):
    mailbox.answers = ["554 spam"]
    email = promise()
    delivery.deliver(email_id=email.pk, now=NOON)
    assert state(email) == (False, True, 1)


def test_an_address_that_cannot_be_written_is_abandoned(mailbox):
    email = promise()
    OutgoingEmail.objects.update(to_address="a@b@c\n")
    delivery.deliver(email_id=email.pk, now=NOON)
    assert state(email) == (False, True, 1)


def test_a_server_that_is_down_is_tried_again_then_given_up(mailbox, settings, free_port):
    settings.EMAIL_HOST = "127.0.0.2"  # nobody listens there
    email = promise()
    now = NOON
    for _ in range(delivery.MAX_ATTEMPTS):
        delivery.deliver(email_id=email.pk, now=now)
        email.refresh_from_db()
        now = email.not_before
    assert state(email) == (False, True, delivery.MAX_ATTEMPTS)
    assert timedelta(days=2) < now - NOON < timedelta(days=4)
    assert "Refused" in email.last_error


def test_a_reminder_without_answer_is_not_sent_twice(mailbox):
    mailbox.hang_up = True
    email = promise(category=Category.REMINDER)
    delivery.deliver(email_id=email.pk, now=NOON)
    assert state(email) == (False, True, 1)
    assert email.last_error.startswith(delivery.UNKNOWN)


def test_a_message_of_the_service_without_answer_is_sent_again(mailbox):
    mailbox.hang_up = True
    email = promise()
    delivery.deliver(email_id=email.pk, now=NOON)
    mailbox.hang_up = False
    assert delivery.deliver(email_id=email.pk, now=NOON + MINUTE)
    assert mailbox.offered == 2


@pytest.mark.parametrize(
    ("category", "sent"), [(Category.SESSION, True), (Category.REMINDER, False)]
)
def test_a_worker_killed_while_sending_leaves_a_claim_that_lapses(mailbox, category, sent):
    email = promise(category=category)
    OutgoingEmail.objects.update(claimed_at=NOON, attempts=1)
    assert not delivery.deliver(email_id=email.pk, now=NOON + MINUTE)
    assert mailbox.messages == []
    later = NOON + delivery.CLAIM_LAPSES + MINUTE
    assert delivery.deliver(email_id=email.pk, now=later) == sent
    assert state(email)[:2] == (sent, not sent)


def test_a_message_whose_moment_is_past_is_not_sent(mailbox):
    email = promise(expires_at=NOON + MINUTE)
    assert not delivery.deliver(email_id=email.pk, now=NOON + MINUTE)
    assert state(email) == (False, True, 0)
    assert email.last_error == delivery.EXPIRED


def test_the_sweep_takes_what_was_forgotten_and_what_is_due_again():
    forgotten = promise()
    postponed = {"not_before": NOON + 60 * MINUTE}
    assert outbox.queue(
        Message(key="2", category=Category.SESSION, subject="s", text="t", html="", reason="r",
                to_address="b@exemple.ca", **postponed), at=NOON,
    )  # fmt: skip
    assert list(delivery.waiting(before=NOON, now=NOON + MINUTE)) == []
    assert list(delivery.waiting(before=NOON + MINUTE, now=NOON + MINUTE)) == [forgotten.pk]
    later = NOON + 60 * MINUTE
    assert len(delivery.waiting(before=later, now=later)) == 2


@pytest.mark.django_db(transaction=True)
def test_a_promise_leaves_by_itself_once_it_is_committed(mailbox):
    promise()
    assert len(mailbox.messages) == 1


def test_the_task_of_every_minute_delivers_what_waits(mailbox):
    email = promise()
    OutgoingEmail.objects.update(queued_at=NOON - timedelta(days=400))
    tasks.deliver_waiting()
    assert state(email) == (True, False, 1)


@pytest.mark.django_db(transaction=True)
def test_four_workers_on_one_message_send_it_once(settings, mailbox):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    parts = {"queued_at": NOON, "subject": "s", "text": "t", "reason": "r", "category": "session"}
    email = OutgoingEmail.objects.create(key="k", to_address="a@exemple.ca", **parts)

    def work(_):
        try:
            return delivery.deliver(email_id=email.pk, now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(
    ("category", "waits"), [(Category.REMINDER, True), (Category.SESSION, False)]
)
def test_a_reminder_held_up_until_the_evening_waits_for_the_morning(mailbox, category, waits):
    email = promise(category=category)
    evening = NOON + timedelta(hours=7)
    delivery.deliver(email_id=email.pk, now=evening)
    email.refresh_from_db()
    assert (len(mailbox.messages), email.attempts) == ((0, 0) if waits else (1, 1))
    assert email.not_before == (NOON + timedelta(hours=20) if waits else None)
    delivery.deliver(email_id=email.pk, now=NOON + timedelta(hours=20))
    assert len(mailbox.messages) == 1


def test_a_reminder_leaves_at_once_whatever_the_hour_it_is_promised(mailbox):
    email = promise(category=Category.REMINDER)
    OutgoingEmail.objects.update(queued_at=NOON + timedelta(hours=7))
    assert delivery.deliver(email_id=email.pk, now=NOON + timedelta(hours=7))


def test_promises_taken_back_are_those_that_no_server_was_offered(mailbox):
    email = promise()
    assert outbox.withdraw([]) == outbox.withdraw(["autre"]) == 0
    mailbox.answers = ["451 later"]
    delivery.deliver(email_id=email.pk, now=NOON)
    assert outbox.withdraw(["essai:1"]) == 0
    OutgoingEmail.objects.update(attempts=0)
    assert outbox.withdraw(["essai:1"]) == 1


def test_an_abandoned_message_can_be_sent_again(mailbox):
    mailbox.answers = ["554 spam"]
    email = promise()
    assert not outbox.resend(email, at=NOON), "still waiting"
    delivery.deliver(email_id=email.pk, now=NOON)
    assert outbox.resend(email, at=NOON)
    assert delivery.deliver(email_id=email.pk, now=NOON)
    assert not outbox.resend(email, at=NOON), "sent"
