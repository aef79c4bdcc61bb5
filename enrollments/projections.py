"""What the ledger says: an enrolment's standing as a pure function of the *set* of its events.

Order of arrival, duplicates and retries change nothing, so every writer may simply project again.
One thing looks at the moment of reception: a correction of attendance. The instructor's last word
counts for the meeting; a course that was complete when the correction came stays complete, for
proofs rest on it, and taking one back is an act of its own.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.documents import BlockDoc, CourseDoc, LessonDoc, block, identity, stations
from courses.enums import BlockKind, LessonKind
from enrollments.enums import Verb

# Acts that bear a result: the person's, and what a trainer made of it.
MARKED = frozenset({Verb.ANSWERED, Verb.REVISED})
# What a package says of a part, the best last; and what makes it done.
PLAYED_RANKS = ("incomplete", "failed", "completed", "passed")
DONE = frozenset({"completed", "passed"})


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
class Standing:
    """Where an enrolment stands. `lessons` holds the stations touched, and only those.

    `completed_at` is the moment of the last thing required; None while one is missing.
    """

    lessons: dict[UUID, LessonStanding]
    done: int
    total: int
    completed_at: datetime | None
    best_score: int | None
    first_activity_at: datetime | None
    last_activity_at: datetime | None
    current: UUID | None


def standing(document: CourseDoc, events: Sequence[Event]) -> Standing:
    """Standing of one enrolment in the version it follows, from all its events in any order."""
    every, events = events, in_force(events)
    lessons = _with_undone(_lessons(document, events), every, events)
    required = [identity(each["uuid"]) for each in stations(document) if each["required"]]
    acts = [event for event in events if event.verb != Verb.MOVED]
    moments = [event.happened_at for event in acts]
    last = max(acts, key=_moment, default=None)
    finished = {uuid for uuid in lessons if _completed(lessons, uuid) is not None}
    return Standing(
        lessons=lessons,
        done=sum(uuid in finished for uuid in required),
        total=len(required),
        completed_at=_recognised(document, events),
        best_score=_best_score(document, lessons),
        first_activity_at=min(moments, default=None),
        last_activity_at=max(moments, default=None),
        current=current_station(document, finished, last.lesson) if last else None,
    )


def in_force(events: Sequence[Event]) -> Sequence[Event]:
    """Without the acts that were taken back, nor those that took them back."""
    undoing = [event for event in events if event.verb == Verb.UNDONE]
    if not undoing:
        return events
    gone = {UUID(uuid) for event in undoing for uuid in event.result["events"]}
    gone |= {event.uuid for event in undoing}
    return [event for event in events if event.uuid not in gone]


def current_station(
    document: CourseDoc, completed: Container[UUID], last: UUID | None
) -> UUID | None:
    """The station left unfinished, else the next not done after it, else the first not done.

    A meeting has its own day: it is where one stands only when nothing else is left.
    """
    order = [(identity(each["uuid"]), each["kind"]) for each in stations(document)]
    start = next((i for i, (uuid, __) in enumerate(order) if uuid == last), 0)
    left = [each for each in order[start:] + order[:start] if each[0] not in completed]
    alone = [uuid for uuid, kind in left if kind != LessonKind.MEETING]
    return next(iter([*alone, *(uuid for uuid, __ in left)]), None)


@dataclass(frozen=True, slots=True)
class PartStanding:
    """Where a person stands in a part of a course; `current` is the first station left to do."""

    done: int
    total: int
    completed_at: datetime | None
    current: UUID | None


def part_standing(
    part: Sequence[LessonDoc], completed: Mapping[UUID, datetime | None]
) -> PartStanding:
    """Standing in these stations, from the moments when stations of the course were finished.

    Those that are required count; all of them in a part where none is.
    """
    asked = [each for each in part if each["required"]] or part
    order = [identity(each["uuid"]) for each in asked]
    moments = [moment for uuid in order if (moment := completed.get(uuid)) is not None]
    return PartStanding(
        done=len(moments),
        total=len(order),
        completed_at=max(moments) if moments and len(moments) == len(order) else None,
        current=next((uuid for uuid in order if completed.get(uuid) is None), None),
    )


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
        blocks={uuid: _block_standing(lesson, uuid, each) for uuid, each in blocks.items()},
    )


def _lessons(document: CourseDoc, events: Iterable[Event]) -> dict[UUID, LessonStanding]:
    by_lesson: dict[UUID, list[Event]] = {}
    kept: dict[UUID, datetime] = {}
    for event in events:
        if event.verb == Verb.MOVED:
            kept |= _finished_then(event)
        else:
            by_lesson.setdefault(event.lesson, []).append(event)
    lessons = {
        identity(each["uuid"]): lesson_standing(each, found, document["pass_mark"])
        for each in stations(document)
        if (found := by_lesson.get(identity(each["uuid"])))
    }
    for uuid in kept.keys() & lessons.keys():
        lessons[uuid] = replace(lessons[uuid], completed_at=kept[uuid])
    return lessons


def _with_undone(
    lessons: dict[UUID, LessonStanding], every: Sequence[Event], kept: Sequence[Event]
) -> dict[UUID, LessonStanding]:
    """How many tries of a questionnaire were taken back: what they drew is not drawn again."""
    undone = _tries(every) - _tries(kept)
    if not undone:
        return lessons
    return {
        uuid: replace(
            each,
            blocks={
                block: replace(it, data={**it.data, "undone": undone[block]})
                if undone[block]
                else it
                for block, it in each.blocks.items()
            },
        )
        for uuid, each in lessons.items()
    }


def _tries(events: Sequence[Event]) -> Counter[UUID | None]:
    return Counter(event.block for event in events if event.verb == Verb.ANSWERED)


def _finished_then(moved: Event) -> dict[UUID, datetime]:
    """What was finished when the version changed, and since when."""
    said = moved.result.get("finished") or {}
    return {UUID(uuid): datetime.fromisoformat(moment) for uuid, moment in said.items()}


def _completed(lessons: Mapping[UUID, LessonStanding], uuid: UUID) -> datetime | None:
    return lessons[uuid].completed_at if uuid in lessons else None


def _recognised(document: CourseDoc, events: Sequence[Event]) -> datetime | None:
    """Moment of completion, as it stood before the corrections that came too late to undo it."""
    corrections = [event for event in events if event.verb == Verb.MISSED]
    found = None
    for correction in sorted(corrections, key=_reception):
        before = [event for event in events if _reception(event) < _reception(correction)]
        found = _all_done(document, before) or found
    return _all_done(document, events) or found


def _all_done(document: CourseDoc, events: Sequence[Event]) -> datetime | None:
    lessons = _lessons(document, events)
    required = [identity(each["uuid"]) for each in stations(document) if each["required"]]
    moments = [_completed(lessons, uuid) for uuid in required]
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) < len(moments):
        return None
    # A course is moved only while it is not finished: figures of the past stay as they were.
    return max([*known, *(each.happened_at for each in events if each.verb == Verb.MOVED)])


def _best_score(document: CourseDoc, lessons: Mapping[UUID, LessonStanding]) -> int | None:
    """The best result at the final questionnaire; exercises of lessons do not count."""
    exams = [each for each in stations(document) if each["kind"] == LessonKind.EXAM]
    quizzes = [
        (identity(exam["uuid"]), identity(each["uuid"]))
        for exam in exams
        for each in exam["blocks"]
        if each["kind"] == BlockKind.QUIZ
    ]
    scores = [
        found.best_score
        for exam, uuid in quizzes
        if exam in lessons
        and (found := lessons[exam].blocks.get(uuid)) is not None
        and found.best_score is not None
    ]
    return max(scores, default=None)


def _moment(event: Event) -> tuple[datetime, UUID]:
    return event.happened_at, event.uuid


def _reception(event: Event) -> tuple[datetime, datetime, UUID]:
    return event.received_at, event.happened_at, event.uuid


def _completion(lesson: LessonDoc, events: Iterable[Event], pass_mark: int) -> datetime | None:
    if lesson["kind"] == LessonKind.MEETING:
        return _attendance(events)
    if lesson["kind"] == LessonKind.EXAM:
        passing = (e for e in events if e.verb in MARKED and _score(e) >= pass_mark)
        return min((event.happened_at for event in passing), default=None)
    acts = [event.happened_at for event in events if event.verb == Verb.COMPLETED]
    return min([*acts, *_finished(lesson, events)], default=None)


def _finished(lesson: LessonDoc, events: Iterable[Event]) -> Iterator[datetime]:
    """When each package that finishes the lesson, as its author chose, was done."""
    for each in lesson["blocks"]:
        if each.get("finishes"):
            parts = _parts(events, each).values()
            done = [
                min(moments)
                for found in parts
                if (moments := [each.happened_at for each in found if _status(each) in DONE])
            ]
            if done and len(done) == _parts_of(each):
                yield max(done)


def _attendance(events: Iterable[Event]) -> datetime | None:
    """The instructor's last word: a correction replaces what was taken before."""
    taken = [event for event in events if event.verb in {Verb.ATTENDED, Verb.MISSED}]
    if not taken:
        return None
    last = max(taken, key=_reception)
    return last.happened_at if last.verb == Verb.ATTENDED else None


def _parts(events: Iterable[Event], held: BlockDoc) -> dict[str, list[Event]]:
    """What was said of each part that the package has in this version."""
    parts: dict[str, list[Event]] = {}
    numbers, block = range(1, _parts_of(held) + 1), identity(held["uuid"])
    for event in events:
        part = event.result.get("part")
        if event.verb == Verb.PLAYED and event.block == block and part in numbers:
            parts.setdefault(str(part), []).append(event)
    return parts


def _parts_of(held: BlockDoc) -> int:
    """How many parts a package has in this version, where it may be gone."""
    return len(held["asset"]["package"]["parts"]) if "package" in held.get("asset", {}) else 0


def _status(event: Event) -> str:
    return str(event.result.get("status"))


def _package_standing(lesson: LessonDoc, uuid: UUID, events: Sequence[Event]) -> BlockStanding:
    """The best that was said of each part; a package is done when all its parts are."""
    held = block(lesson, uuid)
    said, total = (_parts(events, held), _parts_of(held)) if held else ({}, 0)
    parts = {
        part: max((_status(event) for event in found), key=PLAYED_RANKS.index)
        for part, found in said.items()
    }
    scores = [
        max(scores)
        for found in said.values()
        if (scores := [_score(event) for event in found if "score" in event.result])
    ]
    return BlockStanding(
        attempts=len({event.result.get("session") for event in events}),
        best_score=round(sum(scores) / len(scores)) if scores else None,
        data={
            "parts": parts,
            "done": 0 < total == sum(each in DONE for each in parts.values()),
        },
    )


def _block_standing(lesson: LessonDoc, uuid: UUID, events: Sequence[Event]) -> BlockStanding:
    if any(event.verb == Verb.PLAYED for event in events):
        return _package_standing(lesson, uuid, events)
    answered = [event for event in events if event.verb == Verb.ANSWERED]
    last = max(answered or events, key=_moment)
    return BlockStanding(
        attempts=len(answered) or len(events),
        best_score=max((_score(event) for event in events if event.verb in MARKED), default=None),
        data={"last_event": str(last.uuid)} if answered else _said(events),
    )


def _said(events: Iterable[Event]) -> dict[str, Any]:
    """What the last act says; what it leaves unsaid stays as the one before left it.

    Only a commitment said done in a copy, which holds none of its words, leaves anything unsaid.
    """
    said: dict[str, Any] = {}
    for event in sorted(events, key=_moment):
        said |= event.result
    return said


def _score(event: Event) -> int:
    return int(event.result.get("score", 0))
