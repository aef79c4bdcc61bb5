from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from atn_platform.notifications import delivery


@shared_task
def deliver_email(*, email_id: int) -> None:
    """Try once. The row says when to try again, and the sweep does it."""
    delivery.deliver(email_id=email_id, now=timezone.now())


@shared_task
def deliver_waiting() -> None:
    """Pick up what is due again, and promises lost between the commit and the broker."""
    now = timezone.now()
    for email_id in delivery.waiting(before=now - timedelta(minutes=2), now=now):
        deliver_email.delay(email_id=email_id)
