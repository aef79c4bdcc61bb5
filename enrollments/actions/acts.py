"""What a form or a device says that a person did, as the ledger keeps it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.datastructures import MultiValueDict

from courses import draws
from courses.documents import BlockDoc
from enrollments import grading
from enrollments.queries.quiz import answers_from

LONGEST_NOTE = 5000
Fields = MultiValueDict[str, str]


def answered(block: BlockDoc, attempt: UUID, fields: Fields) -> dict[str, Any]:
    """Mark the answers to the questions that this attempt drew.

    The attempt stands beside the answers: two devices may have filled the same questions.
    """
    questions = draws.draw(block, attempt)
    marked = grading.mark(questions, answers_from(fields, questions, attempt))
    return {
        "score": grading.percent(marked),
        "answers": {each.question["uuid"]: each.chosen for each in marked},
        "attempt": str(attempt),
    }


def pledged(block: BlockDoc, fields: Fields) -> dict[str, Any]:
    """A commitment: what is ticked, when and with whom, and whether it is done."""
    return {**noted(block, fields), "done": "done" in fields}


def has_words(result: Mapping[str, Any]) -> bool:
    """Whether a commitment says anything: without a box nor a word, there is none."""
    return bool(result.get("options") or result.get("text"))


def noted(block: BlockDoc, fields: Fields) -> dict[str, Any]:
    """A reflection: boxes that this block has, and the person's own words."""
    ticked = fields.getlist("options")
    return {
        "text": grading.typed_text(fields.get("text") or "", longest=LONGEST_NOTE),
        "options": [text for text in block.get("options", ()) if text in ticked],
    }
