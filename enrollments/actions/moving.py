"""Taking the people under way in a course over to its newest version, and back."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from courses.models import Course, CourseVersion
from enrollments.actions.ledger import change_version, undo_move
from enrollments.models import MOVE_UNDO, VersionMove
from enrollments.queries.moving import returning, to_move

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
    if VersionMove.objects.being_undone().filter(version__course=course).exists():
        raise MoveRefused(_("Un retour est en cours : attendez qu’il finisse."))
    chosen, people = sorted(set(leaving)), to_move(version, leaving).count()
    last = version.moves.order_by("-asked_at", "-pk").first()
    if last is not None and last.finished_at is None and last.leaving != chosen:
        raise MoveRefused(_("Un changement de version est en cours : attendez qu’il finisse."))
    if last is not None and (last.finished_at is None or not people):
        return last
    # The first one, other versions, or whoever took the course up again on one followed before.
    move = VersionMove.objects.create(version=version, leaving=chosen, people=people, asked_at=at)
    facts = {"count": people, "leaving": chosen}
    record(at=at, actor=by, verb="course.people_moved", target=str(version), **facts)
    return move


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
        change_version(enrollment_id=enrollment_id, version=version, at=at, move_id=move.pk)
    if not left:
        unfinished = VersionMove.objects.running().filter(pk=move_id)
        unfinished.update(finished_at=at, updated_at=at)
    return bool(left)


@transaction.atomic
def ask_undo(*, move: VersionMove, by: User, at: datetime) -> VersionMove:
    """Promise that whoever did nothing since goes back; a second call adds nothing.

    Raises MoveRefused after MOVE_UNDO days, while people are still on their way, and when nobody
    would go back.
    """
    # What a move holds too: the two never run at once.
    course = Course.objects.select_for_update(no_key=True).get(pk=move.version.course_id)
    found = VersionMove.objects.select_related("version").get(pk=move.pk)
    if found.undo_asked_at is not None:
        return found
    if VersionMove.objects.running().filter(version__course=course).exists():
        raise MoveRefused(_("Un changement de version est en cours : attendez qu’il finisse."))
    if at > found.asked_at + timedelta(days=MOVE_UNDO):
        raise MoveRefused(_("Ce changement date de plus de 30 jours : il ne se reprend plus."))
    people = returning(found).count()
    if not people:
        raise MoveRefused(_("Personne ne reviendrait : toutes ont travaillé depuis, ou terminé."))
    found.undo_asked_at, found.coming_back = at, people
    found.save(update_fields=["undo_asked_at", "coming_back", "updated_at"])
    facts = {"count": people, "move": found.pk}
    record(at=at, actor=by, verb="course.move_taken_back", target=str(found.version), **facts)
    return found


def undo_some(*, move_id: int, at: datetime) -> bool:
    """Take the next people back, each in a transaction of their own; False when nobody is left.

    Whoever does something meanwhile is passed by, and stays.
    """
    move = VersionMove.objects.select_related("version").get(pk=move_id)
    if move.undo_asked_at is None or move.undone_at is not None:
        return False
    left = list(returning(move).values_list("pk", flat=True)[:AT_ONCE])
    for enrollment_id in left:
        undo_move(enrollment_id=enrollment_id, move=move, at=at)
    if not left:
        unfinished = VersionMove.objects.being_undone().filter(pk=move_id)
        unfinished.update(undone_at=at, updated_at=at)
    return bool(left)
