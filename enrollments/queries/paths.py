"""Parcours: their courses in the advised order, and where a person stands on each line."""

from collections.abc import Sequence
from dataclasses import dataclass

from atn_platform.accounts.models import User
from courses.models import CourseVersion, Path, PathStep
from enrollments.enums import Status
from enrollments.models import Enrollment, PathEnrollment


@dataclass(frozen=True, slots=True)
class PathCourse:
    """A course of a parcours, in the version that the person follows or would join.

    `version` is None while the course is not offered: « à venir ».
    """

    version: CourseVersion | None
    enrollment: Enrollment | None
    course_id: int
    note: str
    title: str

    @property
    def is_done(self) -> bool:
        return self.enrollment is not None and self.enrollment.status == Status.COMPLETED


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the line: a course, or several among which to choose one."""

    number: int
    courses: list[PathCourse]
    is_current: bool

    @property
    def is_choice(self) -> bool:
        return len(self.courses) > 1

    @property
    def is_done(self) -> bool:
        return any(course.is_done for course in self.courses)

    @property
    def is_open(self) -> bool:
        """Whether one may do it at all today."""
        return any(course.version is not None for course in self.courses)

    @property
    def minutes(self) -> int:
        """Of the shortest of its courses."""
        return min((each.version.minutes for each in self.courses if each.version), default=0)


@dataclass(frozen=True, slots=True)
class PathLine:
    """A parcours as one person sees it; stops that are not offered yet count for nothing."""

    path: Path
    stops: list[Stop]
    is_followed: bool

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


def path_lines(paths: Sequence[Path], user: User | None) -> list[PathLine]:
    """Lines of these parcours, in three queries at most; a stranger, None, stands nowhere."""
    steps = PathStep.objects.filter(path__in=paths).order_by("path", "position")
    steps = steps.select_related("course__current_version")
    steps = steps.defer("course__current_version__document")
    rows: dict[int, list[PathStep]] = {path.pk: [] for path in paths}
    for step in steps:
        rows[step.path_id].append(step)
    mine: dict[int, Enrollment] = {}
    followed: set[int] = set()
    if user is not None:
        live = Enrollment.objects.visible_to(user).live().with_facts()
        mine = {each.course_id: each for each in live.filter(course__path_steps__path__in=paths)}
        kept = PathEnrollment.objects.visible_to(user).live()
        followed = set(kept.values_list("path_id", flat=True))
    return [PathLine(path, _stops(rows[path.pk], mine), path.pk in followed) for path in paths]


def followed_paths(user: User) -> list[PathLine]:
    """The parcours that a person follows, the oldest first."""
    followed = PathEnrollment.objects.visible_to(user).live().order_by("started_at")
    paths = [each.path for each in followed.select_related("path")]
    return path_lines(paths, user) if paths else []


def _stops(steps: Sequence[PathStep], mine: dict[int, Enrollment]) -> list[Stop]:
    """Neighbours of one group of choice make one stop."""
    groups: list[list[PathStep]] = []
    for step in steps:
        group = step.choice_group
        if group and groups and groups[-1][0].choice_group == group:
            groups[-1].append(step)
        else:
            groups.append([step])
    stops: list[Stop] = []
    for number, group_steps in enumerate(groups, start=1):
        courses = [_course(step, mine.get(step.course_id)) for step in group_steps]
        stop = Stop(number, courses, is_current=False)
        is_next = not stop.is_done and stop.is_open and not any(s.is_current for s in stops)
        stops.append(Stop(number, courses, is_next))
    return stops


def _course(step: PathStep, enrollment: Enrollment | None) -> PathCourse:
    offered = step.course.current_version if step.course.withdrawn_at is None else None
    version = enrollment.version if enrollment else offered
    title = version.front["title"] if version else step.course.code
    return PathCourse(version, enrollment, step.course_id, step.note, title)
