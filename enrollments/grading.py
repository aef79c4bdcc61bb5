"""Drawing and marking of quizzes: pure functions over a version's document.

Percentages are exact integers, rounded down. Anything a browser may send is tolerated: what does
not belong to the question counts as no answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atn_platform.core import french
from courses.documents import BlockDoc, QuestionDoc

MOST_CHARACTERS = 500
# What the form sent for one question: keys or texts, in the order of the form.
Answer = Sequence[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """One question as answered. `chosen` holds only what belongs to the question."""

    question: QuestionDoc
    chosen: list[str]
    right: bool
    answered: bool


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


def mark(questions: Sequence[QuestionDoc], answers: Mapping[str, Answer]) -> list[Marked]:
    """Mark each question; `answers` is keyed by the question's UUID."""
    return [_marked(question, answers.get(question["uuid"], ())) for question in questions]


def typed_text(text: str, *, longest: int) -> str:
    """What a person typed, fit for the database, which refuses the character NUL."""
    return text.replace("\x00", "").strip()[:longest]


def percent(marked: Sequence[Marked]) -> int:
    """Share of right answers, 0 to 100, rounded down; 0 without a question."""
    return 100 * sum(each.right for each in marked) // len(marked) if marked else 0


def _marked(question: QuestionDoc, answer: Answer) -> Marked:
    chosen = _CLEANERS[question["kind"]](question, answer)
    answered = bool(chosen) and any(chosen)
    right = answered and _RULES[question["kind"]](question, chosen)
    return Marked(question=question, chosen=chosen, right=right, answered=answered)


def _known_choices(question: QuestionDoc, answer: Answer) -> list[str]:
    sent = set(answer)
    chosen = [each["key"] for each in question["choices"] if each["key"] in sent]
    several = question["kind"] == "multiple"
    return chosen if several or len(chosen) == 1 else []


def _ranked_items(question: QuestionDoc, answer: Answer) -> list[str]:
    """The items in the order given; nothing unless each stands exactly once."""
    items = question["items"]
    return list(answer) if sorted(answer) == sorted(items) else []


def _matched_sides(question: QuestionDoc, answer: Answer) -> list[str]:
    """One right side for each pair, empty where the form's choice is unknown."""
    offered = {pair["right"] for pair in question["pairs"]} | set(question.get("distractors", ()))
    sides = [text if text in offered else "" for text in answer]
    return sides if len(sides) == len(question["pairs"]) else []


def _short_text(question: QuestionDoc, answer: Answer) -> list[str]:  # noqa: ARG001 -- one shape
    typed = typed_text(answer[0], longest=MOST_CHARACTERS) if len(answer) == 1 else ""
    return [typed] if typed else []


def _all_correct(question: QuestionDoc, chosen: list[str]) -> bool:
    return chosen == [each["key"] for each in question["choices"] if each["correct"]]


def _in_order(question: QuestionDoc, chosen: list[str]) -> bool:
    return chosen == question["items"]


def _all_matched(question: QuestionDoc, chosen: list[str]) -> bool:
    return chosen == [pair["right"] for pair in question["pairs"]]


def _same_words(question: QuestionDoc, chosen: list[str]) -> bool:
    """Case, accents and punctuation do not count."""
    return french.sort_key(chosen[0]) in {french.sort_key(text) for text in question["answers"]}


_CLEANERS: dict[str, Any] = {
    "single": _known_choices,
    "multiple": _known_choices,
    "true-false": _known_choices,
    "ordering": _ranked_items,
    "matching": _matched_sides,
    "short": _short_text,
}
_RULES: dict[str, Any] = {
    "single": _all_correct,
    "multiple": _all_correct,
    "true-false": _all_correct,
    "ordering": _in_order,
    "matching": _all_matched,
    "short": _same_words,
}
