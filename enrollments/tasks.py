from celery import shared_task
from django.utils import timezone

from enrollments.actions import reminding


@shared_task
def send_reminders() -> None:
    """A bell that is not heard costs an hour: what is due stays due."""
    reminding.remind(at=timezone.now())
