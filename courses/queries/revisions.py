"""The past of drafts, as their authors read it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from courses.models import Block, Course, DraftRevision, Lesson, Question

SHOWN = 100


def latest(node: UUID) -> DraftRevision | None:
    """The last revision of an object, with its author."""
    return _told().filter(node=node).first()


def started_from(node: UUID, mark: str) -> DraftRevision | None:
    """The last revision that said what a form was opened on; None when none is kept."""
    return _told().filter(node=node, fingerprint=mark).first()


def revisions_of(course: Course, nodes: Collection[UUID] = ()) -> QuerySet[DraftRevision]:
    """Those of a course or of some of its objects, the last saved first."""
    rows = _told().filter(course=course).defer("said").order_by("-saved_at", "-pk")
    return (rows.filter(node__in=nodes) if nodes else rows)[:SHOWN]


def within(lesson: Lesson) -> list[UUID]:
    """A lesson and all that it holds."""
    blocks = Block.objects.filter(lesson=lesson)
    questions = Question.objects.filter(block__lesson=lesson)
    held = blocks.values_list("uuid", flat=True).union(questions.values_list("uuid", flat=True))
    return [lesson.uuid, *held]


def _told() -> QuerySet[DraftRevision]:
    return DraftRevision.objects.select_related("saved_by").order_by("-number")
