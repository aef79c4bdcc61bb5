"""Who answers for a course, when it is read again, and how it stops being offered."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications import outbox
from courses import emails
from courses.models import Course
from courses.queries.care import reminders_due


class WithdrawalRefused(ActionError):
    """The course cannot be withdrawn in this way."""


@transaction.atomic
def entrust(
    *, course: Course, owner: User | None, review_on: date | None, by: User, at: datetime
) -> None:
    """Say who answers for the content and by when it is read again. Safe to repeat."""
    row = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if (row.owner, row.review_on) == (owner, review_on):
        return
    row.owner, row.review_on = owner, review_on
    row.save(update_fields=["owner", "review_on", "updated_at"])
    said = review_on.isoformat() if review_on else ""
    people = [owner.pk] if owner else []
    record(
        at=at, actor=by, verb="course.entrusted", target=row.code, people=people, review_on=said
    )


@transaction.atomic
def withdraw(*, course: Course, successor: Course | None, by: User, at: datetime) -> None:
    """Offer the course to nobody new; those who follow it finish it. Safe to repeat.

    Raises WithdrawalRefused when it was never published, or the successor is not offered.
    """
    both = [course.pk, *([successor.pk] if successor else [])]
    rows = Course.objects.filter(pk__in=both).select_for_update(no_key=True).order_by("pk")
    found = {row.pk: row for row in rows}
    row = found[course.pk]
    if row.current_version_id is None:
        raise WithdrawalRefused(_("Ce cours n’a jamais été publié : il n’est offert à personne."))
    heir = found[successor.pk] if successor else None
    if heir is not None:
        is_offered = heir.current_version_id is not None and heir.withdrawn_at is None
        if heir == row or not is_offered:
            raise WithdrawalRefused(_("Choisissez un autre cours, offert en ce moment."))
    row.withdrawn_at, row.successor = row.withdrawn_at or at, heir
    row.save(update_fields=["withdrawn_at", "successor", "updated_at"])
    named = heir.code if heir else ""
    record(at=at, actor=by, verb="course.withdrawn", target=row.code, successor=named)


@transaction.atomic
def offer_again(*, course: Course, by: User, at: datetime) -> None:
    """Take a withdrawal back: the version in force is offered as before. Safe to repeat."""
    row = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    if row.withdrawn_at is None:
        return
    row.withdrawn_at, row.successor = None, None
    row.save(update_fields=["withdrawn_at", "successor", "updated_at"])
    record(at=at, actor=by, verb="course.offered_again", target=row.code)


def remind_owners(*, at: datetime) -> int:
    """Tell owners whose course is soon to be read again, or is late; one letter a promise."""
    told = 0
    for due in reminders_due(on=at.astimezone(QUEBEC).date()):
        told += outbox.queue(emails.to_review(due), at=at)
    return told
