"""What people are told when somebody of their organisation enrols or reminds them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import french, wording
from atn_platform.core.office_hours import QUEBEC, opening
from atn_platform.notifications.emails import Timing, absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from courses.enums import PathOrder
from courses.queries import document
from enrollments.models import GroupEnrollment, GroupLine
from enrollments.queries.nudges import Candidate, nudge_key
from municipalities.models import Organisation

GROUP = "group-enrolled"
# Letters that a responsable sends wait this long, so that a slip can be taken back.
HOLD = timedelta(minutes=5)
NUDGE_LASTS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter before it leaves: without its foot, whose links are its reader's alone."""

    subject: str
    body: str
    # Of whoever will read it, who may not read the language of the sender.
    lang: str


def shown(message: Message) -> Shown:
    body = message.text.partition("\n--\n")[0].removeprefix(message.subject)
    reader = message.recipient
    tag = wording.TAGS[reader.language if reader else wording.FRENCH]
    return Shown(message.subject, body.strip(), tag)


@written_for(lambda _group, line, **_kw: line.mandate.user)
def enrolled(group: GroupEnrollment, line: GroupLine, *, by: User, at: datetime) -> Message:
    """You are enrolled; nothing obliges you, and this is how to say no."""
    facts = _of_course(line) if line.course else _of_path(line, in_order=group.in_order)
    subject = _("%(by)s vous propose %(what)s") % {"by": by, "what": facts["what"]}
    reason = _("%(by)s (%(organisation)s) a fait cette inscription pour vous le %(day)s.") % {
        "by": by,
        "organisation": group.organisation.name,
        "day": wording.day(at.astimezone(QUEBEC)),
    }
    return compose(
        key=key_of(group, line),
        category=Category.INVITATION,
        recipient=line.mandate.user,
        template="group_enrolled",
        context={
            "first_name": line.mandate.user.first_name,
            "by": str(by),
            "organisation": group.organisation.name,
            "advised_on": group.advised_on,
            **facts,
        },
        subject=subject,
        reason=french.typography(reason),
        timing=Timing(not_before=opening(at + HOLD)),
    )


def key_of(group: GroupEnrollment, line: GroupLine) -> str:
    """One letter a person, a course and a day, however often a group is done and taken back."""
    done = (group.done_at or group.chosen_at).astimezone(QUEBEC)
    what = line.course.code if line.course else f"parcours-{line.path_id}"
    return f"{GROUP}:{line.mandate.user_id}:{what}-{done:%Y%m%d}"


def _of_course(line: GroupLine) -> dict[str, Any]:
    course = line.course
    found = document(course.current_version_id) if course and course.current_version_id else None
    if course is None or found is None:
        return {}
    code = course.code.lower()
    return {
        "what": wording.quoted(found["title"]),
        "minutes": wording.duration(found["minutes"]),
        "url": absolute("enrollments:course", code),
        "leave_url": absolute("enrollments:leave", code),
    }


def _of_path(line: GroupLine, *, in_order: bool) -> dict[str, Any]:
    path = line.path
    if path is None:
        return {}
    return {
        "what": wording.quoted(path.title),
        "is_path": True,
        "in_order": in_order or path.order == PathOrder.REQUIRED,
        "url": absolute("enrollments:path", path.code),
        "leave_url": absolute("enrollments:leave-path", path.code),
    }


@written_for(lambda candidate, *_args, **_kw: candidate.mandate.user)
def nudge(candidate: Candidate, organisation: Organisation, *, by: User, at: datetime) -> Message:
    """A colleague's word on a course that is open and not begun."""
    person = candidate.mandate.user
    title = wording.quoted(document(candidate.enrollment.version_id)["title"])
    step = candidate.step
    leaves_at = opening(at + HOLD)
    minutes = wording.duration(step["minutes"]) if step and step["minutes"] else ""
    reason = _("%(by)s (%(organisation)s) a demandé ce rappel le %(day)s.") % {
        "by": by,
        "organisation": organisation.name,
        "day": wording.day(at.astimezone(QUEBEC)),
    }
    return compose(
        key=nudge_key(candidate.enrollment, at=at),
        category=Category.REMINDER,
        recipient=person,
        template="nudge",
        context={
            "first_name": person.first_name,
            "by": str(by),
            "organisation": organisation.name,
            "course": title,
            "step": wording.quoted(step["title"]) if step else "",
            "minutes": minutes,
            "url": absolute("enrollments:course", candidate.enrollment.course.code.lower()),
        },
        subject=_("Quand vous voulez : %(course)s") % {"course": title},
        reason=french.typography(reason),
        timing=Timing(not_before=leaves_at, expires_at=leaves_at + NUDGE_LASTS),
    )
