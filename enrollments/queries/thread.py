"""Le fil: where a person stands on the line of a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from courses.documents import CourseDoc, LessonDoc, identity, stations
from courses.queries import documents
from enrollments.models import Enrollment
from enrollments.projections import current_station


@dataclass(frozen=True, slots=True)
class Station:
    """A lesson, a meeting or the final questionnaire, with its number on the thread."""

    number: int
    lesson: LessonDoc
    completed_at: datetime | None
    is_current: bool
    is_opened: bool = False

    @property
    def is_done(self) -> bool:
        return self.completed_at is not None

    @property
    def is_meeting(self) -> bool:
        return self.lesson["kind"] == "meeting"


@dataclass(frozen=True, slots=True)
class ThreadModule:
    title: str
    stations: list[Station]

    @property
    def is_done(self) -> bool:
        return all(station.is_done for station in self.stations)

    @property
    def is_current(self) -> bool:
        return any(station.is_current for station in self.stations)


@dataclass(frozen=True, slots=True)
class Thread:
    """The whole line. `minutes_left` counts the required stations that are not done."""

    modules: list[ThreadModule]
    minutes_left: int

    @property
    def stations(self) -> list[Station]:
        return [station for module in self.modules for station in module.stations]

    @property
    def current(self) -> Station | None:
        return next((station for station in self.stations if station.is_current), None)

    def neighbours(self, uuid: str) -> tuple[Station | None, Station | None]:
        """Stations before and after the one of that UUID."""
        line = self.stations
        at = next(i for i, station in enumerate(line) if station.lesson["uuid"] == uuid)
        before = line[at - 1] if at else None
        return before, line[at + 1] if at + 1 < len(line) else None


def thread(document: CourseDoc, enrollment: Enrollment | None) -> Thread:
    """The line of a course; one query when someone follows it, none otherwise."""
    done = {} if enrollment is None else _opened([enrollment])[enrollment.pk]
    return _thread(document, enrollment, done)


def threads(enrollments: Sequence[Enrollment]) -> dict[int, Thread]:
    """The lines of several enrolments, by enrolment; two queries at most for all of them."""
    read = documents(each.version_id for each in enrollments)
    done = _opened(enrollments)
    return {each.pk: _thread(read[each.version_id], each, done[each.pk]) for each in enrollments}


# At each page of each learner: core/reading.py.
_OPENED = """
    SELECT enrollment_id, lesson, completed_at
      FROM enrollments_lessonstate WHERE enrollment_id = ANY(%s)
"""


def _opened(enrollments: Sequence[Enrollment]) -> dict[int, dict[UUID, datetime | None]]:
    """Stations opened, by enrolment, and when each was done."""
    found: dict[int, dict[UUID, datetime | None]] = {each.pk: {} for each in enrollments}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_OPENED, [list(found)])
            for pk, lesson, completed_at in cursor.fetchall():
                found[pk][lesson] = completed_at
    return found


def _thread(
    document: CourseDoc, enrollment: Enrollment | None, done: Mapping[UUID, datetime | None]
) -> Thread:
    current = _current(document, enrollment)
    modules = []
    number = 0
    for module in document["modules"]:
        row = []
        for lesson in module["lessons"]:
            number += 1
            uuid = identity(lesson["uuid"])
            row.append(
                Station(number, lesson, done.get(uuid), lesson["uuid"] == current, uuid in done)
            )
        modules.append(ThreadModule(module["title"], row))
    left = sum(
        lesson["minutes"]
        for lesson in stations(document)
        if lesson["required"] and done.get(identity(lesson["uuid"])) is None
    )
    return Thread(modules, left)


def _current(document: CourseDoc, enrollment: Enrollment | None) -> str | None:
    if enrollment is None or enrollment.completed_at is not None:
        return None
    where = enrollment.current_lesson or current_station(document, (), None)
    return str(where) if where else None
