"""What happens below and concerns certificates."""

from typing import Any

from django.dispatch import receiver

from atn_platform.core.queueing import after_commit
from certificates.tasks import issue_certificate
from enrollments.signals import enrollment_completed


@receiver(enrollment_completed, dispatch_uid="certificates.issue")
def issue_when_completed(enrollment_id: int, **kwargs: Any) -> None:
    after_commit(issue_certificate, enrollment_id=enrollment_id)
