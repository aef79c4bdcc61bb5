"""Joining and leaving courses and parcours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.documents import stations
from courses.models import Course, Path
from courses.queries import document
from enrollments.actions.seats import release_all
from enrollments.enums import Status
from enrollments.models import Enrollment, PathEnrollment
from municipalities.models import Mandate


class EnrollmentRefused(ActionError):
    """The person may not join this course now."""


@transaction.atomic
def enroll(*, learner: User, course: Course, mandate: Mandate, at: datetime) -> Enrollment:
    """Open an enrolment in the version in force, or return the live one the person already has.

    Raises EnrollmentRefused when the course is not offered, or the mandate is not the person's
    or not in force on that day in Québec.
    """
    if course.current_version_id is None or course.withdrawn_at is not None:
        raise EnrollmentRefused(_("Ce cours n’est pas offert en ce moment."))
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if not Mandate.objects.in_force(on=today).filter(pk=mandate.pk, user=learner).exists():
        raise EnrollmentRefused(_("Ce mandat n’est plus en vigueur : choisissez-en un autre."))
    required = sum(each["required"] for each in stations(document(course.current_version_id)))
    enrollment, __ = Enrollment.objects.live().get_or_create(
        learner=learner,
        course=course,
        defaults={
            "version_id": course.current_version_id,
            "mandate": mandate,
            "enrolled_at": at,
            "stations_total": required,
        },
    )
    return enrollment


@transaction.atomic
def withdraw(*, enrollment_id: int, at: datetime) -> None:
    """Leave a course that is not finished, and its seats to come. Safe to repeat.

    What was done stays in the ledger.
    """
    # Sessions are locked before enrolments, here as where attendance is taken.
    release_all(enrollment_id=enrollment_id, at=at)
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    if enrollment.status == Status.COMPLETED:
        raise EnrollmentRefused(_("Ce cours est terminé : il reste à votre dossier."))
    if enrollment.status == Status.ACTIVE:
        enrollment.status = Status.WITHDRAWN
        enrollment.withdrawn_at = at
        enrollment.save(update_fields=["status", "withdrawn_at", "updated_at"])


@transaction.atomic
def enroll_in_path(*, learner: User, path: Path, at: datetime) -> PathEnrollment:
    """Follow a parcours, or return the one followed already; its courses are joined one by one."""
    followed, __ = PathEnrollment.objects.filter(withdrawn_at__isnull=True).get_or_create(
        learner=learner, path=path, defaults={"started_at": at}
    )
    return followed
