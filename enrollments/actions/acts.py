"""What a form or a device says that a person did, as the ledger keeps it."""

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
    """Mark the answers to the questions that this attempt drew."""
    questions = draws.draw(block, attempt)
    marked = grading.mark(questions, answers_from(fields, questions, attempt))
    return grading.kept(marked, attempt)


def pledged(block: BlockDoc, fields: Fields) -> dict[str, Any]:
    """A commitment: what is ticked, when and with whom, and whether it is done."""
    return {**noted(block, fields), "done": "done" in fields}


def noted(block: BlockDoc, fields: Fields) -> dict[str, Any]:
    """A reflection: boxes that this block has, and the person's own words."""
    ticked = fields.getlist("options")
    return {
        "text": grading.typed_text(fields.get("text") or "", longest=LONGEST_NOTE),
        "options": [text for text in block.get("options", ()) if text in ticked],
    }
