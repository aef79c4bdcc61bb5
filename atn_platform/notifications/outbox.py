"""Before the queue: the only door through which any app sends an e-mail."""

from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _
from django.utils.translation import override

from atn_platform.core.queueing import after_commit
from atn_platform.notifications.enums import REFUSABLE, Category
from atn_platform.notifications.messages import Message, one_line
from atn_platform.notifications.models import OptOut, OutgoingEmail
from atn_platform.notifications.permissions import agrees_to_news
from atn_platform.notifications.tasks import deliver_email

SUBJECT_LENGTH = 200
REASON_LENGTH = 300
# To an address that is nobody's account: whoever types it may be anyone, by whatever door.
OUTSIDER_LETTERS = 3
OUTSIDER_SPAN = timedelta(hours=1)
OUTSIDER_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"


@transaction.atomic
def queue(message: Message, *, at: datetime) -> bool:
    """Promise one e-mail. False, and nothing more, when its key was promised before.

    Also False when the person has no address, or refused this category of messages. An address
    without an account gets three letters an hour, by all doors together: an invitation then waits
    for its turn, and a letter that somebody is waiting for is not promised at all.
    """
    person = message.recipient
    address = message.to_address or (person.letter_address if person else "")
    if not address or _refused(message):
        return False
    not_before = message.not_before
    if person is None and (turn := _turn(address, at=at)) > at:
        if message.category == Category.ACCOUNT:
            return False
        not_before = max(turn, not_before or turn)
    email, created = OutgoingEmail.objects.get_or_create(
        key=message.key,
        defaults={
            "category": message.category,
            "recipient": message.recipient,
            "to_address": address,
            "subject": one_line(_addressed(message, address))[:SUBJECT_LENGTH],
            "text": message.text,
            "html": message.html,
            "calendar": message.calendar,
            "calendar_method": message.calendar_method,
            "reply_to": message.reply_to,
            "reason": message.reason[:REASON_LENGTH],
            "queued_at": at,
            "not_before": not_before,
            "expires_at": message.expires_at,
        },
    )
    if created and not (not_before and not_before > at):
        after_commit(deliver_email, email_id=email.pk)
    return created


def _turn(address: str, *, at: datetime) -> datetime:
    """When a letter more may leave; two doors that ask together wait for each other.

    Letters to our own box come from people who ask for something: none of them is too many.
    """
    if address == parseaddr(settings.REPLY_TO_EMAIL)[1]:
        return at
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDER_LOCK, [f"outsider:{address}"])
    leaves_at = Greatest("queued_at", Coalesce("not_before", "queued_at"))
    others = OutgoingEmail.objects.filter(to_address=address, recipient__isnull=True)
    late = others.order_by(leaves_at.desc()).values_list(leaves_at, flat=True)
    third = late[OUTSIDER_LETTERS - 1 : OUTSIDER_LETTERS].first()
    return max(at, third + OUTSIDER_SPAN) if third else at


def _addressed(message: Message, address: str) -> str:
    """In a box of several people, the subject says for whom the letter is."""
    person = message.recipient
    if person is None or address != person.delivery_email:
        return message.subject
    with override(person.language):
        words = _("Pour : %(name)s – %(subject)s")
    return words % {"name": person, "subject": message.subject}


def resend(email: OutgoingEmail, *, at: datetime) -> bool:
    """Start an abandoned e-mail's tries again. False when it is sent, or still being tried."""
    again = OutgoingEmail.objects.filter(pk=email.pk, sent_at=None, abandoned_at__isnull=False)
    changes = {"abandoned_at": None, "not_before": None, "expires_at": None, "claimed_at": None}
    with transaction.atomic():
        done = again.update(attempts=0, last_error="", updated_at=at, **changes)
        if done:
            after_commit(deliver_email, email_id=email.pk)
    return bool(done)


def withdraw(keys: Collection[str]) -> int:
    """Take back promises whose reason is gone; how many. What a worker tried stays."""
    untried = OutgoingEmail.objects.untried().filter(key__in=keys)
    return untried.delete()[0]


def _refused(message: Message) -> bool:
    if message.category == Category.PROMOTION:
        return message.recipient is None or not agrees_to_news(message.recipient.pk)
    return (
        message.category in REFUSABLE
        and message.recipient is not None
        and OptOut.objects.filter(user=message.recipient, category=message.category).exists()
    )
