"""What happens below and concerns certificates."""

from typing import Any

from django.dispatch import receiver

from atn_platform.core.queueing import after_commit
from certificates.signals import certificate_reissued
from certificates.tasks import issue_certificate, produce_file
from enrollments.signals import enrollment_completed


@receiver(enrollment_completed, dispatch_uid="certificates.issue")
def issue_when_completed(enrollment_id: int, **kwargs: Any) -> None:
    after_commit(issue_certificate, enrollment_id=enrollment_id)


@receiver(certificate_reissued, dispatch_uid="certificates.produce")
def produce_when_reissued(certificate_id: int, **kwargs: Any) -> None:
    after_commit(produce_file, certificate_id=certificate_id)
