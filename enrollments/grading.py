"""Drawing and marking of quizzes: pure functions over a version's document.

Percentages are exact integers, rounded down. Anything a browser may send is tolerated: what does
not belong to the question counts as no answer.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atn_platform.core import french
from courses.documents import BlockDoc, ChoiceDoc, GapDoc, QuestionDoc, takes_several
from courses.numbers import read_accepted, read_number

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
    return chosen if takes_several(question) or len(chosen) == 1 else []


def _ranked_items(question: QuestionDoc, answer: Answer) -> list[str]:
    """The items in the order given; nothing unless each stands exactly once."""
    items = question["items"]
    return list(answer) if sorted(answer) == sorted(items) else []


def _matched_sides(question: QuestionDoc, answer: Answer) -> list[str]:
    """One right side for each pair, empty where the form's choice is unknown."""
    offered = {pair["right"] for pair in question["pairs"]} | set(question.get("distractors", ()))
    offered |= set(question.get("categories", ()))
    sides = [text if text in offered else "" for text in answer]
    return sides if len(sides) == len(question["pairs"]) else []


def _short_text(question: QuestionDoc, answer: Answer) -> list[str]:  # noqa: ARG001 -- one shape
    typed = typed_text(answer[0], longest=MOST_CHARACTERS) if len(answer) == 1 else ""
    return [typed] if typed else []


def _filled_gaps(question: QuestionDoc, answer: Answer) -> list[str]:
    """One key or text for each gap, empty where nothing fits."""
    if len(answer) != len(question["gaps"]):
        return []
    return [_in_gap(gap, each) for gap, each in zip(question["gaps"], answer, strict=True)]


def _in_gap(gap: GapDoc, text: str) -> str:
    if gap["kind"] == "single":
        return text if text in {choice["key"] for choice in gap["choices"]} else ""
    return typed_text(text, longest=MOST_CHARACTERS)


def expected(kind: str, choices: Sequence[ChoiceDoc], text: str) -> ChoiceDoc | None:
    """The first of the author's expected answers that the one given is, right or wrong."""
    return next((each for each in choices if _MEETS[kind](each, text)), None)


def _is_number(choice: ChoiceDoc, text: str) -> bool:
    number, accepted = read_number(text), read_accepted(choice["text"])
    return number is not None and accepted is not None and number in accepted


_MEETS: dict[str, Callable[[ChoiceDoc, str], bool]] = {
    "single": lambda choice, text: choice["key"] == text,
    "short": lambda choice, text: french.sort_key(choice["text"]) == french.sort_key(text),
    "numeric": _is_number,
}


def _right_number(question: QuestionDoc, chosen: list[str]) -> bool:
    found = expected("numeric", question["choices"], chosen[0])
    return found is not None and found["correct"]


def _all_filled(question: QuestionDoc, chosen: list[str]) -> bool:
    return all(right_gaps(question, chosen))


def right_gaps(question: QuestionDoc, chosen: Sequence[str]) -> list[bool]:
    """Whether each gap holds what it should."""
    found = [
        expected(gap["kind"], gap["choices"], text)
        for gap, text in zip(question["gaps"], chosen, strict=False)
    ]
    return [each is not None and each["correct"] for each in found]


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
    "numeric": _short_text,
    "cloze": _filled_gaps,
    "hot-spot": _known_choices,
    "classifying": _matched_sides,
}
_RULES: dict[str, Any] = {
    "single": _all_correct,
    "multiple": _all_correct,
    "true-false": _all_correct,
    "ordering": _in_order,
    "matching": _all_matched,
    "short": _same_words,
    "numeric": _right_number,
    "cloze": _all_filled,
    "hot-spot": _all_correct,
    "classifying": _all_matched,
}
