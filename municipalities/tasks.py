from celery import shared_task
from django.utils import timezone

from municipalities.actions import duties, imports, letters
from municipalities.enums import BatchState
from municipalities.models import ImportBatch


@shared_task
def commit_import(*, batch_id: int) -> None:
    """Heard twice, or cut short: the import is done once, or not at all."""
    imports.commit(batch_id=batch_id, at=timezone.now())


@shared_task
def resume_imports() -> None:
    """Imports that a killed worker, or a bell that nobody heard, left undone."""
    running = ImportBatch.objects.filter(state=BatchState.RUNNING)
    for batch_id in running.values_list("pk", flat=True):
        commit_import.delay(batch_id=batch_id)


@shared_task
def tell_of_refusal(*, refusal_id: int) -> None:
    letters.tell_of_refusal(refusal_id=refusal_id, at=timezone.now())


@shared_task
def remind_duties() -> None:
    """Deadlines that the law sets for elected people."""
    duties.remind(at=timezone.now())
