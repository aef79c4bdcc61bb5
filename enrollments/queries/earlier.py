"""What a person left in a block before: every try of a quiz, every text of a reflection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from courses.documents import BlockDoc
from courses.enums import BlockKind
from enrollments.enums import Verb
from enrollments.models import BlockState, Enrollment, LearningEvent

MOST = 20
SHOWN = {
    BlockKind.QUIZ: Verb.ANSWERED,
    BlockKind.REFLECTION: Verb.NOTED,
    BlockKind.PLEDGE: Verb.PLEDGED,
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """One act of old: a try with its score, or the words of a reflection."""

    uuid: UUID
    at: datetime
    score: int | None
    text: str


def earlier(
    enrollment: Enrollment, blocks: Sequence[BlockDoc], states: Mapping[str, BlockState]
) -> dict[str, list[Earlier]]:
    """By block, newest first, what came before the last act; no query when nothing did."""
    wanted = {
        each["uuid"]: SHOWN[BlockKind(each["kind"])] for each in blocks if _several(each, states)
    }
    if not wanted:
        return {}
    rows = (
        LearningEvent.objects.counting()
        .filter(enrollment=enrollment, block__in=wanted, verb__in=set(wanted.values()))
        .order_by("-happened_at", "-uuid")
    )
    found: dict[str, list[Earlier]] = {uuid: [] for uuid in wanted}
    for row in rows:
        if wanted[str(row.block)] == Verb.PLEDGED and "text" not in row.result:
            continue  # said done in a copy: the words are those of the act before
        text = str(row.result.get("text", ""))
        found[str(row.block)].append(
            Earlier(row.uuid, row.happened_at, row.result.get("score"), text)
        )
    # The last text stands in the form already; the last try is a try like the others.
    return {
        uuid: (acts if wanted[uuid] == Verb.ANSWERED else acts[1:])[:MOST]
        for uuid, acts in found.items()
    }


def _several(block: BlockDoc, states: Mapping[str, BlockState]) -> bool:
    state = states.get(block["uuid"])
    return block["kind"] in SHOWN and state is not None and state.attempts > 1
