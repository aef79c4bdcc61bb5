"""The learning ledger: adding an event and projecting it, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from courses.documents import CourseDoc, block, station
from courses.enums import BlockKind, LessonKind
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
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
    enrollment = _locked(enrollment_id)
    followed = document(enrollment.version_id)
    _check(enrollment, followed, event)
    _add(enrollment, [event], at=at)
    events = _events(enrollment)
    if event.uuid not in {each.uuid for each in events}:
        raise EventRefused(_("Ce geste est déjà inscrit à un autre dossier."))
    _project(enrollment, followed, events, {event.lesson})
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
    enrollment = _locked(enrollment_id)
    followed = document(enrollment.version_id)
    before = {each.uuid for each in _events(enrollment)}
    refused = {}
    for event in events:
        try:
            _check(enrollment, followed, event)
        except EventRefused as error:
            refused[event.uuid] = str(error)
    wanted = [event for event in events if event.uuid not in refused]
    _add(enrollment, wanted, at=at)
    ledger = _events(enrollment)
    mine = {each.uuid for each in ledger}
    elsewhere = _("Ce geste est déjà inscrit à un autre dossier.")
    refused |= {event.uuid: elsewhere for event in wanted if event.uuid not in mine}
    kept = {event.lesson for event in wanted if event.uuid in mine}
    _project(enrollment, followed, ledger, kept)
    return Replayed(enrollment, before & {event.uuid for event in events}, refused, ledger)


def _add(enrollment: Enrollment, events: Sequence[NewEvent], *, at: datetime) -> None:
    """Write what is not known yet; a moment before the enrolment, or to come, is brought back."""
    rows = [
        LearningEvent(
            uuid=event.uuid,
            enrollment=enrollment,
            verb=event.verb,
            lesson=event.lesson,
            block=event.block,
            result=event.result,
            happened_at=min(max(event.happened_at, enrollment.enrolled_at), at),
            received_at=at,
            origin=event.origin,
        )
        for event in events
    ]
    LearningEvent.objects.bulk_create(rows, ignore_conflicts=True)


def _project(
    enrollment: Enrollment, followed: CourseDoc, events: Sequence[Event], touched: set[UUID]
) -> None:
    if not touched:
        return
    found = standing(followed, events)
    _save_lessons(enrollment, {lesson: found.lessons[lesson] for lesson in touched})
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
    enrollment = _locked(enrollment_id)
    found = standing(document(enrollment.version_id), _events(enrollment))
    LessonState.objects.filter(enrollment=enrollment).exclude(lesson__in=found.lessons).delete()
    BlockState.objects.filter(enrollment=enrollment).exclude(lesson__in=found.lessons).delete()
    _save_lessons(enrollment, found.lessons)
    _save_course(enrollment, found)
    return enrollment


def _locked(enrollment_id: int) -> Enrollment:
    rows = Enrollment.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("mandate").filter(pk=enrollment_id).first()
    if found is None:
        # A group that was enrolled together is taken back at this very moment.
        raise EventRefused(_("Cette inscription vient d’être annulée."))
    # Two accounts became one meanwhile: what was being done goes where the course goes on.
    return found if found.duplicate_of_id is None else _locked(found.duplicate_of_id)


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
    Verb.CHOSE: BlockKind.SCENARIO,
    Verb.NOTED: BlockKind.REFLECTION,
}


def _events(enrollment: Enrollment) -> list[Event]:
    columns = ("uuid", "verb", "lesson", "block", "result", "happened_at", "received_at")
    rows = LearningEvent.objects.filter(enrollment=enrollment).values_list(*columns)
    return [Event(*row) for row in rows]


def _save_lessons(enrollment: Enrollment, lessons: Mapping[UUID, LessonStanding]) -> None:
    LessonState.objects.bulk_create(
        [
            LessonState(
                enrollment=enrollment,
                lesson=lesson,
                opened_at=each.opened_at,
                completed_at=each.completed_at,
                mandate=_stamp(enrollment, lesson, each.completed_at),
            )
            for lesson, each in lessons.items()
        ],
        update_conflicts=True,
        unique_fields=["enrollment", "lesson"],
        update_fields=["opened_at", "completed_at", "mandate", "updated_at"],
    )
    BlockState.objects.bulk_create(
        [
            BlockState(
                enrollment=enrollment,
                lesson=lesson,
                block=uuid,
                attempts=each.attempts,
                best_score=each.best_score,
                data=each.data,
            )
            for lesson, lesson_standing in lessons.items()
            for uuid, each in lesson_standing.blocks.items()
        ],
        update_conflicts=True,
        unique_fields=["enrollment", "block"],
        update_fields=["attempts", "best_score", "data", "updated_at"],
    )


def _stamp(enrollment: Enrollment, lesson: UUID, completed_at: datetime | None) -> Mandate | None:
    """The mandate that a fact counts under, when it is not the enrolment's own.

    What is stamped once stays so, whatever is written on mandates afterwards. Without any mandate
    on that day, the fact stays with the enrolment's.
    """
    if completed_at is None:
        return None
    day, own = completed_at.astimezone(QUEBEC).date(), enrollment.mandate
    if own.ends_on is None or day <= own.ends_on:
        return None
    known = LessonState.objects.filter(enrollment=enrollment, lesson=lesson)
    if same := known.filter(completed_at=completed_at).select_related("mandate").first():
        return same.mandate
    return continued(own, on=day)


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
    enrollment.save(
        update_fields=[
            "first_activity_at", "last_activity_at", "stations_done", "stations_total",
            "best_score", "current_lesson", "status", "completed_at", "updated_at",
        ]
    )  # fmt: skip
    return was_active and enrollment.status == Status.COMPLETED
