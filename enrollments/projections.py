"""What the ledger says: an enrolment's standing as a pure function of the *set* of its events.

Order of arrival, duplicates and retries change nothing, so every writer may simply project again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.documents import CourseDoc, LessonDoc, stations
from courses.enums import LessonKind
from enrollments.enums import Verb


@dataclass(frozen=True, slots=True)
class Event:
    """The part of a LearningEvent that projections read."""

    uuid: UUID
    verb: str
    lesson: UUID
    block: UUID | None
    result: Mapping[str, Any]
    happened_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BlockStanding:
    attempts: int
    best_score: int | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LessonStanding:
    opened_at: datetime | None = None
    completed_at: datetime | None = None
    blocks: dict[UUID, BlockStanding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """`completed_at` is the moment of the last required station; None while one is missing."""

    done: int
    total: int
    completed_at: datetime | None
    current: UUID | None


def lesson_standing(lesson: LessonDoc, events: Sequence[Event], pass_mark: int) -> LessonStanding:
    """Standing in one station; `events` are those of that station, in any order."""
    if not events:
        return LessonStanding()
    blocks: dict[UUID, list[Event]] = {}
    for event in events:
        if event.block is not None:
            blocks.setdefault(event.block, []).append(event)
    return LessonStanding(
        opened_at=min(event.happened_at for event in events),
        completed_at=_completion(lesson, events, pass_mark),
        blocks={block: _block_standing(each) for block, each in blocks.items()},
    )


def course_standing(
    document: CourseDoc, completed: Mapping[UUID, datetime], last: UUID | None
) -> CourseStanding:
    """Standing in the course, from the stations completed and the last one touched."""
    required = [UUID(each["uuid"]) for each in stations(document) if each["required"]]
    done = [completed[uuid] for uuid in required if uuid in completed]
    return CourseStanding(
        done=len(done),
        total=len(required),
        completed_at=max(done) if done and len(done) == len(required) else None,
        current=_current(document, completed, last),
    )


def _completion(lesson: LessonDoc, events: Iterable[Event], pass_mark: int) -> datetime | None:
    if lesson["kind"] == LessonKind.MEETING:
        return _attendance(events)
    if lesson["kind"] == LessonKind.EXAM:
        passing = (e for e in events if e.verb == Verb.ANSWERED and _score(e) >= pass_mark)
        return min((event.happened_at for event in passing), default=None)
    acts = (event.happened_at for event in events if event.verb == Verb.COMPLETED)
    return min(acts, default=None)


def _attendance(events: Iterable[Event]) -> datetime | None:
    """The instructor's last word: a correction replaces what was taken before."""
    taken = [event for event in events if event.verb in {Verb.ATTENDED, Verb.MISSED}]
    if not taken:
        return None
    last = max(taken, key=lambda event: (event.received_at, event.happened_at, event.uuid))
    return last.happened_at if last.verb == Verb.ATTENDED else None


def _block_standing(events: Sequence[Event]) -> BlockStanding:
    answered = [event for event in events if event.verb == Verb.ANSWERED]
    last = max(events, key=lambda event: (event.happened_at, event.uuid))
    return BlockStanding(
        attempts=len(answered) or len(events),
        best_score=max((_score(event) for event in answered), default=None),
        data={"last_event": str(last.uuid)} if answered else dict(last.result),
    )


def _score(event: Event) -> int:
    return int(event.result.get("score", 0))


def _current(
    document: CourseDoc, completed: Mapping[UUID, datetime], last: UUID | None
) -> UUID | None:
    """The station left unfinished, else the next not done after it, else the first not done."""
    order = [UUID(each["uuid"]) for each in stations(document)]
    start = order.index(last) if last in order else 0
    ahead = order[start:] + order[:start]
    return next((uuid for uuid in ahead if uuid not in completed), None)
