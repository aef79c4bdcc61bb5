from celery import shared_task
from django.utils import timezone

from atn_platform.rights import actions


@shared_task
def erase_due() -> None:
    """Rows say whose time has come: a bell that is not heard costs an hour."""
    actions.erase_due(on=timezone.localdate(), at=timezone.now())
