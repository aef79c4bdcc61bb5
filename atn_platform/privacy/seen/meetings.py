"""What meetings show: to whoever gives them, and, of whoever gives them, to everybody."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.privacy.seen.sights import Sight, facts, shown, sight
from courses.models import CourseSession
from enrollments.models import Slot
from enrollments.queries import sessions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atn_platform.privacy.seen.sights import Facts


def to_givers(user: User) -> list[Sight]:
    """The person's lines on the sheets of their meetings, one screen for each meeting."""
    return [
        sight(
            _("%(title)s, %(day)s")
            % {"title": line.session.title, "day": wording.day(line.session.local_start)},
            [
                facts(
                    (_("Nom"), line.learner),
                    (_("Place"), line.get_seat_display()),
                    (_("Vos besoins"), line.accessibility_needs),
                    (_("Présence"), line.get_attendance_display()),
                )
            ],
        )
        for line in sessions.on_sheets(user)
    ]


def to_everybody(user: User, *, at: datetime) -> list[Sight]:
    """Whoever gives a meeting, or offers a moment, is announced with it."""
    return shown(
        sight(_("les rencontres que vous animez"), _announced(user, at)),
        sight(_("les plages que vous offrez"), _offered(user, at)),
    )


def _announced(user: User, at: datetime) -> "Iterator[Facts]":
    given = CourseSession.objects.filter(sessions.PUBLISHED, instructor=user, ends_at__gt=at)
    for each in given.select_related("instructor").order_by("starts_at"):
        yield facts(
            (_("Rencontre"), each.title),
            (_("Le"), wording.day(each.local_start)),
            (_("Anime la rencontre"), each.instructor),
        )


def _offered(user: User, at: datetime) -> "Iterator[Facts]":
    for each in Slot.objects.open_to_all(at=at).filter(coach=user).select_related("coach"):
        yield facts(
            (_("Accompagnement"), each.coach),
            (_("Le"), wording.day(each.local_start)),
        )
