"""Who would go on in a newer version of a course, and what it changes for them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    Exists,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from courses.differences import Change, differences
from courses.documents import stations
from courses.models import Course, CourseVersion
from courses.queries import Effect, document
from enrollments.enums import Status, Verb
from enrollments.models import (
    MOVE_UNDO,
    Enrollment,
    EnrollmentQuerySet,
    HelpThread,
    LearningEvent,
    LearningEventQuerySet,
    LessonNote,
    Registration,
    VersionMove,
)


def to_move(version: CourseVersion, leaving: Collection[int] = ()) -> EnrollmentQuerySet:
    """People under way on another version: not those who finished, nor set the course aside.

    `leaving` keeps those who follow one of these versions, by number.
    """
    rows = Enrollment.objects.live().filter(course=version.course_id, status=Status.ACTIVE)
    if leaving:
        rows = rows.filter(version__number__in=leaving)
    return rows.exclude(version=version).order_by("pk")


def followed_versions(version: CourseVersion) -> list[tuple[int, int]]:
    """The versions that people under way follow, by number, newest first, with their people."""
    rows = to_move(version).order_by("-version__number").values("version__number")
    return list(rows.annotate(people=Count("pk")).values_list("version__number", "people"))


def finished_by_moving(version: CourseVersion) -> int:
    """How many of them have finished already all that this version requires."""
    required = [each["uuid"] for each in stations(document(version.pk)) if each["required"]]
    done = Count(
        "lesson_states",
        filter=Q(lesson_states__lesson__in=required, lesson_states__completed_at__isnull=False),
    )
    return to_move(version).order_by().annotate(done=done).filter(done=len(required)).count()


# What a person did not do: being moved; and what going back keeps as it is.
NO_WORK = (Verb.MOVED, Verb.UNDONE, Verb.OPENED)


def moved_by(move: VersionMove) -> EnrollmentQuerySet:
    """Everyone whom this move brought, less those who went back; `moved_at` is when."""
    acts = LearningEvent.objects.counting().filter(enrollment=OuterRef("pk"))
    moved = acts.filter(verb=Verb.MOVED, result__move=move.pk).values("received_at")[:1]
    rows = Enrollment.objects.live().filter(course=move.version.course_id)
    return rows.annotate(moved_at=Subquery(moved)).filter(moved_at__isnull=False)


def gone_back(move: VersionMove) -> int:
    """How many went back already."""
    return _acts_of(move).taken_back().count()


def _acts_of(move: VersionMove) -> LearningEventQuerySet:
    """Its acts, by the enrolments of the course: the ledger has no index on what acts say."""
    acts = LearningEvent.objects.filter(enrollment__course=move.version.course_id)
    return acts.filter(verb=Verb.MOVED, result__move=move.pk)


def returning(move: VersionMove) -> EnrollmentQuerySet:
    """Those of them whom taking the move back returns to the version that they followed.

    Nothing that a person did under the newer version may be lost: whoever answered, finished,
    wrote, asked or took a seat since then stays in it, as does whoever finished the course, set
    it aside, or went on to a newer version yet. Having opened a lesson keeps nobody: it remains.
    """
    rows = moved_by(move).filter(version=move.version_id, status=Status.ACTIVE)
    for work in _work():
        rows = rows.exclude(Exists(work))
    return rows.order_by("pk")


def ways_back(move: VersionMove) -> list[Effect]:
    """For each version left, who goes back to it and what they would find there again."""
    acts = _acts_of(move).counting()
    people = Counter(
        acts.filter(enrollment__in=returning(move).values("pk")).values_list(
            "result__from", flat=True
        )
    )
    left = CourseVersion.objects.filter(pk__in=people).order_by("-number")
    now, numbers = document(move.version_id), left.values_list("pk", "number")
    return [Effect(number, people[pk], differences(now, document(pk))) for pk, number in numbers]


def undoable(course: Course, *, at: datetime) -> list[VersionMove]:
    """Moves of a course that can be taken back still, newest first; those being so, too.

    Acts of older moves do not say which one they were of: nobody is known to have been brought.
    """
    acts = LearningEvent.objects.filter(enrollment__course=course, verb=Verb.MOVED)
    row = Func(OuterRef("pk"), function="to_jsonb", output_field=JSONField())
    recent = VersionMove.objects.filter(
        Exists(acts.filter(result__move=row)),
        version__course=course,
        finished_at__isnull=False,
        undone_at__isnull=True,
        asked_at__gte=at - timedelta(days=MOVE_UNDO),
    )
    return list(recent.select_related("version").defer("version__document").order_by("-asked_at"))


def _work() -> list[QuerySet[Any]]:
    """What an enrolment bears that came at the moment of the move, or after it."""
    of, since = OuterRef("pk"), OuterRef("moved_at")
    return [
        LearningEvent.objects.filter(enrollment=of, received_at__gte=since).exclude(
            verb__in=NO_WORK
        ),
        LessonNote.objects.filter(enrollment=of, written_at__gte=since),
        HelpThread.objects.filter(enrollment=of, asked_at__gte=since),
        Registration.objects.filter(enrollment=of, registered_at__gte=since),
    ]


@dataclass(frozen=True, slots=True)
class News:
    """What changed in a course for somebody who was following it."""

    since: datetime
    changes: list[Change]


def news_of(enrollment: Enrollment) -> News | None:
    """What the last change of version brought; nothing once the course is finished."""
    if enrollment.completed_at is not None:
        return None
    acts = LearningEvent.objects.counting().filter(enrollment=enrollment)
    moved = acts.filter(verb=Verb.MOVED).order_by("-received_at").first()
    if moved is None:
        return None
    before, after = document(moved.result["from"]), document(moved.result["to"])
    return News(moved.happened_at, differences(before, after))
