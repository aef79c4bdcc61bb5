"""Parcours: their courses in order, and where a person stands on each line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from atn_platform.accounts.models import User
from atn_platform.core.office_hours import QUEBEC
from courses.enums import PathOrder
from courses.models import Course, CourseVersion, Path, PathDoc, PathStep, StepDoc
from enrollments.enums import Status
from enrollments.models import Enrollment, PathEnrollment, Recognition


@dataclass(frozen=True, slots=True)
class PathCourse:
    """A course of a parcours, in the version that the person follows or would join.

    `version` is None while the course is not offered: « à venir ». `credit` names the equivalent
    course that was finished, or the training that was followed elsewhere.
    """

    version: CourseVersion | None
    enrollment: Enrollment | None
    course_id: int
    code: str
    note: str
    title: str
    credit: str = ""
    is_recognised: bool = False
    done_on: date | None = None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the line: a course, or several among which to choose one.

    Locked when the order is required and something before it is left to do. `advised_on` is a
    pace to propose, never a limit.
    """

    number: int
    courses: list[PathCourse]
    is_current: bool = False
    is_locked: bool = False
    advised_on: date | None = None

    @property
    def is_choice(self) -> bool:
        return len(self.courses) > 1

    @property
    def is_done(self) -> bool:
        return any(course.is_done for course in self.courses)

    @property
    def is_open(self) -> bool:
        """Whether it counts today: it is offered, or done already."""
        return self.is_done or any(course.version is not None for course in self.courses)

    @property
    def minutes(self) -> int:
        """Of the shortest of its courses."""
        return min((each.version.minutes for each in self.courses if each.version), default=0)


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
        return self.document["order"] == PathOrder.REQUIRED

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

    def stop_of(self, course: Course) -> Stop | None:
        return next(
            (s for s in self.stops if any(each.course_id == course.pk for each in s.courses)), None
        )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one person did, by the code of the course."""

    enrollments: dict[str, Enrollment] = field(default_factory=dict)
    recognitions: dict[str, Recognition] = field(default_factory=dict)


def path_lines(paths: Sequence[Path], user: User | None) -> list[PathLine]:
    """Lines of these parcours, in five queries at most; a stranger, None, stands nowhere."""
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
    courses = _courses(documents.values())
    standing = _standing(user, documents.values())
    lines = []
    for path in paths:
        document, mine = documents[path.pk], followed.get(path.pk)
        stops = _stops(document, courses, standing)
        if mine is not None:
            stops = _paced(stops, document, mine.started_at.astimezone(QUEBEC).date())
        lines.append(PathLine(path, document, stops, mine, today[path.pk]))
    return lines


def followed_paths(user: User) -> list[PathLine]:
    """The parcours that a person follows, the oldest first."""
    rows = PathEnrollment.objects.visible_to(user).live().order_by("started_at")
    kept = list(rows.select_related("path", "version"))
    return _lines([each.path for each in kept], user, kept) if kept else []


def held_back(user: User, course: Course) -> str:
    """What a parcours in a required order wants done before this course; empty when it may begin.

    A course that another parcours of the person holds without that order may always begin.
    """
    kept = PathEnrollment.objects.visible_to(user).live()
    if not kept.filter(version__document__order=PathOrder.REQUIRED).exists():
        return ""
    lines = [line for line in followed_paths(user) if line.stop_of(course) is not None]
    held = [line for line in lines if (stop := line.stop_of(course)) and stop.is_locked]
    if not held or len(held) < len(lines) or held[0].current is None:
        return ""
    return held[0].current.courses[0].title


def _documents_of(paths: Sequence[Path]) -> dict[int, PathDoc]:
    steps = PathStep.objects.filter(path__in=paths).select_related("course")
    rows: dict[int, list[PathStep]] = {path.pk: [] for path in paths}
    for step in steps.order_by("path", "position"):
        rows[step.path_id].append(step)
    return {path.pk: path.document(rows[path.pk]) for path in paths}


def _courses(documents: Iterable[PathDoc]) -> dict[str, Course]:
    codes = {step["course"] for document in documents for step in document["steps"]}
    rows = Course.objects.filter(code__in=codes).select_related("current_version")
    return {each.code: each for each in rows.defer("current_version__document")}


def _standing(user: User | None, documents: Iterable[PathDoc]) -> _Standing:
    if user is None:
        return _Standing()
    codes = {
        code
        for document in documents
        for step in document["steps"]
        for code in (step["course"], *step["equivalents"])
    }
    live = Enrollment.objects.visible_to(user).live().with_facts().filter(course__code__in=codes)
    declared = Recognition.objects.visible_to(user).filter(course__code__in=codes)
    return _Standing(
        {each.course.code: each for each in live},
        {each.course.code: each for each in declared.select_related("course")},
    )


def _stops(document: PathDoc, courses: dict[str, Course], standing: _Standing) -> list[Stop]:
    """Neighbours of one group of choice make one stop."""
    groups: list[list[StepDoc]] = []
    for step in document["steps"]:
        group = step["choice_group"]
        if group and groups and groups[-1][0]["choice_group"] == group:
            groups[-1].append(step)
        else:
            groups.append([step])
    stops: list[Stop] = []
    is_left = False
    for number, steps in enumerate(groups, start=1):
        known = [(each, courses[each["course"]]) for each in steps if each["course"] in courses]
        stop = Stop(number, [_course(each, course, standing) for each, course in known])
        is_next = not is_left and stop.is_open and not stop.is_done
        is_locked = is_left and document["order"] == PathOrder.REQUIRED and not stop.is_done
        stops.append(replace(stop, is_current=is_next, is_locked=is_locked))
        is_left = is_left or is_next
    return stops


def _course(step: StepDoc, course: Course, standing: _Standing) -> PathCourse:
    enrollment = standing.enrollments.get(course.code)
    offered = course.current_version if course.withdrawn_at is None else None
    version = enrollment.version if enrollment else offered
    found = PathCourse(
        version,
        enrollment,
        course.pk,
        course.code,
        step["note"],
        version.front["title"] if version else course.code,
    )
    if day := _finished(enrollment):
        return replace(found, done_on=day)
    for code in step["equivalents"]:
        other = standing.enrollments.get(code)
        if other is not None and (day := _finished(other)):
            return replace(found, done_on=day, credit=other.version.front["title"])
    if elsewhere := standing.recognitions.get(course.code):
        words = f"{elsewhere.title}, {elsewhere.organiser}"
        return replace(found, done_on=elsewhere.done_on, credit=words, is_recognised=True)
    return found


def _finished(enrollment: Enrollment | None) -> date | None:
    if enrollment is None or enrollment.status != Status.COMPLETED or not enrollment.completed_at:
        return None
    return enrollment.completed_at.astimezone(QUEBEC).date()


def _paced(stops: list[Stop], document: PathDoc, started_on: date) -> list[Stop]:
    """Each stop with the day by which its share of the advised weeks would be over."""
    weeks, total = document["weeks"], sum(stop.minutes for stop in stops)
    if not weeks or not total:
        return stops
    paced, spent = [], 0
    for stop in stops:
        spent += stop.minutes
        days = round(weeks * 7 * spent / total)
        paced.append(replace(stop, advised_on=started_on + timedelta(days=days)))
    return paced
