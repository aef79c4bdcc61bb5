"""Giving a seat back, and telling its holder what became of the session."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from courses.models import CourseSession
from enrollments.emails import sessions as emails
from enrollments.enums import SEATS, Attendance
from enrollments.models import Registration

BATCH = 200


class RegistrationRefused(ActionError):
    """A seat that cannot be taken, or given back, now."""


@transaction.atomic
def cancel(*, registration_id: int, at: datetime) -> None:
    """Give the seat back; the person's calendar hears of it. Safe to repeat.

    Raises RegistrationRefused once the session is over or the attendance is taken.
    """
    registration = _locked(registration_id)
    if registration.cancelled_at is not None:
        return
    if registration.attendance != Attendance.UNKNOWN or registration.session.ends_at <= at:
        raise RegistrationRefused(_("Cette rencontre a eu lieu : votre place reste au dossier."))
    release(registration, at=at)


def release(registration: Registration, *, at: datetime) -> None:
    """Free a seat whose session row is locked by the caller."""
    registration.cancelled_at = at
    registration.changes += 1
    registration.save(update_fields=["cancelled_at", "changes", "updated_at"])
    outbox.queue(emails.seat_given_back(registration), at=at)


@transaction.atomic
def release_all(*, enrollment_id: int, at: datetime) -> None:
    """Free the seats to come of someone who leaves a course."""
    held = Registration.objects.held().filter(
        enrollment=enrollment_id, session__starts_at__gt=at, attendance=Attendance.UNKNOWN
    )
    for pk in held.order_by("session").values_list("pk", flat=True):
        release(_locked(pk), at=at)


@transaction.atomic
def tell_changes(*, at: datetime) -> int:
    """Promise one message to each holder whose session changed since they last heard of it.

    At most BATCH at a time, counted; two workers never hold the same seat.
    """
    owed = Registration.objects.owed_news(at=at).select_for_update(
        skip_locked=True, of=("self",), no_key=True
    )
    registrations = list(
        owed.select_related("session__course", "learner").order_by("session", "pk")[:BATCH]
    )
    for registration in registrations:
        _follow(registration)
        if registration.session.is_cancelled:
            outbox.queue(emails.session_called_off(registration), at=at)
        else:
            outbox.queue(emails.session_changed(registration), at=at)
        registration.told_sequence = registration.session.sequence
        registration.save(update_fields=["seat", "told_sequence", "updated_at"])
    return len(registrations)


def _follow(registration: Registration) -> None:
    """Move the seat to the only way of attending that is left: a storm, and all are online."""
    offered = SEATS[registration.session.mode]
    if registration.seat not in offered:
        registration.seat = offered[0]


def _locked(registration_id: int) -> Registration:
    """The seat, with its session's row locked first, as everywhere."""
    session = Registration.objects.values("session").get(pk=registration_id)["session"]
    CourseSession.objects.select_for_update(no_key=True).get(pk=session)
    found = Registration.objects.select_related("session__course", "learner")
    return found.get(pk=registration_id)
