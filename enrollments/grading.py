"""Marking of quizzes: pure functions over a version's document.

The result of an attempt is an integer, rounded down. Anything a browser may send is tolerated:
what does not belong to the question counts as no answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atn_platform.core import french
from courses.documents import (
    ChoiceDoc,
    GapDoc,
    QuestionDoc,
    expected_words,
    takes_several,
    worth,
)
from courses.numbers import ANY, read_accepted, read_number
from courses.worths import NEARLY, WHOLE

MOST_CHARACTERS = 500
# What the form sent for one question: keys or texts, in the order of the form.
Answer = Sequence[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """One question as answered. `chosen` holds only what belongs to the question.

    `worth` is the percent of its mark that was earned, never below 0.
    """

    question: QuestionDoc
    chosen: list[str]
    worth: float
    answered: bool

    @property
    def right(self) -> bool:
        return self.worth == WHOLE

    @property
    def partly(self) -> bool:
        return 0 < self.worth < WHOLE


def mark(questions: Sequence[QuestionDoc], answers: Mapping[str, Answer]) -> list[Marked]:
    """Mark each question; `answers` is keyed by the question's UUID."""
    return [_marked(question, answers.get(question["uuid"], ())) for question in questions]


def typed_text(text: str, *, longest: int) -> str:
    """What a person typed, fit for the database, which refuses the character NUL."""
    return text.replace("\x00", "").strip()[:longest]


def percent(marked: Sequence[Marked]) -> int:
    """Mean of what the questions earned, 0 to 100, rounded down; 0 without a question."""
    if not marked:
        return 0
    return int(round(sum(each.worth for each in marked), 4) // len(marked))


def kept(marked: Sequence[Marked], attempt: UUID) -> dict[str, Any]:
    """The result of an attempt as the ledger keeps it, from a screen, a device or a sheet.

    The attempt stands beside the answers: two devices may have filled the same questions.
    """
    return {
        "score": percent(marked),
        "answers": {each.question["uuid"]: each.chosen for each in marked},
        "attempt": str(attempt),
    }


def _marked(question: QuestionDoc, answer: Answer) -> Marked:
    chosen = _CLEANERS[question["kind"]](question, answer)
    answered = bool(chosen) and any(chosen)
    earned = _RULES[question["kind"]](question, chosen) if answered else 0.0
    earned = WHOLE if earned >= NEARLY else max(0.0, earned)
    return Marked(question=question, chosen=chosen, worth=earned, answered=answered)


def is_shared(question: QuestionDoc) -> bool:
    """Whether an answer may earn a part of the mark."""
    return question.get("partial", False) or any(
        "worth" in choice for choice in question.get("choices", ())
    )


def may_cost(question: QuestionDoc) -> bool:
    """Whether a wrong box takes away what a right one earns."""
    return any(choice.get("worth", 0) < 0 for choice in question.get("choices", ()))


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
    if choice["text"] == ANY:
        return number is not None
    return number is not None and accepted is not None and number in accepted


_MEETS: dict[str, Callable[[ChoiceDoc, str], bool]] = {
    "single": lambda choice, text: choice["key"] == text,
    "short": lambda choice, text: (
        choice["text"] == ANY or french.sort_key(choice["text"]) == french.sort_key(text)
    ),
    "numeric": _is_number,
}


def typed_answer(question: QuestionDoc, text: str) -> ChoiceDoc | None:
    """The expected answer that a word or a number typed is. Of a word, case, accents and
    punctuation do not count.
    """
    kind = question["kind"]
    return expected(
        kind, expected_words(question) if kind == "short" else question["choices"], text
    )


def _typed(question: QuestionDoc, chosen: list[str]) -> float:
    found = typed_answer(question, chosen[0])
    return worth(found) if found else 0.0


def _filled(question: QuestionDoc, chosen: list[str]) -> float:
    earned = [
        worth(found) if (found := expected(gap["kind"], gap["choices"], text)) else 0.0
        for gap, text in zip(question["gaps"], chosen, strict=True)
    ]
    return _together(question, earned, [gap.get("weight", 1.0) for gap in question["gaps"]])


def _ticked(question: QuestionDoc, chosen: list[str]) -> float:
    choices = question["choices"]
    if any("worth" in each for each in choices):
        return sum(worth(each) for each in choices if each["key"] in chosen)
    return WHOLE * (chosen == [each["key"] for each in choices if each["correct"]])


def _in_order(question: QuestionDoc, chosen: list[str]) -> float:
    return _alike(question, chosen, question["items"])


def _matched(question: QuestionDoc, chosen: list[str]) -> float:
    return _alike(question, chosen, [pair["right"] for pair in question["pairs"]])


def _alike(question: QuestionDoc, chosen: list[str], right: list[str]) -> float:
    earned = [WHOLE * (given == due) for given, due in zip(chosen, right, strict=True)]
    return _together(question, earned, [1.0] * len(earned))


def _together(question: QuestionDoc, earned: list[float], weights: list[float]) -> float:
    """Each part by its weight, or all of them or nothing, as the author chose."""
    if not question.get("partial"):
        return WHOLE * all(each >= NEARLY for each in earned)
    shares = (each * weight for each, weight in zip(earned, weights, strict=True))
    return sum(shares) / sum(weights)


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
    "single": _ticked,
    "multiple": _ticked,
    "true-false": _ticked,
    "ordering": _in_order,
    "matching": _matched,
    "short": _typed,
    "numeric": _typed,
    "cloze": _filled,
    "hot-spot": _ticked,
    "classifying": _matched,
}
