"""A lesson or a block that goes to another place, in the same course or in another one.

Its identity comes from the keys of where it stands (docs/course-format.md): what arrives is new,
and what was published stays where it is. Media go along, stored once.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.actions.changes import note
from courses.actions.editing import course_of
from courses.actions.outline import copy_block, copy_lesson, remove
from courses.enums import Gesture
from courses.models import Asset, Block, Course, Lesson, Module, Question

MEDIA = ("file", "sha256", "content_type", "size", "width", "height", "contrast", "package",
         "seconds", "cues")  # fmt: skip


class SendingRefused(ActionError):
    """The object cannot go there."""


@transaction.atomic
def send(
    *, part: Lesson | Block, to: Module | Lesson, keeps: bool, by: User, at: datetime
) -> Lesson | Block:
    """Copy a lesson at the end of a module, or a block at the end of a lesson; unless it `keeps`,
    the original then leaves its place. What goes is what was saved last, whatever the caller read.
    Raises SendingRefused, and what `remove` raises.
    """
    source, target = course_of(part), course_of(to)
    # In the order of keys: two authors who send to each other never wait in a circle.
    both = Course.objects.filter(pk__in={source.pk, target.pk}).order_by("pk")
    list(both.select_for_update(no_key=True))
    _read_again(part)
    _read_again(to)
    _hold(part)
    made: Lesson | Block
    if isinstance(part, Lesson) and isinstance(to, Module):
        made = copy_lesson(part, to, part.title)
        blocks = list(made.blocks.all())
        lessons = [made]
    elif isinstance(part, Block) and isinstance(to, Lesson):
        made = copy_block(part, to)
        blocks, lessons = [made], []
    else:
        raise SendingRefused(_("Une leçon va dans un module, un bloc dans une leçon."))
    note(Gesture.COPIED, made, by=by, at=at)
    if source != target:
        _bring_media(source, target, blocks, lessons)
    if not keeps:
        remove(part=part, by=by, at=at)
    return made


def _read_again(row: Module | Lesson | Block) -> None:
    """Take what was saved last; nobody writes over it before the end."""
    rows: QuerySet[Any] = type(row).objects.select_for_update(no_key=True)
    try:
        row.refresh_from_db(from_queryset=rows)
    except ObjectDoesNotExist:
        message = _("Cet élément vient d’être supprimé par quelqu’un d’autre.")
        raise SendingRefused(message) from None


def _hold(part: Lesson | Block) -> None:
    """Let nobody save, in what is about to be copied, words that would then leave with it."""
    blocks = Block.objects.filter(pk=part.pk)
    if isinstance(part, Lesson):
        blocks = part.blocks.all()
    list(blocks.select_for_update(no_key=True).order_by("pk"))
    questions = Question.objects.filter(block__in=blocks)
    list(questions.select_for_update(no_key=True).order_by("pk"))


def _bring_media(
    source: Course, target: Course, blocks: list[Block], lessons: list[Lesson]
) -> None:
    """Give the target the files that these name, under a free name if theirs is taken."""
    known = {each.name: each for each in source.assets.all()}
    taken = dict(target.assets.values_list("name", "sha256"))
    rows: list[Block | Question] = [*blocks, *Question.objects.filter(block__in=blocks)]
    for row in rows:
        names = {field: name for field, name in row.data.items() if _is_of(name, known)}
        for field, name in names.items():
            row.data[field] = _name_there(known[name], target, taken)
        if names:
            row.save(update_fields=["data", "updated_at"])
    for lesson in lessons:
        if lesson.recording in known:
            lesson.recording = _name_there(known[lesson.recording], target, taken)
            lesson.save(update_fields=["recording", "updated_at"])


def _is_of(name: Any, known: dict[str, Asset]) -> bool:
    return isinstance(name, str) and name in known


def _name_there(asset: Asset, target: Course, taken: dict[str, str]) -> str:
    stem, dot, suffix = asset.name.rpartition(".")
    name, rank = asset.name, 1
    while taken.get(name, asset.sha256) != asset.sha256:
        rank += 1
        name = f"{stem}-{rank}{dot}{suffix}"
    if name not in taken:
        values = {field: getattr(asset, field) for field in MEDIA}
        Asset.objects.create(course=target, name=name, **values)
        taken[name] = asset.sha256
    return name
