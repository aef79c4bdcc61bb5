"""Parcours: their steps in order, and where a person stands on each line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from atn_platform.accounts.models import User
from atn_platform.core.office_hours import QUEBEC
from courses.documents import LessonDoc
from courses.enums import PathOrder
from courses.models import Course, Path, PathDoc, PathStep
from enrollments.models import Enrollment, PathEnrollment
from enrollments.queries.path_stops import Opening, PathCourse, Stop, paced, reading_of, stops_in


@dataclass(frozen=True, slots=True)
class PathLine:
    """A parcours as one person sees it; stops that are not offered yet count for nothing.

    `document` is what they follow: today's, or the one of the day when they began.
    """

    path: Path
    document: PathDoc
    stops: list[Stop]
    followed: PathEnrollment | None = None
    today: PathDoc | None = None

    @property
    def is_followed(self) -> bool:
        return self.followed is not None

    @property
    def is_ordered(self) -> bool:
        """Its author wants so, or whoever enrolled the person with a group."""
        return _in_order(self.document, self.followed)

    @property
    def is_outdated(self) -> bool:
        """It changed since the person began; they keep theirs until they choose."""
        return self.today is not None and self.today != self.document

    @property
    def total(self) -> int:
        return sum(stop.is_open for stop in self.stops)

    @property
    def done(self) -> int:
        return sum(stop.is_done for stop in self.stops)

    @property
    def minutes(self) -> int:
        return sum(stop.minutes for stop in self.stops)

    @property
    def minutes_left(self) -> int:
        return sum(stop.minutes for stop in self.stops if not stop.is_done)

    @property
    def current(self) -> Stop | None:
        return next((stop for stop in self.stops if stop.is_current), None)

    @property
    def done_on(self) -> date | None:
        """The day when the last of its stops was done; None while one is left."""
        if self.current is not None or not self.done:
            return None
        days = [each.done_on for stop in self.stops for each in stop.courses if each.done_on]
        return max(days, default=None)

    def course_of(self, course: Course) -> PathCourse | None:
        every = (each for stop in self.stops for each in stop.courses)
        return next((each for each in every if each.course_id == course.pk), None)

    def stops_of(self, course_id: int) -> list[Stop]:
        return [s for s in self.stops if any(each.course_id == course_id for each in s.courses)]


def _in_order(document: PathDoc, followed: PathEnrollment | None) -> bool:
    return document["order"] == PathOrder.REQUIRED or bool(followed and followed.in_order)


def path_lines(paths: Sequence[Path], user: User | None) -> list[PathLine]:
    """Lines of these parcours, in five queries at most; a stranger, None, stands nowhere.

    Two more when a step is a part of a course.
    """
    kept: Iterable[PathEnrollment] = ()
    if user is not None:
        rows = PathEnrollment.objects.visible_to(user).live().filter(path__in=paths)
        kept = rows.select_related("version")
    return _lines(paths, user, kept)


def _lines(
    paths: Sequence[Path], user: User | None, kept: Iterable[PathEnrollment]
) -> list[PathLine]:
    today = _documents_of(paths)
    followed = {each.path_id: each for each in kept}
    documents = dict(today)
    for pk, each in followed.items():
        if each.version is not None:
            documents[pk] = each.version.document
    reading = reading_of(user, documents.values())
    lines = []
    for path in paths:
        document, mine = documents[path.pk], followed.get(path.pk)
        stops = stops_in(document, reading, in_order=_in_order(document, mine))
        if mine is not None:
            stops = paced(stops, document, mine.started_at.astimezone(QUEBEC).date())
        lines.append(PathLine(path, document, stops, mine, today[path.pk]))
    return lines


def followed_paths(user: User) -> list[PathLine]:
    """The parcours that a person follows, the oldest first."""
    rows = PathEnrollment.objects.visible_to(user).live().order_by("started_at")
    kept = list(rows.select_related("path", "version"))
    return _lines([each.path for each in kept], user, kept) if kept else []


def held_back(user: User, course: Course) -> Opening | None:
    """The step that a parcours in a compulsory order wants done before this course.

    None when it may begin: nothing holds it, or another parcours of the person holds it freely.
    """
    kept = PathEnrollment.objects.visible_to(user).live()
    ordered = Q(in_order=True) | Q(version__document__order=PathOrder.REQUIRED)
    if not kept.filter(ordered).exists():
        return None
    stops = [stop for line in followed_paths(user) for stop in line.stops_of(course.pk)]
    return _opened_by(stops)


def aims(lines: Iterable[PathLine]) -> dict[int, LessonDoc | None]:
    """By course that parcours want in part only: the station to do next there.

    None when all of it is done, or waits: the parcours goes on elsewhere.
    """
    found: dict[int, LessonDoc | None] = {}
    whole: set[int] = set()
    for stop in (stop for line in lines for stop in line.stops):
        for each in stop.courses:
            if each.part is None:
                whole.add(each.course_id)
            elif found.get(each.course_id) is None:
                waits = stop.is_done or stop.is_locked
                found[each.course_id] = None if waits else each.part.current
    return {course: lesson for course, lesson in found.items() if course not in whole}


def held_stations(user: User, course_id: int) -> dict[str, Opening]:
    """Stations of a course under way that wait for a step of a parcours, by UUID, and that step.

    They belong to a part that comes later. A course that a parcours wants whole was held at its
    door: whoever is in goes on.
    """
    lines = followed_paths(user)
    stops = [stop for line in lines for stop in line.stops_of(course_id)]
    holding: dict[str, list[Stop]] = {}
    for stop in stops:
        for each in stop.courses:
            if each.course_id == course_id and each.part is None:
                return {}
            for lesson in each.part.lessons if each.course_id == course_id and each.part else ():
                holding.setdefault(lesson["uuid"], []).append(stop)
    return {uuid: said for uuid, found in holding.items() if (said := _opened_by(found))}


def waits_for(user: User, enrollment: Enrollment, station: str) -> Opening | None:
    """The step that opens this station later; None once it was opened, whatever came since."""
    if enrollment.lesson_states.filter(lesson=station).exists():
        return None
    return held_stations(user, enrollment.course_id).get(station)


def closed_stations(user: User, enrollment: Enrollment) -> set[str]:
    """The stations held for later that were not opened before."""
    held = held_stations(user, enrollment.course_id)
    opened = enrollment.lesson_states.filter(lesson__in=held).values_list("lesson", flat=True)
    return held.keys() - {str(each) for each in opened} if held else set()


def _opened_by(stops: list[Stop]) -> Opening | None:
    return stops[0].opened_by if stops and all(stop.is_locked for stop in stops) else None


def _documents_of(paths: Sequence[Path]) -> dict[int, PathDoc]:
    steps = PathStep.objects.filter(path__in=paths).select_related("course")
    rows: dict[int, list[PathStep]] = {path.pk: [] for path in paths}
    for step in steps.order_by("path", "position"):
        rows[step.path_id].append(step)
    return {path.pk: path.document(rows[path.pk]) for path in paths}
