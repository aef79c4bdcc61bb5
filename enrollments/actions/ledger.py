"""The learning ledger: adding an event and projecting it, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from atn_platform.core.reading import row_of
from courses.documents import CourseDoc, block, station, stations
from courses.enums import BlockKind, LessonKind
from courses.models import CourseVersion
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LessonState
from enrollments.projections import Event, LessonStanding, Standing, standing
from enrollments.signals import enrollment_completed
from municipalities.models import Mandate
from municipalities.queries.mandates import continued


class EventRefused(ActionError):
    """The act does not belong to this enrolment."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An act as a form or a client sends it. `happened_at` is brought back between bounds."""

    uuid: UUID
    verb: Verb
    lesson: UUID
    happened_at: datetime
    block: UUID | None = None
    result: dict[str, Any] = field(default_factory=dict)
    # Of an act that a device kept without network: the device, and what its clock said.
    origin: dict[str, Any] | None = None


@transaction.atomic
def record(*, enrollment_id: int, event: NewEvent, at: datetime) -> Enrollment:
    """Add an event and project it; a second call with the same UUID changes nothing.

    Raises EventRefused for a withdrawn enrolment, for a lesson or block that the version followed
    does not hold, and for an act that this kind of lesson or block does not know. The last
    required station completes the enrolment, once.
    """
    enrollment, ends_on = _locked(enrollment_id)
    followed = document(enrollment.version_id)
    _check(enrollment, followed, event)
    events = _add(enrollment, [event], at=at)
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
    enrollment, ends_on = _locked(enrollment_id)
    followed = document(enrollment.version_id)
    before = {each.uuid for each in _events(enrollment)}
    refused = {}
    for event in events:
        try:
            _check(enrollment, followed, event)
        except EventRefused as error:
            refused[event.uuid] = str(error)
    wanted = [event for event in events if event.uuid not in refused]
    ledger = _add(enrollment, wanted, at=at)
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
    _save_lessons(enrollment, {lesson: found.lessons[lesson] for lesson in touched}, ends_on)
    if _save_course(enrollment, found):
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
    enrollment, ends_on = _locked(enrollment_id)
    events = _events(enrollment)
    found = standing(document(enrollment.version_id), events)
    # A lesson that an earlier version held keeps its state: figures of its time count it.
    touched = {event.lesson for event in events}
    LessonState.objects.filter(enrollment=enrollment).exclude(lesson__in=touched).delete()
    BlockState.objects.filter(enrollment=enrollment).exclude(lesson__in=touched).delete()
    _save_lessons(enrollment, found.lessons, ends_on)
    _save_course(enrollment, found)
    return enrollment


@transaction.atomic
def change_version(*, enrollment_id: int, version: CourseVersion, at: datetime) -> bool:
    """Go on in another version of the course; False when there is nothing to change.

    Only a course under way moves: what is finished rests on its version, what is set aside waits
    in its own. Nothing is erased: what was finished stays so, counts at the length it had, and
    the states of lessons that the newer version lacks remain. Safe to repeat.
    """
    enrollment, ends_on = _locked(enrollment_id)
    is_same = version.pk == enrollment.version_id
    if enrollment.status != Status.ACTIVE or is_same or version.course_id != enrollment.course_id:
        return False
    before = standing(document(enrollment.version_id), _events(enrollment))
    done = LessonState.objects.filter(enrollment=enrollment, completed_at__isnull=False)
    done.filter(version__isnull=True).update(version=enrollment.version_id)
    _add(enrollment, [_moved(enrollment, before, version, at=at)], at=at)
    enrollment.version_id = version.pk
    enrollment.save(update_fields=["version", "updated_at"])
    after = standing(document(version.pk), _events(enrollment))
    _save_lessons(enrollment, after.lessons, ends_on)
    if _save_course(enrollment, after):
        enrollment_completed.send(sender=Enrollment, enrollment_id=enrollment.pk)
    return True


def _moved(
    enrollment: Enrollment, before: Standing, version: CourseVersion, *, at: datetime
) -> NewEvent:
    first = next(stations(document(version.pk)))
    finished = {
        str(uuid): each.completed_at.isoformat()
        for uuid, each in before.lessons.items()
        if each.completed_at is not None
    }
    return NewEvent(
        uuid=uuid5(enrollment.uuid, f"version/{version.number}"),
        verb=Verb.MOVED,
        lesson=before.current or UUID(first["uuid"]),
        happened_at=at,
        result={
            "from": enrollment.version_id,
            "to": version.pk,
            "finished": finished,
        },
    )


# The statements of every act of every learner, written out: see core/reading.py.
_LOCK = """
    SELECT {row}, mandate.ends_on
      FROM enrollments_enrollment row
      JOIN municipalities_mandate mandate ON mandate.id = row.mandate_id
     WHERE row.id = %(pk)s
       FOR NO KEY UPDATE OF row
"""
_EVENTS = """
    SELECT uuid, verb, lesson, block, result, happened_at, received_at
      FROM enrollments_learningevent WHERE enrollment_id = %s
"""
# The ledger as it was, and what is new in it.
_ADD = f"""
    WITH added AS (
        INSERT INTO enrollments_learningevent
               (uuid, enrollment_id, verb, lesson, block, result, happened_at, received_at, origin)
        VALUES {{rows}}
            ON CONFLICT DO NOTHING
     RETURNING uuid, verb, lesson, block, result, happened_at, received_at
    )
    {_EVENTS} UNION ALL SELECT * FROM added
"""  # noqa: S608 -- a constant of this file
_EVENT_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_SAVE_LESSON = """
    INSERT INTO enrollments_lessonstate
           (enrollment_id, lesson, opened_at, completed_at, mandate_id, is_copy, created_at,
            updated_at)
    VALUES {rows}
        ON CONFLICT (enrollment_id, lesson) DO UPDATE
       SET opened_at = EXCLUDED.opened_at, completed_at = EXCLUDED.completed_at,
           mandate_id = EXCLUDED.mandate_id, updated_at = EXCLUDED.updated_at
"""
_LESSON_ROW = "(%s, %s, %s, %s, %s, false, now(), now())"
_SAVE_BLOCK = """
    INSERT INTO enrollments_blockstate
           (enrollment_id, lesson, block, attempts, best_score, data, created_at, updated_at)
    VALUES {rows}
        ON CONFLICT (enrollment_id, block) DO UPDATE
       SET attempts = EXCLUDED.attempts, best_score = EXCLUDED.best_score, data = EXCLUDED.data,
           updated_at = EXCLUDED.updated_at
"""
_BLOCK_ROW = "(%s, %s, %s, %s, %s, %s, now(), now())"
_COUNTERS = (
    "status", "completed_at", "first_activity_at", "last_activity_at", "stations_done",
    "stations_total", "best_score", "current_lesson",
)  # fmt: skip
_SAVE_COURSE = f"""
    UPDATE enrollments_enrollment
       SET {", ".join(f"{name} = %({name})s" for name in _COUNTERS)}, updated_at = now()
     WHERE id = %(pk)s
"""  # noqa: S608 -- as above


def _locked(enrollment_id: int) -> tuple[Enrollment, date | None]:
    """The enrolment, and the last day of its mandate."""
    found = row_of(Enrollment, _LOCK, {"pk": enrollment_id})
    if found is None:
        # A group that was enrolled together is taken back at this very moment.
        raise EventRefused(_("Cette inscription vient d’être annulée."))
    enrollment, (ends_on,) = found
    if enrollment.duplicate_of_id is not None:
        # Two accounts became one meanwhile: what was being done goes where the course goes on.
        return _locked(enrollment.duplicate_of_id)
    return enrollment, ends_on


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
    Verb.PLAYED: BlockKind.PACKAGE,
}


def _add(enrollment: Enrollment, events: Sequence[NewEvent], *, at: datetime) -> list[Event]:
    """Write what is not known yet, and read the whole ledger.

    A moment before the enrolment, or to come, is brought back.
    """
    rows: list[tuple[Any, ...]] = []
    for event in events:
        happened_at = min(max(event.happened_at, enrollment.enrolled_at), at)
        origin = None if event.origin is None else json.dumps(event.origin)
        act = (event.uuid, enrollment.pk, event.verb, event.lesson, event.block)
        rows.append((*act, json.dumps(event.result), happened_at, at, origin))
    if not rows:
        return _events(enrollment)
    with connection.cursor() as cursor:
        cursor.execute(*_filled(_ADD, _EVENT_ROW, rows, enrollment.pk))
        return [_event(row) for row in cursor.fetchall()]


def _filled(
    statement: str, row: str, rows: Sequence[tuple[Any, ...]], *more: object
) -> tuple[str, list[Any]]:
    """One statement, however many rows, and its values."""
    values = [value for each in rows for value in each]
    return statement.format(rows=", ".join([row] * len(rows))), [*values, *more]


def _write(statement: str, row: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(*_filled(statement, row, rows))


def _events(enrollment: Enrollment) -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [enrollment.pk])
        return [_event(row) for row in cursor.fetchall()]


def _event(row: tuple[Any, ...]) -> Event:
    uuid, verb, lesson, block, result, happened_at, received_at = row
    return Event(uuid, verb, lesson, block, json.loads(result), happened_at, received_at)


def _save_lessons(
    enrollment: Enrollment, lessons: Mapping[UUID, LessonStanding], ends_on: date | None
) -> None:
    stations, blocks = [], []
    for lesson, each in lessons.items():
        done_at = each.completed_at
        mandate = (
            _stamp(enrollment, lesson, done_at)
            if done_at is not None and _is_after(done_at, ends_on)
            else None
        )
        stamped = (each.opened_at, each.completed_at, mandate.pk if mandate else None)
        stations.append((enrollment.pk, lesson, *stamped))
        blocks += [
            (enrollment.pk, lesson, uuid, it.attempts, it.best_score, json.dumps(it.data))
            for uuid, it in each.blocks.items()
        ]
    _write(_SAVE_LESSON, _LESSON_ROW, stations)
    _write(_SAVE_BLOCK, _BLOCK_ROW, blocks)


def _is_after(moment: datetime, ends_on: date | None) -> bool:
    return ends_on is not None and moment.astimezone(QUEBEC).date() > ends_on


def _stamp(enrollment: Enrollment, lesson: UUID, completed_at: datetime) -> Mandate | None:
    """The mandate that a fact counts under, once the enrolment's own is over.

    What is stamped once stays so, whatever is written on mandates afterwards. Without any mandate
    on that day, the fact stays with the enrolment's.
    """
    known = LessonState.objects.filter(enrollment=enrollment, lesson=lesson)
    if same := known.filter(completed_at=completed_at).select_related("mandate").first():
        return same.mandate
    return continued(enrollment.mandate, on=completed_at.astimezone(QUEBEC).date())


def _save_course(enrollment: Enrollment, found: Standing) -> bool:
    """Write the counters; True when this is what completes the course."""
    was_active = enrollment.status == Status.ACTIVE
    if found.completed_at is not None and enrollment.status != Status.WITHDRAWN:
        enrollment.status = Status.COMPLETED
        enrollment.completed_at = found.completed_at
    enrollment.first_activity_at = found.first_activity_at
    enrollment.last_activity_at = found.last_activity_at
    enrollment.stations_done, enrollment.stations_total = found.done, found.total
    enrollment.best_score = found.best_score
    enrollment.current_lesson = found.current
    values = {name: getattr(enrollment, name) for name in _COUNTERS}
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_COURSE, {"pk": enrollment.pk, **values})
    return was_active and enrollment.status == Status.COMPLETED
