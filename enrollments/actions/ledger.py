"""The learning ledger: adding an event and projecting it, in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from courses.documents import CourseDoc, block, station, stations
from courses.enums import BlockKind, LessonKind
from courses.models import CourseVersion
from courses.queries import document
from enrollments.actions.writing import (
    EventRefused,
    NewEvent,
    add,
    events_of,
    locked,
    save,
)
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LessonState, VersionMove
from enrollments.projections import Event, Standing, in_force, standing
from enrollments.queries.moving import returning
from enrollments.signals import enrollment_completed


@transaction.atomic
def record(*, enrollment_id: int, event: NewEvent, at: datetime) -> Enrollment:
    """Add an event and project it; a second call with the same UUID changes nothing.

    Raises EventRefused for a withdrawn enrolment, for a lesson or block that the version followed
    does not hold, and for an act that this kind of lesson or block does not know. The last
    required station completes the enrolment, once.
    """
    enrollment, ends_on = locked(enrollment_id)
    followed = document(enrollment.version_id)
    _check(enrollment, followed, event)
    events = add(enrollment, [event], at=at)
    if event.uuid not in {each.uuid for each in events}:
        raise EventRefused(_("Ce geste est déjà inscrit à un autre dossier."))
    _project(enrollment, followed, events, {event.lesson}, ends_on)
    return enrollment


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of several acts. `ledger` is the whole of it, as it now stands."""

    enrollment: Enrollment
    known: set[UUID]
    refused: dict[UUID, str]
    ledger: list[Event]


@transaction.atomic
def record_many(*, enrollment_id: int, events: Sequence[NewEvent], at: datetime) -> Replayed:
    """Add what a device kept, each act on its own merits, and project once.

    One that is refused keeps out no other. Safe to repeat: what is known changes nothing.
    """
    enrollment, ends_on = locked(enrollment_id)
    followed = document(enrollment.version_id)
    before = {each.uuid for each in events_of(enrollment)}
    refused = {}
    for event in events:
        try:
            _check(enrollment, followed, event)
        except EventRefused as error:
            refused[event.uuid] = str(error)
    wanted = [event for event in events if event.uuid not in refused]
    ledger = add(enrollment, wanted, at=at)
    mine = {each.uuid for each in ledger}
    elsewhere = _("Ce geste est déjà inscrit à un autre dossier.")
    refused |= {event.uuid: elsewhere for event in wanted if event.uuid not in mine}
    kept = {event.lesson for event in wanted if event.uuid in mine}
    _project(enrollment, followed, ledger, kept, ends_on)
    return Replayed(enrollment, before & {event.uuid for event in events}, refused, ledger)


def _project(
    enrollment: Enrollment,
    followed: CourseDoc,
    events: Sequence[Event],
    touched: set[UUID],
    ends_on: date | None,
) -> None:
    if not touched:
        return
    found = standing(followed, events)
    lessons = {lesson: found.lessons[lesson] for lesson in touched}
    if save(enrollment, lessons, found, ends_on):
        enrollment_completed.send(sender=Enrollment, enrollment_id=enrollment.pk)


def record_attendance(
    *, enrollment_id: int, lesson: UUID, present: bool, uuid: UUID, at: datetime
) -> Enrollment:
    """Record what the instructor says of a meeting; the last word counts."""
    verb = Verb.ATTENDED if present else Verb.MISSED
    event = NewEvent(uuid=uuid, verb=verb, lesson=lesson, happened_at=at)
    return record(enrollment_id=enrollment_id, event=event, at=at)


@transaction.atomic
def recompute(*, enrollment_id: int) -> Enrollment:
    """Project the whole ledger of an enrolment again; what is stored must already say the same.

    Announces nothing: whoever owes something for a completion finds it in the rows.
    """
    enrollment, ends_on = locked(enrollment_id)
    events = events_of(enrollment)
    found = standing(document(enrollment.version_id), events)
    # A lesson that an earlier version held keeps its state: figures of its time count it.
    touched = {event.lesson for event in in_force(events)}
    LessonState.objects.filter(enrollment=enrollment).exclude(lesson__in=touched).delete()
    BlockState.objects.filter(enrollment=enrollment).exclude(lesson__in=touched).delete()
    save(enrollment, found.lessons, found, ends_on)
    return enrollment


@transaction.atomic
def change_version(
    *, enrollment_id: int, version: CourseVersion, at: datetime, move_id: int = 0
) -> bool:
    """Go on in another version of the course; False when there is nothing to change.

    Only a course under way moves: what is finished rests on its version, what is set aside waits
    in its own. Nothing is erased: what was finished stays so, counts at the length it had, and
    the states of lessons that the newer version lacks remain. Safe to repeat: a move (`move_id`)
    brings a person once, even when it was taken back since.
    """
    enrollment, ends_on = locked(enrollment_id)
    is_same = version.pk == enrollment.version_id
    if enrollment.status != Status.ACTIVE or is_same or version.course_id != enrollment.course_id:
        return False
    events = events_of(enrollment)
    before = standing(document(enrollment.version_id), events)
    moved = _moved(enrollment, before, version, at=at, move_id=move_id)
    if moved.uuid in {each.uuid for each in events}:
        return False
    done = LessonState.objects.filter(enrollment=enrollment, completed_at__isnull=False)
    done.filter(version__isnull=True).update(version=enrollment.version_id)
    _follow(enrollment, version.pk, add(enrollment, [moved], at=at), ends_on)
    return True


@transaction.atomic
def undo_move(*, enrollment_id: int, move: VersionMove, at: datetime) -> bool:
    """Go back to the version followed before this move; False for whoever is to stay in it.

    queries.moving.returning says who goes back, and says it again under the lock. Safe to repeat.
    """
    enrollment, ends_on = locked(enrollment_id)
    if not returning(move).filter(pk=enrollment.pk).exists():
        return False
    moved = next(
        each for each in in_force(events_of(enrollment)) if each.result.get("move") == move.pk
    )
    uuid = uuid5(enrollment.uuid, f"move/{move.pk}/undone")
    undone = NewEvent(uuid, Verb.UNDONE, moved.lesson, at, result={"events": [str(moved.uuid)]})
    events = add(enrollment, [undone], at=at)
    before: int = moved.result["from"]
    LessonState.objects.filter(enrollment=enrollment, version=before).update(version=None)
    _follow(enrollment, before, events, ends_on)
    return True


def _follow(
    enrollment: Enrollment, version_id: int, events: list[Event], ends_on: date | None
) -> None:
    enrollment.version_id = version_id
    enrollment.save(update_fields=["version", "updated_at"])
    found = standing(document(version_id), events)
    if save(enrollment, found.lessons, found, ends_on):
        enrollment_completed.send(sender=Enrollment, enrollment_id=enrollment.pk)


@transaction.atomic
def take_back(*, enrollment_id: int, acts: Collection[UUID], uuid: UUID, at: datetime) -> bool:
    """Have acts count no more; they stay in the ledger. False when none of them counted.

    Only while the course is under way, in the version where they were done: proofs, and what a
    change of version keeps, rest on them. Raises EventRefused. Safe to repeat.
    """
    enrollment, ends_on = locked(enrollment_id)
    events = in_force(events_of(enrollment))
    taken = [event for event in events if event.uuid in acts]
    if not taken:
        return False
    if enrollment.status != Status.ACTIVE:
        raise EventRefused(_("Le cours est terminé ou mis de côté : cela ne s’annule plus."))
    since = min(event.received_at for event in taken)
    if any(event.verb == Verb.MOVED and event.received_at > since for event in events):
        raise EventRefused(_("Le cours a changé de version depuis : cela ne s’annule plus."))
    said = [str(event.uuid) for event in taken]
    undone = NewEvent(uuid, Verb.UNDONE, taken[0].lesson, at, result={"events": said})
    found = standing(document(enrollment.version_id), add(enrollment, [undone], at=at))
    touched = {event.lesson for event in taken}
    _forget(enrollment, touched, found)
    lessons = {uuid: each for uuid, each in found.lessons.items() if uuid in touched}
    save(enrollment, lessons, found, ends_on)
    return True


def _forget(enrollment: Enrollment, touched: set[UUID], found: Standing) -> None:
    """States that nothing in the ledger bears any more."""
    left = {uuid for each in found.lessons.values() for uuid in each.blocks}
    blocks = BlockState.objects.filter(enrollment=enrollment, lesson__in=touched)
    blocks.exclude(block__in=left).delete()
    gone = touched - found.lessons.keys()
    LessonState.objects.filter(enrollment=enrollment, lesson__in=gone).delete()


def _moved(
    enrollment: Enrollment,
    before: Standing,
    version: CourseVersion,
    *,
    at: datetime,
    move_id: int,
) -> NewEvent:
    first = next(stations(document(version.pk)))
    finished = {
        str(uuid): each.completed_at.isoformat()
        for uuid, each in before.lessons.items()
        if each.completed_at is not None
    }
    return NewEvent(
        uuid=uuid5(enrollment.uuid, f"move/{move_id}" if move_id else f"version/{version.number}"),
        verb=Verb.MOVED,
        lesson=before.current or UUID(first["uuid"]),
        happened_at=at,
        result={
            "from": enrollment.version_id,
            "to": version.pk,
            "finished": finished,
            **({"move": move_id} if move_id else {}),
        },
    )


def _check(enrollment: Enrollment, followed: CourseDoc, event: NewEvent) -> None:
    if enrollment.status == Status.WITHDRAWN:
        raise EventRefused(_("Cette inscription est abandonnée."))
    lesson = station(followed, event.lesson)
    if lesson is None:
        raise EventRefused(_("Cette leçon n’appartient pas à votre version du cours."))
    held = block(lesson, event.block) if event.block is not None else None
    if event.block is not None and held is None:
        raise EventRefused(_("Cet exercice n’appartient pas à cette leçon."))
    if event.verb in _KINDS and _KINDS[event.verb] != (held or lesson)["kind"]:
        raise EventRefused(_("Cette étape ne se franchit pas de cette façon."))


# The kind of lesson, or of block, that each act speaks of; any lesson may be opened.
_KINDS: dict[str, str] = {
    Verb.COMPLETED: LessonKind.LESSON,
    Verb.ATTENDED: LessonKind.MEETING,
    Verb.MISSED: LessonKind.MEETING,
    Verb.ANSWERED: BlockKind.QUIZ,
    Verb.REVISED: BlockKind.QUIZ,
    Verb.CHOSE: BlockKind.SCENARIO,
    Verb.NOTED: BlockKind.REFLECTION,
    Verb.PLEDGED: BlockKind.PLEDGE,
    Verb.PLAYED: BlockKind.PACKAGE,
}
