"""Changes of the outline of a draft, numbered among the revisions of what holds the object.

Whoever calls holds the lock of the course. A removed object is kept whole, to be put back.
"""

from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from atn_platform.accounts.models import User
from courses.actions.editing import course_of
from courses.actions.revisions import ONE_SITTING, prune
from courses.enums import Gesture
from courses.models import OUTLINE, Block, Course, DraftRevision, Lesson, Module, Question
from courses.queries.revisions import last_of_all

Part = Module | Lesson | Block | Question
Held = dict[str, Any]
LABEL_LENGTH = 120
LESSON = ("kind", "title", "objective", "minutes", "is_required", "recording", "recorded_words")


def note(
    gesture: Gesture, part: Part, *, by: User, at: datetime, many: int = 1, kept: Any = None
) -> DraftRevision:
    """Keep that the object was added, moved, copied, removed or put back, and where it is then.

    `many`: how many came with it, itself included. Moves of one sitting are one change.
    """
    holder = holder_of(part)
    # Words of the holder are numbered in the same list by whoever saves them.
    type(holder).objects.select_for_update(no_key=True).get(pk=holder.pk)
    said = {
        "gesture": gesture, "node": str(part.uuid), "noun": noun_of(part),
        "label": label_of(part), "rank": part.position, "many": many,
        **({"held": kept} if kept else {}),
    }  # fmt: skip
    last = last_of_all(holder.uuid)
    if last and gesture == Gesture.MOVED and _goes_on(last, said, by, at):
        last.said, last.saved_at = said, at
        last.save(update_fields=["said", "saved_at"])
        return last
    number = last.number + 1 if last else 1
    prune(holder.uuid, is_outline=True)
    return DraftRevision.objects.create(
        course=course_of(holder), node=holder.uuid, number=number, kind=OUTLINE, said=said,
        saved_by=by, begun_at=at, saved_at=at,
    )  # fmt: skip


def _goes_on(last: DraftRevision, said: dict[str, Any], by: User, at: datetime) -> bool:
    return (
        last.kind == OUTLINE
        and (last.said["gesture"], last.said["node"]) == (said["gesture"], said["node"])
        and last.saved_by_id == by.pk
        and at < last.begun_at + ONE_SITTING
    )


def holder_of(part: Part) -> Course | Module | Lesson | Block:
    """What the object is a part of."""
    if isinstance(part, Question):
        return part.block
    if isinstance(part, Block):
        return part.lesson
    return part.module if isinstance(part, Lesson) else part.course


def noun_of(part: Part) -> str:
    return str(part._meta.model_name)


def label_of(part: Part) -> str:
    """The object in words, once it is no more."""
    if isinstance(part, Block):
        kind, title = capfirst(str(part.get_kind_display())), part.data.get("title")
        return f"{kind} : {title}"[:LABEL_LENGTH] if title else kind
    words = part.prompt if isinstance(part, Question) else part.title
    return " ".join(words.split())[:LABEL_LENGTH]


def held(part: Part) -> Held:
    """All that an object says and holds, to make it again."""
    if isinstance(part, Module):
        lessons = part.lessons.order_by("position")
        return {"key": part.key, "title": part.title, "parts": [held(each) for each in lessons]}
    if isinstance(part, Lesson):
        said = {name: getattr(part, name) for name in LESSON}
        blocks = part.blocks.order_by("position")
        return {"key": part.key, **said, "parts": [held(each) for each in blocks]}
    if isinstance(part, Block):
        questions = part.questions.order_by("position")
        parts = [held(each) for each in questions]
        return {"key": part.key, "kind": part.kind, "data": part.data, "parts": parts}
    return {"key": part.key, "kind": part.kind, "prompt": part.prompt, "data": part.data}
