from celery import shared_task
from django.utils import timezone

from atn_platform.merging import actions


@shared_task
def settle() -> None:
    """Each hour: rows say which accounts became one, and which of them nobody parts any more."""
    actions.settle(on=timezone.localdate(), at=timezone.now())
