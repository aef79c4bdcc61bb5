"""The learning ledger: adding an event and projecting it, in one transaction."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses.documents import CourseDoc, LessonDoc, block, station, stations
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from enrollments.projections import (
    CourseStanding,
    Event,
    LessonStanding,
    course_standing,
    lesson_standing,
)
from enrollments.signals import enrollment_completed


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


@transaction.atomic
def record(*, enrollment_id: int, event: NewEvent, at: datetime) -> Enrollment:
    """Add an event and project it; a second call with the same UUID changes nothing.

    Raises EventRefused for a withdrawn enrolment, and for a lesson or block that the version
    followed does not hold. The last required station completes the enrolment, once.
    """
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    followed = document(enrollment.version_id)
    lesson = _station(enrollment, followed, event)
    happened_at = min(max(event.happened_at, enrollment.enrolled_at), at)
    row = LearningEvent(
        uuid=event.uuid,
        enrollment=enrollment,
        verb=event.verb,
        lesson=event.lesson,
        block=event.block,
        result=event.result,
        happened_at=happened_at,
        received_at=at,
    )
    LearningEvent.objects.bulk_create([row], ignore_conflicts=True)
    events = _events(enrollment, lesson=event.lesson)
    if event.uuid not in {each.uuid for each in events}:
        raise EventRefused(_("Ce geste est déjà inscrit à un autre dossier."))
    _save_lesson(enrollment, event.lesson, lesson_standing(lesson, events, followed["pass_mark"]))
    _save_course(enrollment, followed, moments=[happened_at], last=event.lesson)
    return enrollment


def record_attendance(
    *, enrollment_id: int, lesson: UUID, present: bool, uuid: UUID, at: datetime
) -> Enrollment:
    """Record what the instructor says of a meeting; the last word counts."""
    verb = Verb.ATTENDED if present else Verb.MISSED
    event = NewEvent(uuid=uuid, verb=verb, lesson=lesson, happened_at=at)
    return record(enrollment_id=enrollment_id, event=event, at=at)


@transaction.atomic
def recompute(*, enrollment_id: int) -> Enrollment:
    """Project the whole ledger of an enrolment again: what is stored must already say the same."""
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    followed = document(enrollment.version_id)
    by_lesson = defaultdict(list)
    for event in _events(enrollment):
        by_lesson[event.lesson].append(event)
    for lesson in stations(followed):
        if events := by_lesson.get(UUID(lesson["uuid"])):
            standing = lesson_standing(lesson, events, followed["pass_mark"])
            _save_lesson(enrollment, UUID(lesson["uuid"]), standing)
    everything = [event for events in by_lesson.values() for event in events]
    if everything:
        last = max(everything, key=lambda event: (event.happened_at, event.uuid))
        moments = [event.happened_at for event in everything]
        _save_course(enrollment, followed, moments=moments, last=last.lesson)
    return enrollment


def _station(enrollment: Enrollment, followed: CourseDoc, event: NewEvent) -> LessonDoc:
    if enrollment.status == Status.WITHDRAWN:
        raise EventRefused(_("Cette inscription est abandonnée."))
    lesson = station(followed, event.lesson)
    if lesson is None:
        raise EventRefused(_("Cette leçon n’appartient pas à votre version du cours."))
    if event.block is not None and block(lesson, event.block) is None:
        raise EventRefused(_("Cet exercice n’appartient pas à cette leçon."))
    return lesson


def _events(enrollment: Enrollment, **only: Any) -> list[Event]:
    columns = ("uuid", "verb", "lesson", "block", "result", "happened_at", "received_at")
    rows = LearningEvent.objects.filter(enrollment=enrollment, **only).values_list(*columns)
    return [Event(*row) for row in rows]


def _save_lesson(enrollment: Enrollment, lesson: UUID, standing: LessonStanding) -> None:
    LessonState.objects.bulk_create(
        [
            LessonState(
                enrollment=enrollment,
                lesson=lesson,
                opened_at=standing.opened_at,
                completed_at=standing.completed_at,
            )
        ],
        update_conflicts=True,
        unique_fields=["enrollment", "lesson"],
        update_fields=["opened_at", "completed_at", "updated_at"],
    )
    states = [
        BlockState(
            enrollment=enrollment,
            lesson=lesson,
            block=uuid,
            attempts=each.attempts,
            best_score=each.best_score,
            data=each.data,
        )
        for uuid, each in standing.blocks.items()
    ]
    BlockState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["enrollment", "block"],
        update_fields=["attempts", "best_score", "data", "updated_at"],
    )


def _save_course(
    enrollment: Enrollment, followed: CourseDoc, *, moments: list[datetime], last: UUID
) -> None:
    rows = LessonState.objects.filter(enrollment=enrollment).values_list("lesson", "completed_at")
    completed = {lesson: moment for lesson, moment in rows if moment is not None}
    standing = course_standing(followed, completed, last)
    if enrollment.first_activity_at is not None:
        moments = [*moments, enrollment.first_activity_at]
    enrollment.first_activity_at = min(moments)
    latest = [*moments, *filter(None, [enrollment.last_activity_at])]
    enrollment.last_activity_at = max(latest)
    enrollment.stations_done, enrollment.stations_total = standing.done, standing.total
    enrollment.best_score = _best_exam_score(enrollment, followed)
    enrollment.current_lesson = standing.current
    finished = _finish(enrollment, standing)
    enrollment.save(
        update_fields=[
            "first_activity_at", "last_activity_at", "stations_done", "stations_total",
            "best_score", "current_lesson", "status", "completed_at", "updated_at",
        ]
    )  # fmt: skip
    if finished:
        enrollment_completed.send(sender=Enrollment, enrollment_id=enrollment.pk)


def _finish(enrollment: Enrollment, standing: CourseStanding) -> bool:
    """Complete an active enrolment. A completed one stays so: proofs rest on it."""
    if enrollment.status != Status.ACTIVE or standing.completed_at is None:
        return False
    enrollment.status = Status.COMPLETED
    enrollment.completed_at = standing.completed_at
    return True


def _best_exam_score(enrollment: Enrollment, followed: CourseDoc) -> int | None:
    exams = [each["uuid"] for each in stations(followed) if each["kind"] == "exam"]
    if not exams:
        return None
    scores = BlockState.objects.filter(enrollment=enrollment, lesson__in=exams)
    return max(
        (s for s in scores.values_list("best_score", flat=True) if s is not None), default=None
    )
