"""Sessions as ATN plans them: times and places that people have put in their calendars."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from courses.enums import SessionStatus
from courses.models import CourseSession

# What a calendar shows: a change of any of these is news for whoever holds a seat.
NEWS = (
    "title",
    "mode",
    "starts_at",
    "ends_at",
    "time_zone",
    "place",
    "address",
    "online_url",
    "phone_access",
)


class SessionRefused(ActionError):
    """The session may not change in this way."""


def refusal(before: CourseSession | None, starts_at: datetime, *, at: datetime) -> str:
    """Why a session cannot be written with this beginning; empty when it can."""
    if before is not None and before.is_cancelled:
        return _("Cette rencontre est annulée : créez-en une autre.")
    if starts_at <= at and (before is None or before.starts_at != starts_at):
        return _("Ce moment est déjà passé.")
    return ""


@transaction.atomic
def save_session(*, session: CourseSession, by: User, at: datetime) -> CourseSession:
    """Write a new session, or the changes of one; its sequence grows when calendars must follow.

    Holders of seats hear of it within a minute: the seats say what was told last. Raises
    SessionRefused for a session called off, and for a beginning in the past.
    """
    before = CourseSession.objects.select_for_update().filter(pk=session.pk).first()
    if why := refusal(before, session.starts_at, at=at):
        raise SessionRefused(why)
    changed = [name for name in NEWS if before and getattr(before, name) != getattr(session, name)]
    if before is not None:
        session.sequence = before.sequence + bool(changed)
    session.save()
    verb = "session.changed" if before else "session.planned"
    record(at=at, actor=by, verb=verb, target=str(session.uuid), fields=changed)
    return session


@transaction.atomic
def call_off(*, session_id: int, reason: str, by: User, at: datetime) -> CourseSession:
    """Cancel a session to come; whoever holds a seat hears of it, with the reason.

    Safe to repeat. Raises SessionRefused once it has begun.
    """
    session = CourseSession.objects.select_for_update().get(pk=session_id)
    if session.is_cancelled:
        return session
    if session.starts_at <= at:
        raise SessionRefused(_("Cette rencontre est commencée : elle ne s’annule plus."))
    session.status = SessionStatus.CANCELLED
    session.cancellation_reason = reason
    session.sequence += 1
    session.save(update_fields=["status", "cancellation_reason", "sequence", "updated_at"])
    record(at=at, actor=by, verb="session.called_off", target=str(session.uuid), reason=reason)
    return session
