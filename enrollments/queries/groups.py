"""What enrolling a group would do, and what may still be taken back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from atn_platform.accounts.models import User
from courses.models import Course, CourseVersion, Path, PathStep
from enrollments.enums import GroupState, Outcome, Status
from enrollments.models import (
    Enrollment,
    GroupEnrollment,
    GroupLine,
    LearningEvent,
    PathEnrollment,
    Registration,
)
from enrollments.queries.sharing import facts_shown
from municipalities.models import Mandate, Organisation


@dataclass(frozen=True, slots=True)
class Effect:
    """What a line does. `opens` is the course that it joins: chosen, or first of the parcours."""

    line: GroupLine
    outcome: Outcome
    opens: Course | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Standings:
    """What the people of a group follow, and what they left, whoever enrolled them.

    Courses and parcours by person; `aside` holds what is no affair of this organisation.
    """

    courses: dict[tuple[int, int], Enrollment]
    aside: set[tuple[int, int]]
    paths: set[tuple[int, int]]
    paths_left: set[tuple[int, int]]


def lines_of(group: GroupEnrollment) -> QuerySet[GroupLine]:
    """Lines by name, each with `is_shown`: whether the facts of its person may be."""
    return _told(group.lines.all())


def lines_about(user: User, organisation: Organisation) -> QuerySet[GroupLine]:
    """The lines of this person in the groups of an organisation, the latest group first."""
    rows = GroupLine.objects.filter(mandate__user=user, group__organisation=organisation)
    return _told(rows).select_related("group").order_by("-group", "pk")


def _told(lines: QuerySet[GroupLine]) -> QuerySet[GroupLine]:
    rows = lines.select_related(
        "mandate__user", "course__current_version", "path", "enrollment"
    ).defer("course__current_version__document")
    shown = Exists(Mandate.objects.filter(facts_shown(), pk=OuterRef("mandate")))
    return rows.annotate(is_shown=shown).order_by("mandate__user__sort_key", "pk")


def ordering_lines(*, on: date) -> QuerySet[GroupLine]:
    """Lines by which an organisation still wants the order of a parcours that it opened followed.

    Neither groups taken back nor mandates over count.
    """
    return GroupLine.objects.filter(
        group__state=GroupState.DONE,
        group__in_order=True,
        path_enrollment__isnull=False,
        mandate__in=Mandate.objects.in_force(on=on),
    )


def effects(lines: Sequence[GroupLine], *, on: date) -> list[Effect]:
    """What each line would do that day; the same number of queries whatever the lines."""
    firsts = first_courses({each.path for each in lines if each.path})
    found = _standings([each.mandate.user_id for each in lines])
    in_force = set(
        Mandate.objects.in_force(on=on)
        .filter(pk__in=[each.mandate_id for each in lines], user__is_active=True)
        .values_list("pk", flat=True)
    )
    return [
        _effect(each, found, firsts) if each.mandate_id in in_force else Effect(each, Outcome.GONE)
        for each in lines
    ]


def _effect(line: GroupLine, found: Standings, firsts: dict[int, Course | None]) -> Effect:
    person = line.mandate.user_id
    if line.course_id is not None:
        outcome = _of_course(line, line.course_id, found)
        return Effect(line, outcome, line.course if outcome == Outcome.NEW else None)
    key = (person, line.path_id or 0)
    if key in found.paths:
        return Effect(line, Outcome.KNOWN)
    if key in found.paths_left:
        return Effect(line, Outcome.APART)
    first = firsts.get(line.path_id or 0)
    opens = first if first and _of_course(line, first.pk, found) == Outcome.NEW else None
    return Effect(line, Outcome.NEW, opens, follows=True)


def _of_course(line: GroupLine, course_id: int, found: Standings) -> Outcome:
    """A course followed in another capacity is not told: the person decides of it."""
    key = (line.mandate.user_id, course_id)
    followed = found.courses.get(key)
    if followed is not None:
        same = followed.mandate.thread == line.mandate.thread
        return Outcome.KNOWN if same else Outcome.APART
    return Outcome.APART if key in found.aside else Outcome.NEW


def _standings(people: Collection[int]) -> Standings:
    rows = Enrollment.objects.filter(learner__in=people, duplicate_of__isnull=True)
    rows = rows.select_related("mandate")
    live = {
        (each.learner_id, each.course_id): each for each in rows if each.status != Status.WITHDRAWN
    }
    paths = PathEnrollment.objects.filter(learner__in=people)
    kept = paths.values_list("learner_id", "path_id", "withdrawn_at")
    return Standings(
        courses=live,
        aside={(each.learner_id, each.course_id) for each in rows} - set(live),
        paths={(person, path) for person, path, left in kept if left is None},
        paths_left={(person, path) for person, path, left in kept if left is not None},
    )


def first_courses(paths: Iterable[Path]) -> dict[int, Course | None]:
    """By parcours, the course that it begins with; None when that is a choice of the person's."""
    steps = PathStep.objects.filter(
        path__in=list(paths),
        course__current_version__isnull=False,
        course__withdrawn_at__isnull=True,
    ).select_related("course")
    firsts: dict[int, Course | None] = {}
    for step in steps.order_by("path", "position"):
        firsts.setdefault(step.path_id, None if step.choice_group else step.course)
    return firsts


def untouched() -> Q:
    """Enrolments, by their own fields, in which nothing was done: they may go without a trace.

    Not one in which the course of another account goes on since both became one.
    """
    own = OuterRef("pk")
    return Q(
        ~Exists(Enrollment.objects.filter(duplicate_of=own)),
        ~Exists(LearningEvent.objects.filter(enrollment=own)),
        ~Exists(Registration.objects.filter(enrollment=own)),
        status=Status.ACTIVE,
        first_activity_at__isnull=True,
    )


def begun(group: GroupEnrollment) -> QuerySet[GroupLine]:
    """Lines whose course was begun since: they stay when the group is taken back."""
    removable = Enrollment.objects.filter(untouched(), pk=OuterRef("enrollment"))
    return lines_of(group).filter(Q(enrollment__isnull=False) & ~Exists(removable))


def offered_courses() -> list[CourseVersion]:
    """Courses that a group may be enrolled in, by code."""
    return list(CourseVersion.objects.in_force().order_by("course__code"))


def offered_paths() -> list[Path]:
    """Parcours of which at least one course is offered."""
    steps = PathStep.objects.filter(course__in=Course.objects.published())
    return list(Path.objects.filter(pk__in=steps.values("path")).order_by("position", "code"))
