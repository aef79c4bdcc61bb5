from celery import shared_task
from django.utils import timezone

from enrollments import actions
from enrollments.actions import reminding


@shared_task
def send_reminders() -> None:
    """A bell that is not heard costs an hour: what is due stays due."""
    reminding.remind(at=timezone.now())


@shared_task
def tell_changes() -> None:
    """Tell people of the sessions that moved; the rows say who has not heard yet."""
    while actions.tell_changes(at=timezone.now()):
        pass
