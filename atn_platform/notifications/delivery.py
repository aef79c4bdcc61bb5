"""After the queue: what a worker does with one promised e-mail.

A worker claims the row in one short transaction, speaks to the mail server outside of any, and
writes what came of it in another. So a slow server holds no lock, and a worker that dies leaves
a claim that tells. Until when a message is tried again, and what is never sent twice, stands in
`_conclude` and `_claim`.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from enum import Enum
from hashlib import sha256
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from atn_platform.core.office_hours import opening
from atn_platform.notifications.actions import refuse_address
from atn_platform.notifications.bounces import return_path
from atn_platform.notifications.enums import ASKED_FOR, REFUSABLE, Category
from atn_platform.notifications.messages import one_line
from atn_platform.notifications.models import OutgoingEmail, RefusedAddress
from atn_platform.notifications.permissions import agrees_to_news, stop_token

# With waits of 1, 2, 4… minutes up to 4 hours, the last try comes three days after the first.
MAX_ATTEMPTS = 25
LONGEST_WAIT = timedelta(hours=4)
# Longer than any server may take to answer (EMAIL_TIMEOUT): the worker is dead.
CLAIM_LAPSES = timedelta(minutes=10)
# A reminder leaves at once, or waits for the next opening of offices.
AT_ONCE = timedelta(minutes=15)
SWEEP_SIZE = 500
PERMANENT = range(500, 600)
# The address itself is wrong, gone or closed; other refusals speak of us or of the letter.
NO_SUCH_ADDRESS = re.compile(r"\b5\.(?:1\.[0-36]|2\.1)\b|^55[013] (?!5\.)")
ERROR_LENGTH = 300

EXPIRED = "Le moment de ce message est passé."
REFUSED = "Cette adresse a refusé nos messages : rien ne part vers elle."
WITHDRAWN = "La personne a retiré son accord à ces messages."
UNKNOWN = "Le serveur n’a pas confirmé : un rappel n’est pas envoyé deux fois."

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """What the mail server made of a message."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"
    # Not the message: the address takes none, from us at least (5.1.x, RFC 3463).
    NOBODY = "nobody"
    # The line fell after the content was sent: the message may have gone.
    UNKNOWN = "unknown"


FINAL = (Outcome.REFUSED, Outcome.NOBODY)


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    error: str = ""


def deliver(*, email_id: int, now: datetime) -> bool:
    """Send the e-mail unless it is sent, postponed, or held by another worker; True when it left.

    A death between the server's yes and our note sends a transactional message twice, with the
    same Message-ID; a reminder is then not sent again but listed for a person to see.
    """
    email = _claim(email_id, now=now)
    if email is None:
        return False
    result = _send(email)
    _conclude(email, result, now=now)
    return result.outcome is Outcome.SENT


def waiting(*, before: datetime, now: datetime) -> QuerySet[OutgoingEmail, int]:
    """Ids of e-mails to send: promised before a moment and never tried, or due again.

    The oldest first, as many as one sweep may queue. A promise dated from a day to come was made
    to show that day (run_due --at): it leaves as soon.
    """
    promised = Q(queued_at__lt=before) | Q(queued_at__gt=now)
    due = Q(not_before__lte=now) | Q(promised, not_before__isnull=True)
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LAPSES)
    rows = OutgoingEmail.objects.waiting().filter(due, free).order_by("queued_at")
    return rows.values_list("pk", flat=True)[:SWEEP_SIZE]


@transaction.atomic
def _claim(email_id: int, *, now: datetime) -> OutgoingEmail | None:
    """Take the row for this worker, counting the attempt; None when there is nothing to send."""
    email = (
        OutgoingEmail.objects.waiting()
        .select_related("recipient")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - CLAIM_LAPSES), pk=email_id)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
        .first()
    )
    if email is None:
        return None
    if why := _why_not(email, now=now):
        _abandon(email, why, now=now)
        return None
    if _disturbs(email, now=now):
        email.not_before = opening(now)
        email.save(update_fields=["not_before", "updated_at"])
        return None
    email.claimed_at = now
    email.attempts += 1
    email.save(update_fields=["claimed_at", "attempts", "updated_at"])
    return email


def _is_refused(address: str) -> bool:
    return RefusedAddress.objects.filter(address=address.lower()).exists()


def _why_not(email: OutgoingEmail, *, now: datetime) -> str:
    """Why this message must not leave any more; empty when it may."""
    if email.expires_at is not None and email.expires_at <= now:
        return EXPIRED
    if email.claimed_at is not None and email.category in REFUSABLE:
        return UNKNOWN
    if email.category not in ASKED_FOR and _is_refused(email.to_address):
        return REFUSED
    if email.category == Category.PROMOTION and not agrees_to_news(email.recipient_id):
        return WITHDRAWN
    return ""


def _disturbs(email: OutgoingEmail, *, now: datetime) -> bool:
    """Whether a reminder that was held up (a server down, a worker stopped) would come at night.

    Nothing is held up before its time: reminders of a day to come may be shown at any hour.
    """
    held_up = now - email.queued_at > AT_ONCE
    return email.category in REFUSABLE and held_up and opening(now) > now


def _abandon(email: OutgoingEmail, error: str, *, now: datetime) -> None:
    email.abandoned_at, email.last_error, email.claimed_at = now, error, None
    email.save(update_fields=["abandoned_at", "last_error", "claimed_at", "updated_at"])


@transaction.atomic
def _conclude(email: OutgoingEmail, result: Result, *, now: datetime) -> None:
    """Write what came of the attempt: sent, to try again later, or given up with its reason."""
    once = email.category in REFUSABLE and result.outcome is Outcome.UNKNOWN
    if result.outcome is Outcome.SENT:
        email.sent_at, email.claimed_at, email.last_error = now, None, ""
        email.save(update_fields=["sent_at", "claimed_at", "last_error", "updated_at"])
    elif result.outcome in FINAL or once or email.attempts >= MAX_ATTEMPTS:
        logger.warning("E-mail %s abandoned", email.pk)
        _abandon(email, f"{UNKNOWN} {result.error}" if once else result.error, now=now)
        if result.outcome is Outcome.NOBODY:
            refuse_address(email.to_address, words=result.error, at=now)
    else:
        email.last_error, email.claimed_at = result.error, None
        email.not_before = now + min(timedelta(minutes=2 ** (email.attempts - 1)), LONGEST_WAIT)
        email.save(update_fields=["last_error", "claimed_at", "not_before", "updated_at"])


def _send(email: OutgoingEmail) -> Result:
    """Speak to the mail server; the answer is a result, whatever happens."""
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        return Result(Outcome.RETRY, _words(error))
    try:
        _mime(email, connection).send()
    except (SMTPException, OSError, ValueError) as error:
        return _verdict(error)
    finally:
        connection.close()
    return Result(Outcome.SENT)


def _verdict(error: Exception) -> Result:
    """A clear answer of the server, a message that cannot be written, or silence."""
    if isinstance(error, SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        answer = _answered(code, words)
        gone = code in PERMANENT and NO_SUCH_ADDRESS.search(answer.error)
        return Result(Outcome.NOBODY, answer.error) if gone else answer
    if isinstance(error, SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error)
    silent = isinstance(error, SMTPException | OSError)
    return Result(Outcome.UNKNOWN if silent else Outcome.REFUSED, _words(error))


def _answered(code: int, words: bytes | str) -> Result:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    outcome = Outcome.REFUSED if code in PERMANENT else Outcome.RETRY
    return Result(outcome, one_line(f"{code} {text}")[:ERROR_LENGTH])


def _words(error: Exception) -> str:
    return one_line(f"{type(error).__name__} : {error}")[:ERROR_LENGTH]


def _mime(email: OutgoingEmail, connection: object) -> EmailMultiAlternatives:
    """The message as it travels: text, HTML, calendar part, and headers of a machine's letter."""
    name = one_line(email.recipient.get_full_name()) if email.recipient else ""
    message = EmailMultiAlternatives(
        subject=one_line(email.subject),
        body=email.text,
        # The envelope's address, to which servers report; people read « From » below.
        from_email=return_path(email.pk),
        to=[formataddr((name, email.to_address)) if name else email.to_address],
        reply_to=[email.reply_to or settings.REPLY_TO_EMAIL],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(email.key),
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    if email.category in REFUSABLE and email.recipient_id is not None:
        token = stop_token(email.recipient_id, email.category)
        address = f"{settings.SITE_URL}{reverse('notifications:stop', args=[token])}"
        message.extra_headers["List-Unsubscribe"] = f"<{address}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if email.html:
        message.attach_alternative(email.html, "text/html")
    if email.calendar:
        message.attach_alternative(
            email.calendar, f"text/calendar; method={email.calendar_method}"
        )
        message.attach("rencontre.ics", email.calendar.encode(), "application/ics")
    return message


def message_id(key: str) -> str:
    """The same for every attempt, so that mail software can tell a second copy."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{host}>"
