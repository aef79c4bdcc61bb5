"""The letters about an appointment, each with its entry for a calendar."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.notifications.emails import Invitation, Timing, absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from enrollments import calendars
from enrollments.models import Appointment
from enrollments.permissions import can_answer
from enrollments.queries.coaching import own_hour


@written_for(lambda appointment, *, to: to)  # noqa: ARG005 -- as the letter is called
def booked(appointment: Appointment, *, to: User) -> Message:
    return _about(
        appointment,
        to=to,
        key=f"appointment-booked:{appointment.uuid}:{to.pk}",
        subject=_("Rendez-vous pris : %s") % _when(appointment),
        reason=_("Ce rendez-vous vous réunit."),
        calendar=Invitation(calendars.appointment(appointment, to, method="REQUEST"), "REQUEST"),
        context={"off": False},
    )


@written_for(lambda appointment, *, to: to)  # noqa: ARG005
def called_off(appointment: Appointment, *, to: User) -> Message:
    return _about(
        appointment,
        to=to,
        key=f"appointment-off:{appointment.uuid}:{to.pk}",
        subject=_("Rendez-vous annulé : %s") % _when(appointment),
        reason=_("Vous aviez ce rendez-vous."),
        calendar=Invitation(calendars.appointment(appointment, to, method="CANCEL"), "CANCEL"),
        context={"off": True},
    )


def _about(
    appointment: Appointment, *, to: User, context: dict[str, Any], **parts: Any
) -> Message:
    slot = appointment.slot
    is_coach = to.pk == slot.coach_id
    # The desk is closed to whoever left the role; the page of one's own appointments never is.
    page = "enrollments:desk" if is_coach and can_answer(to) else "enrollments:appointments"
    facts = {
        "day": wording.day(slot.local_start, weekday=True),
        "hours": wording.span(slot.local_start, slot.local_end),
        "own_hour": "" if is_coach else own_hour(slot.starts_at, appointment.organisation),
        "how": slot.how,
        "about": appointment.about,
        "place": str(appointment.organisation),
        "with_whom": appointment.person if is_coach else slot.coach,
        "url": absolute(page),
    }
    return compose(
        category=Category.SESSION,
        recipient=to,
        template="appointment",
        context={**facts, **context},
        timing=Timing(expires_at=slot.ends_at + timedelta(hours=1)),
        **parts,
    )


def _when(appointment: Appointment) -> str:
    start = appointment.slot.local_start
    return f"{wording.day(start, weekday=True)}, {wording.hour(start)}"
