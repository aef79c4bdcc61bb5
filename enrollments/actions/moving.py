"""Taking the people under way in a course over to its newest version."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from courses.models import Course, CourseVersion
from enrollments.actions.ledger import change_version
from enrollments.models import VersionMove
from enrollments.queries.moving import to_move

AT_ONCE = 100


class MoveRefused(ActionError):
    """Nobody can be taken over to this version."""


@transaction.atomic
def ask_move(
    *, version: CourseVersion, leaving: Collection[int] = (), by: User, at: datetime
) -> VersionMove:
    """Promise that people under way go on in the version in force; a second call adds nothing.

    `leaving` names the versions whose people go, by number; nobody of the others does. Raises
    MoveRefused when a newer version is in force, the course is withdrawn, or other people are on
    their way already.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=version.course_id)
    if course.current_version_id != version.pk or course.withdrawn_at is not None:
        raise MoveRefused(_("Cette version n’est plus en vigueur : personne n’y est déplacé."))
    chosen, people = sorted(set(leaving)), to_move(version, leaving).count()
    found, is_new = VersionMove.objects.get_or_create(
        version=version, defaults={"leaving": chosen, "people": people, "asked_at": at}
    )
    if found.finished_at is not None and people:
        # Other versions, or whoever took a course up again since on the one followed before.
        found.leaving, found.people, found.asked_at, found.finished_at = chosen, people, at, None
        found.save(update_fields=["leaving", "people", "asked_at", "finished_at", "updated_at"])
        is_new = True
    if found.finished_at is None and found.leaving != chosen:
        raise MoveRefused(_("Un changement de version est en cours : attendez qu’il finisse."))
    if is_new:
        facts = {"count": people, "leaving": chosen}
        record(at=at, actor=by, verb="course.people_moved", target=str(version), **facts)
    return found


def move_some(*, move_id: int, at: datetime) -> bool:
    """Take the next people over, each in a transaction of their own; False when nobody is left.

    Two that run together wait for each other person by person, and whoever is moved is passed by.
    A version that is no longer in force stops it: nobody is brought to a text already replaced.
    """
    move = VersionMove.objects.select_related("version__course").get(pk=move_id)
    version = move.version
    if move.finished_at is not None:
        return False
    is_in_force = version.course.current_version_id == version.pk
    left = (
        list(to_move(version, move.leaving).values_list("pk", flat=True)[:AT_ONCE])
        if is_in_force
        else []
    )
    for enrollment_id in left:
        change_version(enrollment_id=enrollment_id, version=version, at=at)
    if not left:
        unfinished = VersionMove.objects.running().filter(pk=move_id)
        unfinished.update(finished_at=at, updated_at=at)
    return bool(left)
