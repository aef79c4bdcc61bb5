from datetime import timedelta
from smtplib import SMTPException

from celery import shared_task
from django.utils import timezone

from atn_platform.notifications import delivery


@shared_task(
    autoretry_for=(SMTPException, OSError),
    retry_backoff=30,
    retry_backoff_max=3600,
    max_retries=8,
)
def deliver_email(*, email_id: int) -> None:
    delivery.deliver(email_id=email_id, now=timezone.now())


@shared_task
def deliver_waiting() -> None:
    """Pick up promises whose task was lost between the commit and the broker."""
    for email_id in delivery.waiting(before=timezone.now() - timedelta(minutes=2)):
        deliver_email.delay(email_id=email_id)
