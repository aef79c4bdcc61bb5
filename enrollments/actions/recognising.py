"""Following a parcours with what one knows already, and in the version of today."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from courses.actions import freeze_path
from courses.models import Course, Path
from enrollments.models import PathEnrollment, Recognition


@transaction.atomic
def recognise(
    *, learner: User, course: Course, title: str, organiser: str, done_on: date, at: datetime
) -> Recognition:
    """Count a training followed elsewhere in its author's parcours; said again, it changes."""
    if done_on > at.astimezone(QUEBEC).date():
        raise ActionError(_("Cette date est à venir : écrivez le jour où vous avez terminé."))
    row, __ = Recognition.objects.update_or_create(
        learner=learner,
        course=course,
        defaults={
            "title": title, "organiser": organiser, "done_on": done_on, "declared_at": at,
        },
    )  # fmt: skip
    return row


def unrecognise(*, learner: User, course: Course) -> bool:
    """Take the declaration back. False when there is none."""
    gone, __ = Recognition.objects.visible_to(learner).filter(course=course).delete()
    return bool(gone)


@transaction.atomic
def renew_path(*, learner: User, path: Path, at: datetime) -> None:
    """Follow the parcours as it is today; what is done stays done."""
    followed = PathEnrollment.objects.visible_to(learner).live().filter(path=path)
    followed.update(version=freeze_path(path=path, at=at), updated_at=at)
