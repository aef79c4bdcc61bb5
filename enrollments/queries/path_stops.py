"""The steps of parcours: what each asks for, in which version, and what of it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.office_hours import QUEBEC
from courses.documents import CourseDoc, LessonDoc, part_of, station
from courses.models import Course, CourseVersion, PathDoc, StepDoc, is_part
from courses.queries import documents
from enrollments.enums import Status
from enrollments.models import Enrollment, LessonState, Recognition
from enrollments.projections import part_standing


@dataclass(frozen=True, slots=True)
class PathPart:
    """The part of a course that a step asks for, in one version: its stations, and what is left.

    `total` counts those that it asks for; `current` is the first left to do.
    """

    titles: list[str]
    lessons: list[LessonDoc]
    done: int
    total: int
    current: LessonDoc | None

    @property
    def minutes(self) -> int:
        return sum(each["minutes"] for each in self.lessons)

    def holds(self, lesson: str) -> bool:
        return any(each["uuid"] == lesson for each in self.lessons)


@dataclass(frozen=True, slots=True)
class PathCourse:
    """A course of a parcours or a part of it, in the version that one follows or would join.

    `version` is None while it is not offered: « à venir ». `credit` names the equivalent that was
    finished, or the training that was followed elsewhere. `part` is None for the whole.
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
    part: PathPart | None = None

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def minutes(self) -> int:
        if self.part is not None:
            return self.part.minutes
        return self.version.minutes if self.version else 0

    @property
    def name(self) -> str:
        """The course, and the parts of it that are asked for."""
        return f"{self.title} ({', '.join(self.part.titles)})" if self.part else self.title


@dataclass(frozen=True, slots=True)
class Opening:
    """The step that opens another one, as that one speaks of it: what may be chosen there.

    Titles are in French whoever reads, and pages must say so: plain text has the number alone.
    """

    number: int
    titles: tuple[str, ...]

    def __str__(self) -> str:
        return _("étape %d") % self.number


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the line: a course, or several among which to choose one.

    Locked when the order is required and something before it is left to do: `opened_by` names
    that step. `advised_on` is a pace to propose, never a limit.
    """

    number: int
    courses: list[PathCourse]
    is_current: bool = False
    opened_by: Opening | None = None
    advised_on: date | None = None

    @property
    def is_locked(self) -> bool:
        return self.opened_by is not None

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
        return min((each.minutes for each in self.courses if each.version), default=0)

    @property
    def opening(self) -> Opening:
        return Opening(self.number, tuple(each.name for each in self.courses if each.version))


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person did, by the code of the course.

    `finished` holds stations of courses that some step wants in part, whatever became of the
    enrolment: whoever did the part asked for may set the rest of the course aside.
    """

    enrollments: dict[str, Enrollment] = field(default_factory=dict)
    finished: dict[str, dict[UUID, datetime]] = field(default_factory=dict)
    recognitions: dict[str, Recognition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What several parcours are made of, read once for all of them."""

    courses: dict[str, Course]
    standing: Standing
    contents: Mapping[int, CourseDoc]  # of versions that some step wants in part


def reading_of(user: User | None, wanted: Iterable[PathDoc]) -> Reading:
    steps = [step for document in wanted for step in document["steps"]]
    codes = {step["course"] for step in steps}
    in_part = {step["course"] for step in steps if is_part(step)}
    others = [each.partition("/") for step in steps for each in step["equivalents"]]
    modules = {code for code, __, module in others if module}
    rows = Course.objects.filter(code__in=codes | modules).select_related("current_version")
    courses = {each.code: each for each in rows.defer("current_version__document")}
    every = codes | {code for code, *__ in others}
    standing = _standing(user, every, in_part | modules)
    found = (_version(courses[code], standing) for code in in_part | modules if code in courses)
    return Reading(courses, standing, documents(each.pk for each in found if each))


def _version(course: Course, standing: Standing) -> CourseVersion | None:
    """The version that the person follows, or would join."""
    if (enrollment := standing.enrollments.get(course.code)) is not None:
        return enrollment.version
    return course.current_version if course.withdrawn_at is None else None


def _standing(user: User | None, codes: Iterable[str], in_part: Iterable[str]) -> Standing:
    if user is None:
        return Standing()
    live = Enrollment.objects.visible_to(user).live().with_facts().filter(course__code__in=codes)
    declared = Recognition.objects.visible_to(user).filter(course__code__in=codes)
    return Standing(
        {each.course.code: each for each in live},
        _finished_stations(user, in_part),
        {each.course.code: each for each in declared.select_related("course")},
    )


def _finished_stations(user: User, codes: Iterable[str]) -> dict[str, dict[UUID, datetime]]:
    """By course, the first time that each station was finished; no query without a course."""
    wanted = list(codes)
    found: dict[str, dict[UUID, datetime]] = {}
    if not wanted:
        return found
    rows = LessonState.objects.filter(
        enrollment__in=Enrollment.objects.visible_to(user),
        enrollment__course__code__in=wanted,
        completed_at__isnull=False,
    ).order_by("-completed_at")
    names = ("enrollment__course__code", "lesson", "completed_at")
    for code, uuid, moment in rows.values_list(*names):
        if moment is not None:
            found.setdefault(code, {})[uuid] = moment
    return found


def stops_in(document: PathDoc, reading: Reading, *, in_order: bool) -> list[Stop]:
    """Neighbours of one group of choice make one stop."""
    groups: list[list[StepDoc]] = []
    for step in document["steps"]:
        group = step["choice_group"]
        if group and groups and groups[-1][0]["choice_group"] == group:
            groups[-1].append(step)
        else:
            groups.append([step])
    stops: list[Stop] = []
    left: Stop | None = None
    for number, steps in enumerate(groups, start=1):
        stop = Stop(number, [_course(e, reading) for e in steps if e["course"] in reading.courses])
        is_next = left is None and stop.is_open and not stop.is_done
        opened_by = left.opening if left and in_order and not stop.is_done else None
        stops.append(replace(stop, is_current=is_next, opened_by=opened_by))
        left = stop if is_next else left
    return stops


def _course(step: StepDoc, reading: Reading) -> PathCourse:
    course, standing = reading.courses[step["course"]], reading.standing
    version = _version(course, standing)
    enrollment = standing.enrollments.get(course.code)
    part, day = None, None
    if is_part(step):
        part, day = _part(course, version, step, reading)
        version = version if part else None
    found = PathCourse(
        version,
        enrollment,
        course.pk,
        course.code,
        step["note"],
        version.front["title"] if version else course.code,
        part=part,
    )
    if day := day or _finished(enrollment):
        return replace(found, done_on=day)
    for each in step["equivalents"]:
        if (credit := _equivalent(each, reading)) is not None:
            return replace(found, done_on=credit[1], credit=credit[0])
    if elsewhere := standing.recognitions.get(course.code):
        words = f"{elsewhere.title}, {elsewhere.organiser}"
        return replace(found, done_on=elsewhere.done_on, credit=words, is_recognised=True)
    return found


def _part(
    course: Course, version: CourseVersion | None, step: StepDoc, reading: Reading
) -> tuple[PathPart | None, date | None]:
    """The part in that version, None when nothing of it is there; and the day when it was done."""
    if version is None:
        return None, None
    content = reading.contents[version.pk]
    modules, lessons = step.get("modules", []), step.get("lessons", [])
    wanted = part_of(content, modules, lessons)
    if not wanted:
        return None, None
    place = part_standing(wanted, reading.standing.finished.get(course.code, {}))
    titles = [each["title"] for each in content["modules"] if each["key"] in modules]
    alone = part_of(content, (), lessons)
    part = PathPart(
        titles + [each["title"] for each in alone],
        wanted,
        place.done,
        place.total,
        station(content, place.current) if place.current else None,
    )
    return part, _day(place.completed_at)


def _equivalent(named: str, reading: Reading) -> tuple[str, date] | None:
    """The title of what counts in the place of a step, and the day when it was done; or None."""
    code, __, module = named.partition("/")
    enrollment = reading.standing.enrollments.get(code)
    if enrollment is not None and (day := _finished(enrollment)):
        return enrollment.version.front["title"], day
    course = reading.courses.get(code)
    if not module or course is None or (version := _version(course, reading.standing)) is None:
        return None
    step: StepDoc = {
        "course": code, "choice_group": "", "note": "", "equivalents": [], "modules": [module],
    }  # fmt: skip
    part, done_on = _part(course, version, step, reading)
    if part is None or done_on is None:
        return None
    return f"{version.front['title']} ({', '.join(part.titles)})", done_on


def _finished(enrollment: Enrollment | None) -> date | None:
    if enrollment is None or enrollment.status != Status.COMPLETED:
        return None
    return _day(enrollment.completed_at)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(QUEBEC).date() if moment else None


def paced(stops: list[Stop], document: PathDoc, started_on: date) -> list[Stop]:
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
