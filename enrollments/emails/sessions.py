"""The e-mails about sessions, as messages. Nothing is sent from here."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.core import wording
from atn_platform.notifications.emails import Invitation, Timing, absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from enrollments import calendars
from enrollments.enums import Seat
from enrollments.models import Registration


@written_for(lambda registration: registration.learner)
def session_confirmed(registration: Registration) -> Message:
    """The seat is theirs, or has changed; with the entry for their calendar."""
    session = registration.session
    return _about(
        registration,
        key=f"session-confirmed:{registration.uuid}:{registration.sequence}",
        template="session_seat",
        subject=_("Votre place est réservée : %s") % _when(registration),
        reason=_("Vous avez réservé une place à cette rencontre."),
        calendar=Invitation(calendars.invitation(registration), "REQUEST"),
        context={"lead": _("Votre place à « %s » est réservée.") % session.title},
    )


@written_for(lambda registration: registration.learner)
def session_changed(registration: Registration) -> Message:
    """The session moved, in time or place; the seat follows it."""
    session = registration.session
    return _about(
        registration,
        key=f"session-changed:{registration.uuid}:{registration.sequence}",
        template="session_seat",
        subject=_("Changement à votre rencontre : %s") % _when(registration),
        reason=_("Vous avez une place à cette rencontre, dont les détails ont changé."),
        calendar=Invitation(calendars.invitation(registration), "REQUEST"),
        context={
            "lead": _(
                "Les détails de « %s » ont changé. Votre place est gardée : voici quand et où."
            )
            % session.title
        },
    )


@written_for(lambda registration: registration.learner)
def session_called_off(registration: Registration) -> Message:
    """The academy calls the session off."""
    session = registration.session
    return _about(
        registration,
        key=f"session-called-off:{registration.uuid}:{registration.sequence}",
        template="session_off",
        subject=_("Rencontre annulée : %s") % _when(registration),
        reason=_("Vous aviez une place à cette rencontre, qui est annulée."),
        calendar=Invitation(calendars.cancellation(registration), "CANCEL"),
        context={
            "lead": _("La rencontre « %s » est annulée. Nous en sommes désolés.") % session.title,
            "why": session.cancellation_reason,
        },
    )


@written_for(lambda registration: registration.learner)
def seat_given_back(registration: Registration) -> Message:
    """The person gives their seat back."""
    session = registration.session
    return _about(
        registration,
        key=f"session-given-back:{registration.uuid}",
        template="session_off",
        subject=_("Votre place est libérée : %s") % _when(registration),
        reason=_("Vous avez libéré votre place à cette rencontre."),
        calendar=Invitation(calendars.cancellation(registration), "CANCEL"),
        context={
            "lead": _("Votre place à « %s » est libérée. Merci de l’avoir dit.") % session.title,
            "why": "",
        },
    )


def _about(registration: Registration, *, context: dict[str, Any], **parts: Any) -> Message:
    session = registration.session
    facts = {
        "day": wording.day(session.local_start, weekday=True),
        "hours": wording.span(session.local_start, session.local_end),
        "zone": wording.zone(session.time_zone),
        "online": registration.seat == Seat.ONLINE,
        "session": session,
        "url": absolute("enrollments:session", session.uuid),
        "sessions_url": absolute("enrollments:sessions"),
    }
    return compose(
        category=Category.SESSION,
        recipient=registration.learner,
        context={**facts, **context},
        # News of a session is of no use once it is over.
        timing=Timing(expires_at=session.ends_at + timedelta(hours=1)),
        **parts,
    )


def _when(registration: Registration) -> str:
    session = registration.session
    day = wording.day(session.local_start, weekday=True)
    return f"{day}, {wording.hour(session.local_start)}"
