"""Which questions an attempt asks, and in what order: pure functions over a version's document."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from courses.documents import BlockDoc, QuestionDoc


def draw(block: BlockDoc, attempt: UUID) -> list[QuestionDoc]:
    """Questions of one attempt, in its order: the same attempt always draws the same."""
    questions = sorted(block["questions"], key=lambda each: _chance(attempt, each["uuid"]))
    return questions[: block["draw"] or len(questions)]


def shuffled(options: Sequence[str], question: QuestionDoc, attempt: UUID) -> list[str]:
    """Options in an order of their own for this attempt; never the document's, if avoidable."""
    mixed = sorted(options, key=lambda each: _chance(attempt, f"{question['uuid']}/{each}"))
    if question["kind"] == "ordering" and mixed == list(options):
        mixed = mixed[1:] + mixed[:1]
    return mixed


def _chance(attempt: UUID, name: str) -> bytes:
    # A hash, not the random module, whose shuffle may change with Python: an attempt shown again
    # in ten years must show the questions that were answered.
    return hashlib.sha256(f"{attempt}/{name}".encode()).digest()
