from celery import shared_task
from django.utils import timezone

from atn_platform.privacy import actions
from atn_platform.privacy.models import DataExport


@shared_task
def build_export(*, export_id: int) -> None:
    actions.build(export_id=export_id, at=timezone.now())


@shared_task
def settle_exports() -> None:
    """Files that a killed worker or an unheard bell left unmade, and those to let go."""
    for export_id in DataExport.objects.owed().values_list("pk", flat=True):
        build_export.delay(export_id=export_id)
    actions.let_go(at=timezone.now())
