"""What a person committed to, wherever it was; and what of it was handed over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atn_platform.accounts.models import User
from courses.documents import BlockDoc, LessonDoc, block, station
from courses.enums import BlockKind
from courses.queries import documents
from enrollments.models import BlockState, Enrollment, HelpThread


@dataclass(frozen=True, slots=True)
class Pledge:
    """A commitment with the place where it was made; an empty one is not one."""

    state: BlockState
    lesson: LessonDoc
    block: BlockDoc

    @property
    def is_done(self) -> bool:
        return bool(self.state.data.get("done"))


def has_words(said: Mapping[str, Any]) -> bool:
    """Whether a commitment says anything: without a box nor a word, there is none."""
    return bool(said.get("options") or said.get("text"))


def pledges(user: User) -> list[Pledge]:
    """A person's own, what is left to do first, the newest first; two queries at most."""
    mine = Enrollment.objects.visible_to(user)
    rows = BlockState.objects.filter(enrollment__in=mine, data__has_keys=["options", "done"])
    states = list(rows.select_related("enrollment__course").order_by("-updated_at", "pk"))
    read = documents(each.enrollment.version_id for each in states)
    found = []
    for each in states:
        lesson = station(read[each.enrollment.version_id], each.lesson)
        held = block(lesson, each.block) if lesson else None
        if lesson and held and held["kind"] == BlockKind.PLEDGE and has_words(each.data):
            found.append(Pledge(each, lesson, held))
    return sorted(found, key=lambda each: each.is_done)


def handed(
    enrollment: Enrollment, blocks: Sequence[BlockDoc], states: Mapping[str, BlockState]
) -> dict[str, HelpThread]:
    """By block, the thread in which a commitment was handed over; no query without one."""
    made = [
        each["uuid"]
        for each in blocks
        if each["kind"] == BlockKind.PLEDGE and each["uuid"] in states
    ]
    if not made:
        return {}
    # The first stays: were there two of one block, the earlier is the last read.
    threads = HelpThread.objects.filter(enrollment=enrollment, block__in=made)
    return {str(each.block): each for each in threads.order_by("-asked_at", "-pk")}
