"""The words of the reminders: facts, how long the next step takes, and no reproach.

Days are written in full, never « demain »: a message may be read, or leave, the day after.
"""

from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from atn_platform.core import wording
from atn_platform.notifications.emails import Timing, absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from courses.documents import LessonDoc
from courses.enums import LessonKind
from courses.queries import document
from enrollments.enums import ReminderRule, Seat
from enrollments.models import Registration
from enrollments.queries.reminders import Reminder, zone_of


@written_for(lambda due, **_kw: due.person)
def reminder(due: Reminder, *, at: datetime) -> Message:
    """The message of a reminder; it waits for office hours, and expires with its sense."""
    seat = due.registration
    template, subject, context = _course(due) if seat is None else _session(seat)
    return compose(
        key=due.key,
        category=Category.REMINDER,
        recipient=due.person,
        template=template,
        context={"first_name": due.person.first_name, **context},
        subject=subject,
        reason=due.reason,
        timing=Timing(
            not_before=due.leaves_at if due.leaves_at > at else None, expires_at=due.expires_at
        ),
    )


def _course(due: Reminder) -> tuple[str, str, dict[str, Any]]:
    followed = document(due.enrollment.version_id)
    step = due.step
    begun = due.rule == ReminderRule.DORMANT
    context = {
        "course": wording.quoted(followed["title"]),
        "begun": begun,
        "done": due.enrollment.stations_done,
        "total": due.enrollment.stations_total,
        "step": wording.quoted(step["title"]) if step else "",
        "is_meeting": step is not None and step["kind"] == LessonKind.MEETING,
        "minutes": wording.duration(step["minutes"]) if step and step["minutes"] else "",
        "url": _resume_url(followed["code"], step),
    }
    return "course_reminder", _course_subject(context), context


def _course_subject(context: dict[str, Any]) -> str:
    if context["is_meeting"]:
        words = _("Une date de rencontre à choisir pour %(course)s")
    elif not context["minutes"]:
        words = _("Quand vous voulez : la suite de %(course)s")
    elif context["begun"]:
        words = _("Environ %(minutes)s pour la suite de %(course)s")
    else:
        words = _("Environ %(minutes)s pour commencer %(course)s")
    return words % context


def _resume_url(code: str, step: LessonDoc | None) -> str:
    if step is None or step["kind"] == LessonKind.MEETING:
        return absolute("enrollments:course", code.lower())
    return absolute("enrollments:lesson", code.lower(), step["key"])


def _session(seat: Registration) -> tuple[str, str, dict[str, Any]]:
    session = seat.session
    starts = session.starts_at.astimezone(zone_of(session.time_zone))
    ends = session.ends_at.astimezone(starts.tzinfo)
    day = capfirst(wording.day(starts, weekday=True))
    on_site = seat.seat == Seat.ON_SITE
    context = {
        "session": wording.quoted(session.title),
        "day": day,
        "hours": capfirst(wording.span(starts, ends)),
        "zone": wording.zone(session.time_zone),
        "own_hour": _own_hour(seat, starts),
        "on_site": on_site,
        "place": ", ".join(filter(None, (session.place, session.address))) if on_site else "",
        "online_url": "" if on_site else session.online_url,
        "phone": "" if on_site else session.phone_access,
        "captions": session.captions_note,
        "note": session.note,
        "url": absolute("enrollments:session", session.uuid),
    }
    subject = _("%(day)s, %(hour)s : %(session)s") % {
        "day": day,
        "hour": wording.hour(starts),
        "session": session.title,
    }
    return "session_reminder", subject, context


def _own_hour(seat: Registration, starts: datetime) -> str:
    """The hour on the person's own clock, when their municipality lives at another one."""
    own = starts.astimezone(zone_of(seat.enrollment.mandate.organisation.time_zone))
    return "" if own.utcoffset() == starts.utcoffset() else wording.hour(own)
