"""The rows of the ledger and of its projections, as acts write them: statements of our own.

The statements of every act of every learner, written out: see core/reading.py.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from atn_platform.core.reading import row_of
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, LessonState
from enrollments.projections import Event, LessonStanding, Standing
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
       SET {", ".join(f"{name} = %s" for name in _COUNTERS)}, updated_at = now()
     WHERE id = %s
"""  # noqa: S608 -- as above


def locked(enrollment_id: int) -> tuple[Enrollment, date | None]:
    """The enrolment, and the last day of its mandate."""
    found = row_of(Enrollment, _LOCK, {"pk": enrollment_id})
    if found is None:
        # A group that was enrolled together is taken back at this very moment.
        raise EventRefused(_("Cette inscription vient d’être annulée."))
    enrollment, (ends_on,) = found
    if enrollment.duplicate_of_id is not None:
        # Two accounts became one meanwhile: what was being done goes where the course goes on.
        return locked(enrollment.duplicate_of_id)
    return enrollment, ends_on


def add(enrollment: Enrollment, events: Sequence[NewEvent], *, at: datetime) -> list[Event]:
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
        return events_of(enrollment)
    with connection.cursor() as cursor:
        cursor.execute(*_filled(_ADD, _EVENT_ROW, rows, enrollment.pk))
        return [_event(row) for row in cursor.fetchall()]


def _filled(
    statement: str, row: str, rows: Sequence[tuple[Any, ...]], *more: object
) -> tuple[str, list[Any]]:
    """One statement, however many rows, and its values."""
    values = [value for each in rows for value in each]
    return statement.format(rows=", ".join([row] * len(rows))), [*values, *more]


def events_of(enrollment: Enrollment) -> list[Event]:
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [enrollment.pk])
        return [_event(row) for row in cursor.fetchall()]


def _event(row: tuple[Any, ...]) -> Event:
    uuid, verb, lesson, block, result, happened_at, received_at = row
    return Event(uuid, verb, lesson, block, json.loads(result), happened_at, received_at)


def save(
    enrollment: Enrollment,
    lessons: Mapping[UUID, LessonStanding],
    found: Standing,
    ends_on: date | None,
) -> bool:
    """Write the states of lessons and the counters; True when this is what completes the course.

    PostgreSQL is asked once: waiting for each answer costs as much as the statements.
    """
    was_active = enrollment.status == Status.ACTIVE
    statements = [*_lessons(enrollment, lessons, ends_on), _course(enrollment, found)]
    with connection.cursor() as cursor:
        cursor.execute(
            ";".join(text for text, __ in statements),
            [value for __, values in statements for value in values],
        )
    return was_active and enrollment.status == Status.COMPLETED


def _lessons(
    enrollment: Enrollment, lessons: Mapping[UUID, LessonStanding], ends_on: date | None
) -> Iterator[tuple[str, list[Any]]]:
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
    if stations:
        yield _filled(_SAVE_LESSON, _LESSON_ROW, stations)
    if blocks:
        yield _filled(_SAVE_BLOCK, _BLOCK_ROW, blocks)


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


def _course(enrollment: Enrollment, found: Standing) -> tuple[str, list[Any]]:
    if found.completed_at is not None and enrollment.status != Status.WITHDRAWN:
        enrollment.status = Status.COMPLETED
        enrollment.completed_at = found.completed_at
    enrollment.first_activity_at = found.first_activity_at
    enrollment.last_activity_at = found.last_activity_at
    enrollment.stations_done, enrollment.stations_total = found.done, found.total
    enrollment.best_score = found.best_score
    enrollment.current_lesson = found.current
    return _SAVE_COURSE, [*(getattr(enrollment, name) for name in _COUNTERS), enrollment.pk]
