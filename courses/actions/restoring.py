"""What was removed from a draft, put back where it was."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.actions.changes import LESSON, Held, Part, note
from courses.actions.outline import LAST, free_key, lesson_keys, lock_course, renumber, siblings
from courses.enums import Gesture
from courses.models import OUTLINE, Block, Course, DraftRevision, Lesson, Module, Question

Holder = TypeVar("Holder", Module, Lesson, Block)


@transaction.atomic
def restore(*, course: Course, node: UUID, number: int, by: User, at: datetime) -> Part:
    """Put back what this revision of its holder says was removed, at its rank.

    Under its own key, so that it is what was published; under another one when somebody took it
    since. Raises ActionError when it is back already, or when nothing is there to hold it.
    """
    lock_course(course)
    changes = DraftRevision.objects.select_for_update().filter(course=course, kind=OUTLINE)
    row = changes.filter(node=node, number=number).first()
    if row is None or "held" not in row.said:
        raise ActionError(_("Cette révision n’est plus gardée."))
    if row.said.get("restored"):
        raise ActionError(_("Cet élément est déjà revenu dans le brouillon."))
    part = _MAKERS[row.said["noun"]](course, node, row.said["held"])
    rows = [each for each in siblings(part) if each != part]
    rows.insert(row.said["rank"] - 1, part)
    renumber(rows)
    row.said = {**row.said, "restored": True}
    row.save(update_fields=["said"])
    note(Gesture.RESTORED, part, by=by, at=at)
    return part


def _module(course: Course, _node: UUID, said: Held) -> Module:
    key = _key(said, course.modules.values_list("key", flat=True))
    uuid = course.stable_uuid(f"module/{key}")
    made = Module.objects.create(
        course=course, uuid=uuid, key=key, title=said["title"], position=LAST
    )
    for rank, each in enumerate(said["parts"], start=1):
        _make_lesson(made, each, rank)
    return made


def _lesson(course: Course, node: UUID, said: Held) -> Lesson:
    module = course.modules.filter(uuid=node).first()
    return _make_lesson(_standing(module), said, LAST)


def _block(course: Course, node: UUID, said: Held) -> Block:
    lesson = Lesson.objects.filter(module__course=course, uuid=node).first()
    return _make_block(_standing(lesson), said, LAST)


def _question(course: Course, node: UUID, said: Held) -> Question:
    block = Block.objects.filter(lesson__module__course=course, uuid=node).first()
    return _make_question(_standing(block), said, LAST)


_MAKERS: dict[str, Callable[[Course, UUID, Held], Part]] = {
    "module": _module,
    "lesson": _lesson,
    "block": _block,
    "question": _question,
}


def _make_lesson(module: Module, said: Held, rank: int) -> Lesson:
    course = module.course
    key = str(said["key"])
    if Lesson.objects.filter(module__course=course, key=key).exists():
        # Under a key that no published station ever had: its progress is somebody else's.
        key = free_key(key, lesson_keys(course), "lecon")
    made = Lesson.objects.create(
        module=module, uuid=course.stable_uuid(key), key=key, position=rank,
        **{name: said[name] for name in LESSON},
    )  # fmt: skip
    for place, each in enumerate(said["parts"], start=1):
        _make_block(made, each, place)
    return made


def _make_block(lesson: Lesson, said: Held, rank: int) -> Block:
    key = _key(said, lesson.blocks.values_list("key", flat=True))
    uuid = lesson.module.course.stable_uuid(f"{lesson.key}/{key}")
    made = Block.objects.create(
        lesson=lesson, uuid=uuid, key=key, position=rank, kind=said["kind"], data=said["data"]
    )
    for place, each in enumerate(said["parts"], start=1):
        _make_question(made, each, place)
    return made


def _make_question(block: Block, said: Held, rank: int) -> Question:
    key = _key(said, block.questions.values_list("key", flat=True))
    lesson = block.lesson
    return Question.objects.create(
        block=block, key=key, position=rank, kind=said["kind"], prompt=said["prompt"],
        data=said["data"],
        uuid=lesson.module.course.stable_uuid(f"{lesson.key}/{block.key}/{key}"),
    )  # fmt: skip


def _key(said: Held, taken: Collection[str]) -> str:
    key = str(said["key"])
    return key if key not in taken else free_key(key, set(taken), "element")


def _standing(holder: Holder | None) -> Holder:
    if holder is None:
        message = _("Ce qui contenait cet élément n’est plus là : rétablissez-le d’abord.")
        raise ActionError(message)
    return holder
