"""The outline of a draft: adding, ordering, copying and removing its objects.

Every change locks the course first, so that two authors never give the same rank twice.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.french import slugify
from courses.actions.changes import Part, held, note
from courses.actions.editing import course_of
from courses.documents import stations
from courses.enums import BlockKind, Gesture
from courses.models import Block, Course, Lesson, Module, Question, course_uuid
from courses.notation import TypedQuestion
from courses.queries import document

# A rank behind all the others, until they are numbered again.
LAST = 30_000


@transaction.atomic
def create_course(*, code: str, title: str, topic: str, mode: str) -> Course:
    """Open a new, empty draft. Raises ActionError when the code is taken."""
    if Course.objects.filter(code=code).exists():
        raise ActionError(_("Le code %s est déjà celui d’un cours.") % code)
    return Course.objects.create(
        uuid=course_uuid(code), code=code, title=title, topic=topic, mode=mode
    )


@transaction.atomic
def add_module(*, course: Course, title: str, by: User, at: datetime) -> Module:
    lock_course(course)
    made = _new_module(course, title)
    note(Gesture.ADDED, made, by=by, at=at)
    return made


@transaction.atomic
def add_lesson(*, module: Module, title: str, kind: str, by: User, at: datetime) -> Lesson:
    """Add a station at the end of a module, under a key that no published station ever had."""
    lock_course(module.course)
    made = _new_lesson(module, title, kind)
    note(Gesture.ADDED, made, by=by, at=at)
    return made


@transaction.atomic
def add_block(*, lesson: Lesson, kind: str, by: User, at: datetime) -> Block:
    """Add an empty block at the end of a lesson."""
    lock_course(lesson.module.course)
    made = _new_block(lesson, kind, {}, lesson.blocks.count() + 1)
    note(Gesture.ADDED, made, by=by, at=at)
    return made


@transaction.atomic
def add_questions(
    *, block: Block, questions: list[TypedQuestion], by: User, at: datetime
) -> list[Question]:
    """Add questions at the end of a quiz's bank."""
    lock_course(block.lesson.module.course)
    first = block.questions.count() + 1
    made = [
        _new_question(block, each.kind, each.prompt, each.data, rank)
        for rank, each in enumerate(questions, start=first)
    ]
    if made:
        note(Gesture.ADDED, made[0], by=by, at=at, many=len(made))
    return made


@transaction.atomic
def move(*, part: Part, step: int, by: User, at: datetime) -> bool:
    """Carry the object over its neighbours, before (-1, -2…) or after (1, 2…); False at the end.

    A lesson at the edge of its module goes over to the neighbouring one, one step at a time.
    """
    lock_course(course_of(part))
    moved = _change_rank(part, step) or (
        isinstance(part, Lesson) and abs(step) == 1 and _change_module(part, step)
    )
    if moved:
        note(Gesture.MOVED, part, by=by, at=at)
    return moved


@transaction.atomic
def duplicate(*, part: Part, by: User, at: datetime) -> Part:
    """Copy the object, with all it holds, right after itself."""
    lock_course(course_of(part))
    if isinstance(part, Module):
        copy: Part = _copy_module(part)
    elif isinstance(part, Lesson):
        copy = copy_lesson(part, part.module, _("%s (copie)") % part.title)
    elif isinstance(part, Block):
        copy = copy_block(part, part.lesson)
    else:
        copy = _new_question(part.block, part.kind, part.prompt, part.data, LAST)
    rows = [row for row in siblings(part) if row != copy]
    rows.insert(rows.index(part) + 1, copy)
    renumber(rows)
    note(Gesture.COPIED, copy, by=by, at=at)
    return copy


@transaction.atomic
def remove(*, part: Part, by: User, at: datetime) -> None:
    """Delete the object with all it holds. Published versions are not touched, and its holder's
    revision keeps what it takes to put it back (courses.actions.restoring).

    Raises ActionError when a live session is planned for one of its lessons.
    """
    course = course_of(part)
    lock_course(course)
    rows = list(siblings(part))
    if part not in rows:
        raise ActionError(_("Cet élément vient d’être supprimé par quelqu’un d’autre."))
    part.position = rows.index(part) + 1
    rows.remove(part)
    note(Gesture.REMOVED, part, by=by, at=at, kept=held(part))
    record(
        at=at, actor=by, verb="draft.removed", target=f"{course.code} {part.key}",
        kind=part._meta.model_name,
    )  # fmt: skip
    try:
        part.delete()
    except models.ProtectedError:
        message = _("Une rencontre est prévue à cette étape : annulez ou déplacez-la d’abord.")
        raise ActionError(message) from None
    renumber(rows)


def lock_course(course: Course) -> None:
    """Let nobody else change the outline before the end of the transaction."""
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)


def siblings(part: Part) -> "models.QuerySet[Any]":
    if isinstance(part, Module):
        return part.course.modules.order_by("position")
    if isinstance(part, Lesson):
        return part.module.lessons.order_by("position")
    if isinstance(part, Block):
        return part.lesson.blocks.order_by("position")
    return part.block.questions.order_by("position")


def renumber(rows: list[Any]) -> None:
    for rank, row in enumerate(rows, start=1):
        row.position = rank
    if rows:
        type(rows[0]).objects.bulk_update(rows, ["position"])


def _change_rank(part: Part, step: int) -> bool:
    rows = list(siblings(part))
    rank = rows.index(part) + step
    if not 0 <= rank < len(rows):
        return False
    rows.remove(part)
    rows.insert(rank, part)
    renumber(rows)
    return True


def _change_module(lesson: Lesson, step: int) -> bool:
    modules = list(lesson.module.course.modules.order_by("position"))
    rank = modules.index(lesson.module) + step
    if not 0 <= rank < len(modules):
        return False
    left = [row for row in siblings(lesson) if row != lesson]
    there = list(modules[rank].lessons.order_by("position"))
    lesson.module = modules[rank]
    there.insert(len(there) if step < 0 else 0, lesson)
    lesson.position = LAST
    lesson.save(update_fields=["module", "position", "updated_at"])
    renumber(left)
    renumber(there)
    return True


def free_key(text: str, taken: set[str], fallback: str) -> str:
    """A key made from the text that nobody has yet."""
    stem = "-".join(slugify(text).split("-")[:6])[:50].strip("-") or fallback
    key, rank = stem, 1
    while key in taken:
        rank += 1
        key = f"{stem}-{rank}"
    return key


def lesson_keys(course: Course) -> set[str]:
    """Those of the draft and of every version: a key is the identity of a station for good."""
    keys = set(Lesson.objects.filter(module__course=course).values_list("key", flat=True))
    for version_id in course.versions.values_list("pk", flat=True):
        keys |= {lesson["key"] for lesson in stations(document(version_id))}
    return keys


def _uuid(course: Course, *keys: str) -> UUID:
    return course.stable_uuid("/".join(keys))


def _new_module(course: Course, title: str) -> Module:
    key = free_key(title, set(course.modules.values_list("key", flat=True)), "module")
    uuid = course.stable_uuid(f"module/{key}")
    rank = course.modules.count() + 1
    return Module.objects.create(course=course, uuid=uuid, key=key, title=title, position=rank)


def _new_lesson(module: Module, title: str, kind: str) -> Lesson:
    course = module.course
    key = free_key(title, lesson_keys(course), "lecon")
    return Lesson.objects.create(
        module=module,
        uuid=course.stable_uuid(key),
        key=key,
        title=title,
        kind=kind,
        position=module.lessons.count() + 1,
    )


def _new_block(lesson: Lesson, kind: str, data: dict[str, Any], rank: int) -> Block:
    taken = set(lesson.blocks.values_list("key", flat=True))
    label = f"texte-{lesson.blocks.filter(kind=kind).count() + 1}"
    key = free_key(label if kind == BlockKind.TEXT else str(BlockKind(kind).label), taken, "bloc")
    return Block.objects.create(
        lesson=lesson,
        uuid=_uuid(lesson.module.course, lesson.key, key),
        key=key,
        kind=kind,
        data=data,
        position=rank,
    )


def _new_question(
    block: Block, kind: str, prompt: str, data: dict[str, Any], rank: int
) -> Question:
    key = free_key(prompt, set(block.questions.values_list("key", flat=True)), "question")
    lesson = block.lesson
    return Question.objects.create(
        block=block,
        uuid=_uuid(lesson.module.course, lesson.key, block.key, key),
        key=key,
        kind=kind,
        prompt=prompt,
        data=data,
        position=rank,
    )


def _copy_module(module: Module) -> Module:
    copy = _new_module(module.course, _("%s (copie)") % module.title)
    for lesson in module.lessons.order_by("position"):
        copy_lesson(lesson, copy, lesson.title)
    return copy


def copy_lesson(lesson: Lesson, module: Module, title: str) -> Lesson:
    copy = _new_lesson(module, title, lesson.kind)
    copy.minutes, copy.objective = lesson.minutes, lesson.objective
    copy.is_required = lesson.is_required
    copy.recording, copy.recorded_words = lesson.recording, lesson.recorded_words
    copied = ["minutes", "objective", "is_required", "recording", "recorded_words"]
    copy.save(update_fields=[*copied, "updated_at"])
    for block in lesson.blocks.order_by("position"):
        copy_block(block, copy)
    return copy


def copy_block(block: Block, lesson: Lesson) -> Block:
    rank = LAST if block.lesson == lesson else lesson.blocks.count() + 1
    copy = _new_block(lesson, block.kind, block.data, rank)
    for each in block.questions.order_by("position"):
        _new_question(copy, each.kind, each.prompt, each.data, each.position)
    return copy
