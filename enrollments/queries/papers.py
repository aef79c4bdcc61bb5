"""Answer sheets that somebody of an organisation filled, and what of a sheet still counts."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from atn_platform.accounts.models import User
from atn_platform.core import codes
from courses import paper
from courses.documents import LessonDoc, stations
from courses.enums import LessonKind
from courses.models import CourseVersion
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import Enrollment, EnrollmentQuerySet, PaperSheet, PaperSheetQuerySet
from enrollments.queries.sharing import facts_shown
from municipalities.models import Mandate, Organisation


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A station of the sheet, and what of it may be entered; `changed` when that is not all."""

    stop: paper.Stop
    quizzes: list[paper.Questionnaire]
    is_lesson: bool
    changed: bool


def version_of(code: str) -> CourseVersion | None:
    """The version whose sheet bears that code, however it was typed."""
    found = paper.number_in("-".join(code.upper().replace("-", " ").split()))
    if found is None:
        return None
    course, number = found
    versions = CourseVersion.objects.select_related("course")
    version = versions.filter(course__code=course, number=number).first()
    is_same = version is not None and codes.read(paper.code_of(version)) == codes.read(code)
    return version if is_same else None


def parts(sheet: CourseVersion, followed: CourseVersion) -> list[SheetPart]:
    """The sheet of one version, for somebody who follows that one or another of the course.

    What stands unchanged in the version followed may be entered; the rest is done on line.
    """
    now = {each["uuid"]: each for each in stations(document(followed.pk))}
    found = (_part(stop, now.get(stop.lesson["uuid"])) for stop in paper.stops(document(sheet.pk)))
    return [each for each in found if each.quizzes or each.is_lesson or each.changed]


def _part(stop: paper.Stop, now: LessonDoc | None) -> SheetPart:
    blocks = {each["uuid"]: each for each in now["blocks"]} if now else {}
    same = [
        quiz
        for uuid, quiz in stop.quizzes.items()
        if uuid in blocks
        and "questions" in blocks[uuid]
        and paper.attempt_of(blocks[uuid]) == quiz.attempt
    ]
    is_lesson = stop.lesson["kind"] == LessonKind.LESSON
    is_there = now is not None and now["kind"] == stop.lesson["kind"]
    changed = len(same) < len(stop.quizzes) or (is_lesson and not is_there)
    return SheetPart(stop, same if is_there else [], is_lesson and is_there, changed)


def followed_there(organisation: Organisation, *, on: date) -> EnrollmentQuerySet:
    """Courses that its people follow in that capacity; of elected people, those who agree."""
    live = Enrollment.objects.live().filter(_under_mandates_of(organisation, on=on))
    return live.with_facts().select_related("learner")


def _under_mandates_of(organisation: Organisation, *, on: date) -> Q:
    mandates = Mandate.objects.in_force(on=on).filter(facts_shown(), organisation=organisation)
    return Q(mandate__thread__in=mandates.values("thread"))


def active_there(organisation: Organisation, *, on: date) -> EnrollmentQuerySet:
    """Of these, those under way: a sheet of theirs may be entered."""
    return followed_there(organisation, on=on).filter(status=Status.ACTIVE)


def under_way(organisation: Organisation, *, on: date) -> list[User]:
    """Who may hand in a sheet, by name."""
    active = active_there(organisation, on=on)
    return list(User.objects.filter(pk__in=active.values("learner")).order_by("sort_key", "pk"))


def entered(organisation: Organisation, *, on: date) -> PaperSheetQuerySet:
    """Sheets of its people, the last one entered first.

    Those of a course that goes on elsewhere too, since its person’s two accounts became one.
    """
    kept = Enrollment.objects.exclude(status=Status.WITHDRAWN)
    mine = kept.filter(_under_mandates_of(organisation, on=on)).order_by().values("pk")
    rows = PaperSheet.objects.filter(enrollment__in=mine)
    return with_names(rows).order_by("-entered_at", "-pk")


def with_names(rows: PaperSheetQuerySet) -> PaperSheetQuerySet:
    rows = rows.select_related(
        "enrollment__learner", "enrollment__duplicate_of", "version__course", "entered_by",
        "undone_by",
    )  # fmt: skip
    return rows.defer("version__document")
