"""Joining courses and parcours."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.actions import freeze_path
from courses.documents import stations
from courses.models import Course, Path
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import Enrollment, PathEnrollment
from enrollments.queries.groups import ordering_lines
from enrollments.queries.paths import held_back
from municipalities.models import Mandate


class EnrollmentRefused(ActionError):
    """The person may not join this course now."""


@transaction.atomic
def enroll(*, learner: User, course: Course, mandate: Mandate, at: datetime) -> Enrollment:
    """Open an enrolment in the version in force, or return the live one the person already has.

    A course set aside is taken up where it was left, on the version followed then, when it is
    joined again under the same mandate or one that prolongs it. Under another mandate it begins
    anew: what is done in one capacity is never counted in another. Raises EnrollmentRefused when
    the course is not offered, when a parcours in a required order holds it for later, or when
    the mandate is not the person's or not in force on that day in Québec.
    """
    if course.current_version_id is None or course.withdrawn_at is not None:
        raise EnrollmentRefused(_("Ce cours n’est pas offert en ce moment."))
    learner = User.objects.who_goes_on(learner)
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if not Mandate.objects.in_force(on=today).filter(pk=mandate.pk, user=learner).exists():
        raise EnrollmentRefused(_("Ce mandat n’est plus en vigueur : choisissez-en un autre."))
    if before := held_back(learner, course):
        raise EnrollmentRefused(
            _("Votre parcours suit un ordre : ce cours s’ouvre après l’%s.") % before
        )
    if resumed := _taken_up(learner, course, mandate):
        return resumed
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


def _taken_up(learner: User, course: Course, mandate: Mandate) -> Enrollment | None:
    """The enrolment set aside last, open again; None when there is none, or one is open."""
    mine = Enrollment.objects.visible_to(learner).filter(course=course)
    if mine.live().exists():
        return None
    aside = mine.filter(status=Status.WITHDRAWN, mandate__thread=mandate.thread)
    aside = aside.order_by("-withdrawn_at")
    # The lock makes a second request wait, then see that the row is open.
    found = aside.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        return None
    found.status = Status.ACTIVE
    found.withdrawn_at = None
    try:
        with transaction.atomic():
            found.save(update_fields=["status", "withdrawn_at", "updated_at"])
    except IntegrityError:
        return None  # meanwhile another request opened one: the caller finds it
    return found


@transaction.atomic
def enroll_in_path(*, learner: User, path: Path, at: datetime) -> PathEnrollment:
    """Follow a parcours as it is today, or return the one followed already.

    Its courses are joined one by one. Whoever left it comes back to the order that a group wants.
    """
    learner = User.objects.who_goes_on(learner)
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    wanted = ordering_lines(on=today).filter(mandate__user=learner, path=path)
    followed, __ = PathEnrollment.objects.live().get_or_create(
        learner=learner,
        path=path,
        defaults={
            "started_at": at,
            "version": freeze_path(path=path, at=at),
            "in_order": wanted.exists(),
        },
    )
    return followed
