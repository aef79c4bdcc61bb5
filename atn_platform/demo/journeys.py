"""One person's way through one course: a plausible ledger, and exactly what it projects."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from courses import draws
from courses.documents import (
    BlockDoc,
    ChoiceDoc,
    CourseDoc,
    LessonDoc,
    QuestionDoc,
    expected_words,
    stations,
)
from courses.enums import BlockKind, LessonKind
from courses.numbers import read_accepted, written
from courses.queries import document
from enrollments import grading
from enrollments.enums import Attendance, Status, Verb
from enrollments.models import (
    BlockState,
    Enrollment,
    LearningEvent,
    LessonState,
    Registration,
)
from enrollments.projections import Event, standing
from enrollments.queries.quiz import attempt_of

EASTERN = ZoneInfo("America/Toronto")
HOURS = (8, 9, 10, 11, 12, 12, 12, 13, 14, 15, 16, 19)
SATURDAY = 5
ATTEMPTS = 4
KNOWLEDGE = 0.86  # share of right answers at a first attempt


@dataclass(frozen=True, slots=True)
class Journey:
    """What someone does in a course: stations walked, none after `until`, and seats held."""

    enrollment: Enrollment
    stations_reached: int
    until: datetime
    seats: list[Registration] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """What a set of journeys writes, in bulk."""

    events: list[LearningEvent] = field(default_factory=list)
    lessons: list[LessonState] = field(default_factory=list)
    blocks: list[BlockState] = field(default_factory=list)


def working_moment(day: datetime, chance: random.Random) -> datetime:
    """A likely moment of that day, or of the Monday after it; in UTC."""
    local = day.astimezone(EASTERN)
    local += timedelta(days=max(0, 7 - local.weekday()) if local.weekday() >= SATURDAY else 0)
    moment = local.replace(hour=chance.choice(HOURS), minute=chance.randrange(60), second=0)
    return moment.astimezone(UTC)


def enrollment_of(**fields: Any) -> Enrollment:
    """A fresh enrolment in the version in force, not saved; its UUID follows from its `seed`."""
    seed = fields.pop("seed")
    course = fields["course"]
    content = document(course.current_version_id)
    return Enrollment(
        uuid=uuid5(course.uuid, seed),
        version_id=course.current_version_id,
        stations_total=sum(each["required"] for each in stations(content)),
        **fields,
    )


def travel(journey: Journey, rows: Rows, chance: random.Random) -> None:
    """Walk the first stations of the course, attend its meetings, and project the walk.

    The last station reached is only opened when others are left; projections are those that
    enrollments.actions would write, made by the same functions.
    """
    content = document(journey.enrollment.version_id)
    events = [event for seat in journey.seats for event in _meeting(seat)]
    events += _walk(journey, list(stations(content)), chance)
    rows.events += events
    _project(journey.enrollment, content, events, rows)


def _walk(
    journey: Journey, whole: list[LessonDoc], chance: random.Random
) -> Iterator[LearningEvent]:
    moments = _moments(journey.enrollment.enrolled_at + timedelta(minutes=5), chance)
    for rank, lesson in enumerate(whole[: journey.stations_reached], start=1):
        if lesson["kind"] == LessonKind.MEETING:
            attended = _attended(journey.seats)
            if attended is None:
                break
            next_day = attended + timedelta(days=chance.choice((1, 2, 2, 5)))
            moments = _moments(max(next(moments), working_moment(next_day, chance)), chance)
            continue
        moment = next(moments)
        if moment > journey.until:
            break
        visit = _visit(journey.enrollment, lesson, moment, chance)
        is_last = rank == journey.stations_reached < len(whole)
        yield from visit[:1] if is_last else visit


def _attended(seats: list[Registration]) -> datetime | None:
    """When the last seat led to a meeting, if one did."""
    came = [seat.attendance_at for seat in seats if seat.attendance == Attendance.PRESENT]
    return max((moment for moment in came if moment), default=None)


def _moments(start: datetime, chance: random.Random) -> Iterator[datetime]:
    """Starts of visits: several stations in a sitting, some days between sittings."""
    moment = start
    while True:
        yield moment
        later = moment + timedelta(minutes=chance.choice((12, 15, 20, 25)))
        if chance.random() < 0.35:  # noqa: PLR2004 -- sittings of about three stations
            days = chance.choice((1, 2, 2, 5, 7, 7, 12))
            later = working_moment(moment + timedelta(days=days), chance)
        moment = later


def _meeting(seat: Registration) -> Iterator[LearningEvent]:
    """The page read when the seat was taken, then what the instructor said."""

    def event(verb: Verb, uuid: UUID, moment: datetime) -> LearningEvent:
        return LearningEvent(
            uuid=uuid,
            enrollment=seat.enrollment,
            verb=verb,
            lesson=seat.session.lesson.uuid,
            happened_at=moment,
            received_at=moment,
        )

    yield event(Verb.OPENED, uuid5(seat.uuid, "opened"), seat.registered_at)
    if seat.attendance_at is not None:
        was_there = seat.attendance == Attendance.PRESENT
        verb = Verb.ATTENDED if was_there else Verb.MISSED
        # The identity that enrollments.actions.take_attendance gives to a first sheet.
        yield event(verb, uuid5(seat.uuid, "attendance-1"), seat.attendance_at)


def _visit(
    enrollment: Enrollment, lesson: LessonDoc, moment: datetime, chance: random.Random
) -> list[LearningEvent]:
    """What happens in one station, minute after minute."""

    def event(verb: Verb, *, uuid: UUID | None = None, **fields: Any) -> LearningEvent:
        nonlocal moment
        moment += timedelta(minutes=1)
        return LearningEvent(
            uuid=uuid or uuid5(enrollment.uuid, f"{verb}/{lesson['uuid']}"),
            enrollment=enrollment,
            verb=verb,
            lesson=UUID(lesson["uuid"]),
            happened_at=moment,
            received_at=moment,
            **fields,
        )

    happened = [event(Verb.OPENED)]
    for block in lesson["blocks"]:
        if block["kind"] == BlockKind.QUIZ:
            goal = 0 if lesson["kind"] == LessonKind.LESSON else _pass_mark(enrollment)
            for uuid, result in _attempts(enrollment, block, goal, chance):
                happened.append(
                    event(Verb.ANSWERED, uuid=uuid, block=UUID(block["uuid"]), result=result)
                )
    if lesson["kind"] == LessonKind.LESSON:
        happened.append(event(Verb.COMPLETED))
    return happened


def _pass_mark(enrollment: Enrollment) -> int:
    return document(enrollment.version_id)["pass_mark"]


def _attempts(
    enrollment: Enrollment, block: BlockDoc, goal: int, chance: random.Random
) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Attempts until the goal; one learns from feedback, and the last attempt is all right."""
    for n in range(ATTEMPTS):
        uuid = attempt_of(enrollment, block, n)
        drawn = draws.draw(block, uuid)
        knowledge = 1 if n == ATTEMPTS - 1 else KNOWLEDGE + 0.05 * n
        answers = {
            question["uuid"]: _answer(question, right=chance.random() < knowledge)
            for question in drawn
        }
        score = grading.percent(grading.mark(drawn, answers))
        yield uuid, {"score": score, "answers": answers}
        if score >= goal:
            return


def _answer(question: QuestionDoc, *, right: bool) -> list[str]:
    """What the form would send: the right answer, or a wrong one."""
    if question["kind"] in {"short", "numeric", "cloze"}:
        return _written(question, right=right)
    if question["kind"] == "ordering":
        items = list(question["items"])
        return items if right else items[1:] + items[:1]
    if "pairs" in question:
        sides = [pair["right"] for pair in question["pairs"]]
        return sides if right else sides[1:] + sides[:1]
    chosen = [each["key"] for each in question["choices"] if each["correct"] == right]
    return chosen if right else chosen[:1]


def _written(question: QuestionDoc, *, right: bool) -> list[str]:
    if question["kind"] == "short":
        return [_typed("short", expected_words(question), right=right)]
    if question["kind"] == "numeric":
        return [_typed("numeric", question["choices"], right=right)]
    return [_typed(gap["kind"], gap["choices"], right=right) for gap in question["gaps"]]


def _typed(kind: str, choices: list[ChoiceDoc], *, right: bool) -> str:
    """What is chosen in a list, or typed in a field."""
    if kind == "single":
        return next((each["key"] for each in choices if each["correct"] == right), "")
    if not right:
        return "je ne sais pas"
    text = next(each["text"] for each in choices if each["correct"])
    accepted = read_accepted(text) if kind == "numeric" else None
    return written(accepted.low) if accepted else text


def _project(
    enrollment: Enrollment, content: CourseDoc, events: list[LearningEvent], rows: Rows
) -> None:
    found = standing(content, [_read(event) for event in events])
    for uuid, lesson in found.lessons.items():
        rows.lessons.append(
            LessonState(
                enrollment=enrollment,
                lesson=uuid,
                opened_at=lesson.opened_at,
                completed_at=lesson.completed_at,
            )
        )
        rows.blocks += [
            BlockState(
                enrollment=enrollment,
                lesson=uuid,
                block=block,
                attempts=each.attempts,
                best_score=each.best_score,
                data=each.data,
            )
            for block, each in lesson.blocks.items()
        ]
    enrollment.first_activity_at = found.first_activity_at
    enrollment.last_activity_at = found.last_activity_at
    enrollment.stations_done, enrollment.current_lesson = found.done, found.current
    enrollment.best_score = found.best_score
    if found.completed_at:
        enrollment.status, enrollment.completed_at = Status.COMPLETED, found.completed_at


def _read(event: LearningEvent) -> Event:
    return Event(
        event.uuid,
        event.verb,
        event.lesson,
        event.block,
        event.result,
        event.happened_at,
        event.received_at,
    )
