"""Setting courses and parcours aside: nothing of what was done is lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from courses.models import Path
from enrollments.actions.enrolling import EnrollmentRefused
from enrollments.actions.seats import release_all
from enrollments.enums import Status
from enrollments.models import Enrollment, PathEnrollment


@transaction.atomic
def withdraw(*, enrollment_id: int, at: datetime) -> None:
    """Leave a course that is not finished, and its seats to come. Safe to repeat.

    What was done stays in the ledger; actions.enroll takes the enrolment up again.
    """
    # Sessions are locked before enrolments, here as where attendance is taken.
    release_all(enrollment_id=enrollment_id, at=at)
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    if enrollment.status == Status.COMPLETED:
        raise EnrollmentRefused(_("Ce cours est terminé : il reste à votre dossier."))
    if enrollment.status == Status.ACTIVE:
        enrollment.status = Status.WITHDRAWN
        enrollment.withdrawn_at = at
        enrollment.save(update_fields=["status", "withdrawn_at", "updated_at"])


@transaction.atomic
def leave_path(*, learner: User, path: Path, at: datetime) -> None:
    """Follow a parcours no more; its courses stay as they are. Safe to repeat."""
    followed = PathEnrollment.objects.visible_to(learner).live().filter(path=path)
    followed.update(withdrawn_at=at, updated_at=at)
