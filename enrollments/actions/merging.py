"""Two accounts of one person become one: their courses, parcours and seats are united.

The acts of a course followed twice are copied from one ledger to the other, never moved, so that
what was written stays where it was done.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.core.merging import Change, made, written
from enrollments.actions.ledger import recompute
from enrollments.enums import Attendance, Status, Verb
from enrollments.models import (
    Enrollment,
    LearningEvent,
    LessonState,
    PathEnrollment,
    Registration,
)


@transaction.atomic
def unite(*, kept: User, absorbed: User, merge: UUID, at: datetime) -> list[Change]:
    """Make room on `kept` for what `absorbed` followed; the rows themselves follow later.

    Every enrolment of both is locked first: a lesson being done is in the ledger before, or finds
    the course where it goes on (ledger.record). Reports of the past count each account as before.
    """
    rows = Enrollment.objects.select_for_update(no_key=True, of=("self",))
    both = list(rows.filter(learner__in=(kept, absorbed)).order_by("pk"))
    changes = []
    for one, other in _pairs(both, kept):
        goes_on, second = sorted((one, other), key=_standing, reverse=True)
        changes.append(written(second, duplicate_of=goes_on.pk))
        changes += _copy(second, goes_on, merge=merge, at=at)
        changes += _notes(second, goes_on)
        changes += [
            written(asked, enrollment=goes_on.pk) for asked in second.help_threads.order_by("pk")
        ]
        for seat in second.registrations.held().filter(attendance=Attendance.UNKNOWN):
            changes.append(written(seat, enrollment=goes_on.pk))
    for each in both:
        if each.learner_id == absorbed.pk and each.counted_as_id is None:
            changes.append(written(each, counted_as=absorbed.pk, counted_until=at))
    return [*changes, *_paths(kept, absorbed, at=at), *_seats(kept, absorbed, at=at)]


@transaction.atomic
def project_again(enrollment_ids: Iterable[int]) -> None:
    """After copies were taken back: what is stored says again what the ledger says."""
    for pk in sorted(set(enrollment_ids)):
        LessonState.objects.filter(enrollment=pk).update(is_copy=False)
        recompute(enrollment_id=pk)


def _pairs(rows: Iterable[Enrollment], kept: User) -> Iterator[tuple[Enrollment, Enrollment]]:
    """Courses that both accounts follow or finished."""
    live = [
        each for each in rows if each.status != Status.WITHDRAWN and each.duplicate_of_id is None
    ]
    mine = {each.course_id: each for each in live if each.learner_id == kept.pk}
    for each in live:
        if each.learner_id != kept.pk and each.course_id in mine:
            yield mine[each.course_id], each


def _standing(each: Enrollment) -> tuple[bool, float, int, int]:
    """Which of two goes on: the one finished first, else the farthest, else the oldest."""
    finished = each.completed_at
    return (
        finished is not None,
        -finished.timestamp() if finished else 0,
        each.stations_done,
        -each.pk,
    )


def _copy(second: Enrollment, goes_on: Enrollment, *, merge: UUID, at: datetime) -> list[Change]:
    """Copy the acts of stations that `goes_on` lacks. They happen now: its past stays its own."""
    here = {each.lesson: each for each in goes_on.lesson_states.all()}
    wanted = {
        each.lesson: each
        for each in second.lesson_states.all()
        if each.lesson not in here
        or (each.completed_at is not None and here[each.lesson].completed_at is None)
    }
    events = [
        LearningEvent(
            uuid=uuid5(merge, str(each.uuid)),
            enrollment=goes_on,
            verb=each.verb,
            lesson=each.lesson,
            block=each.block,
            result=_result(each),
            happened_at=at,
            received_at=at,
            # The sheet of paper that it comes from, by which it may be taken back.
            origin=each.origin,
        )
        for each in second.events.counting()
        .filter(lesson__in=wanted)
        .exclude(verb=Verb.UNDONE)
        .order_by("happened_at", "pk")
    ]
    if not events:
        return []
    status, completed_at = goes_on.status, goes_on.completed_at
    LearningEvent.objects.bulk_create(events)
    found = recompute(enrollment_id=goes_on.pk)
    LessonState.objects.filter(enrollment=goes_on, lesson__in=wanted).update(is_copy=True)
    changes = [made(each) for each in events]
    if found.status != status:
        # Written as it was, then as it is, so that it is known what to take back.
        goes_on.status, goes_on.completed_at = status, completed_at
        changes.append(written(goes_on, status=found.status, completed_at=found.completed_at))
    return changes


def _result(act: LearningEvent) -> dict[str, Any]:
    """What the copy of an act says: the move that brought one account did not bring the other."""
    said: dict[str, Any] = act.result
    return {k: v for k, v in said.items() if k != "move"} if act.verb == Verb.MOVED else said


def _notes(second: Enrollment, goes_on: Enrollment) -> list[Change]:
    """A person's own notes in a lesson: side by side when both accounts have some."""
    here = {each.lesson: each for each in goes_on.notes.all()}
    changes = []
    for each in second.notes.exclude(text=""):
        own = here.get(each.lesson)
        if own is None:
            changes.append(written(each, enrollment=goes_on.pk))
        else:
            both = f"{own.text}\n\n{each.text}".strip()
            changes.append(written(own, text=both, revision=own.revision + 1))
    return changes


def _paths(kept: User, absorbed: User, *, at: datetime) -> list[Change]:
    mine = PathEnrollment.objects.live().filter(learner=kept).values("path")
    twice = PathEnrollment.objects.live().filter(learner=absorbed, path__in=mine)
    return [written(each, withdrawn_at=at) for each in twice]


def _seats(kept: User, absorbed: User, *, at: datetime) -> list[Change]:
    """One seat a session: the one whose attendance was taken, else that of `kept`."""
    changes = []
    mine = {each.session_id: each for each in Registration.objects.held().filter(learner=kept)}
    for each in Registration.objects.held().filter(learner=absorbed, session__in=mine):
        own = mine[each.session_id]
        spare = own if _taken(each) and not _taken(own) else each
        changes.append(written(spare, cancelled_at=at))
    return changes


def _taken(seat: Registration) -> bool:
    return seat.attendance != Attendance.UNKNOWN
