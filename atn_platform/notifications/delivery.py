"""After the queue: what a worker does with one promised e-mail."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet

from atn_platform.notifications.models import OutgoingEmail


@transaction.atomic
def deliver(*, email_id: int, now: datetime) -> bool:
    """Send the e-mail unless it is sent already or another worker is holding it.

    A crash between the server's yes and our commit sends twice, with the same Message-ID.
    """
    email = (
        OutgoingEmail.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=email_id, sent_at__isnull=True, abandoned_at__isnull=True)
        .first()
    )
    if email is None:
        return False
    message = EmailMultiAlternatives(
        subject=email.subject,
        body=email.text,
        to=[email.to_address],
        headers={"Message-ID": f"<{email.key}@atn.example>"},
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    message.send()
    email.sent_at = now
    email.save(update_fields=["sent_at", "updated_at"])
    return True


def waiting(*, before: datetime) -> QuerySet[OutgoingEmail, int]:
    """Ids of e-mails promised before a moment and still to be sent, oldest first."""
    rows = OutgoingEmail.objects.filter(
        sent_at__isnull=True, abandoned_at__isnull=True, queued_at__lt=before
    )
    return rows.order_by("queued_at").values_list("pk", flat=True)
