"""The past of drafts, as their authors read it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from courses.models import OUTLINE, Block, Course, DraftRevision, Lesson, Question

SHOWN = 100


def latest(node: UUID) -> DraftRevision | None:
    """The last revision of what an object says, with its author."""
    return _told().filter(node=node).exclude(kind=OUTLINE).first()


def last_of_all(node: UUID) -> DraftRevision | None:
    """The last revision of an object, of its words or of what it holds."""
    return _told().filter(node=node).first()


def removal_of(course: Course, node: UUID) -> DraftRevision | None:
    """The change that removed this object; None when it left with what held it."""
    changes = _told().filter(course=course, kind=OUTLINE, said__node=str(node))
    return changes.filter(said__has_key="held").order_by("-saved_at", "-pk").first()


def started_from(node: UUID, mark: str) -> DraftRevision | None:
    """The last revision that said what a form was opened on; None when none is kept."""
    return _told().filter(node=node, fingerprint=mark).first()


def revisions_of(course: Course, nodes: Collection[UUID] = ()) -> QuerySet[DraftRevision]:
    """Those of a course or of some of its objects, the last saved first."""
    rows = _told().filter(course=course).defer("said").order_by("-saved_at", "-pk")
    # Of a change of the outline, what the list says of it.
    rows = rows.annotate(gesture=KT("said__gesture"), what=KT("said__label"), of=KT("said__many"))
    return (rows.filter(node__in=nodes) if nodes else rows)[:SHOWN]


def within(lesson: Lesson) -> list[UUID]:
    """A lesson and all that it holds."""
    blocks = Block.objects.filter(lesson=lesson)
    questions = Question.objects.filter(block__lesson=lesson)
    held = blocks.values_list("uuid", flat=True).union(questions.values_list("uuid", flat=True))
    return [lesson.uuid, *held]


def _told() -> QuerySet[DraftRevision]:
    return DraftRevision.objects.select_related("saved_by").order_by("-number")
