"""Before the queue: the only door through which any app sends an e-mail."""

from datetime import datetime

from django.db import transaction

from atn_platform.core.queueing import after_commit
from atn_platform.notifications.enums import REFUSABLE
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OptOut, OutgoingEmail
from atn_platform.notifications.tasks import deliver_email


@transaction.atomic
def queue(message: Message, *, at: datetime) -> bool:
    """Promise one e-mail. False, and nothing more, when its key was promised before.

    Also False when the person has no address, or refused this category of messages.
    """
    address = message.to_address or (message.recipient.email if message.recipient else None)
    if not address or _refused(message):
        return False
    email, created = OutgoingEmail.objects.get_or_create(
        key=message.key,
        defaults={
            "category": message.category,
            "recipient": message.recipient,
            "to_address": address,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "calendar": message.calendar,
            "calendar_method": message.calendar_method,
            "reason": message.reason,
            "queued_at": at,
        },
    )
    if created:
        after_commit(deliver_email, email_id=email.pk)
    return created


def _refused(message: Message) -> bool:
    return (
        message.category in REFUSABLE
        and message.recipient is not None
        and OptOut.objects.filter(user=message.recipient, category=message.category).exists()
    )
