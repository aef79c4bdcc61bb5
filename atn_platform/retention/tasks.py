from celery import shared_task
from django.utils import timezone

from atn_platform.retention import actions
from atn_platform.retention.models import RetentionRun


@shared_task
def carry_out(*, run_id: int) -> None:
    actions.carry_out(run_id=run_id, at=timezone.now())


@shared_task
def pass_by() -> None:
    """Each night: finish what was approved and cut short, then warn and propose."""
    for run_id in RetentionRun.objects.filter(approved_at__isnull=False, done_at=None).values_list(
        "pk", flat=True
    ):
        actions.carry_out(run_id=run_id, at=timezone.now())
    actions.watch_idle_accounts(at=timezone.now())
    actions.propose(at=timezone.now())
