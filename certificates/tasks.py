from celery import shared_task
from django.utils import timezone

from certificates import actions, queries

SWEEP_SIZE = 500


@shared_task
def issue_certificate(*, enrollment_id: int) -> None:
    """Issue, then make the file; two transactions, so that a kill between them loses neither."""
    certificate = actions.issue(enrollment_id=enrollment_id, at=timezone.now())
    actions.produce_file(certificate_id=certificate.pk, at=timezone.now())


@shared_task
def settle_debts() -> None:
    """Find what killed workers and lost messages left undone."""
    completed = queries.completed_without_certificate()
    for enrollment_id in completed.values_list("pk", flat=True)[:SWEEP_SIZE]:
        issue_certificate.delay(enrollment_id=enrollment_id)
    for certificate_id in queries.without_file().values_list("pk", flat=True)[:SWEEP_SIZE]:
        produce_file.delay(certificate_id=certificate_id)


@shared_task
def produce_file(*, certificate_id: int) -> None:
    actions.produce_file(certificate_id=certificate_id, at=timezone.now())
