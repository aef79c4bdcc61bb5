"""A quiz as the page shows it: questions of one attempt, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.utils.datastructures import MultiValueDict

from courses.documents import BlockDoc, QuestionDoc
from enrollments import grading
from enrollments.models import BlockState, Enrollment, LearningEvent


@dataclass(frozen=True, slots=True)
class OptionView:
    """A choice, a rank or a side; `feedback` is empty until the answers are in."""

    value: str
    text: str
    chosen: bool
    feedback: str = ""
    correct: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """One item to rank, or one left side to match, with its drop-down list."""

    name: str
    text: str
    options: list[OptionView]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`verdict` is empty before submission, then right, wrong or unanswered."""

    name: str
    number: int
    kind: str
    prompt_html: str
    options: list[OptionView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    text: str = ""
    verdict: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class QuizView:
    """One attempt: `score` is None while it is open. `best` is the best of all attempts."""

    block: BlockDoc
    attempt: UUID
    questions: list[QuestionView]
    score: int | None
    best: int | None
    attempts: int


def attempt_of(enrollment: Enrollment, block: BlockDoc, attempts: int) -> UUID:
    """Identity of the next attempt: the same form sent twice is one attempt."""
    return uuid5(enrollment.uuid, f"{block['uuid']}/{attempts}")


def quiz(
    enrollment: Enrollment, block: BlockDoc, state: BlockState | None, submitted: str
) -> QuizView:
    """The open attempt, or the submitted one of that UUID when it is this person's."""
    attempts = state.attempts if state else 0
    event = _event(enrollment, block, submitted)
    attempt = event.uuid if event else attempt_of(enrollment, block, attempts)
    questions = grading.draw(block, attempt)
    answers = event.result.get("answers", {}) if event else {}
    marked = grading.mark(questions, answers)
    return QuizView(
        block=block,
        attempt=attempt,
        questions=[
            _view(each, number, attempt, is_open=event is None)
            for number, each in enumerate(marked, start=1)
        ],
        score=event.result.get("score") if event else None,
        best=state.best_score if state else None,
        attempts=attempts,
    )


def answers_from(
    posted: "MultiValueDict[str, str]", questions: list[QuestionDoc], attempt: UUID
) -> dict[str, list[str]]:
    """Answers by question, in the shape that grading reads, from the fields of the form."""
    return {
        question["uuid"]: _READERS.get(question["kind"], _read_choices)(posted, question, attempt)
        for question in questions
    }


def _event(enrollment: Enrollment, block: BlockDoc, submitted: str) -> LearningEvent | None:
    try:
        uuid = UUID(submitted)
    except ValueError:
        return None
    return LearningEvent.objects.filter(
        enrollment=enrollment, block=block["uuid"], uuid=uuid
    ).first()


def _name(question: QuestionDoc) -> str:
    return f"q-{question['uuid']}"


def _read_choices(
    posted: "MultiValueDict[str, str]", question: QuestionDoc, __: UUID
) -> list[str]:
    return posted.getlist(_name(question))


def _read_ranks(
    posted: "MultiValueDict[str, str]", question: QuestionDoc, attempt: UUID
) -> list[str]:
    items = grading.shuffled(question["items"], question, attempt)
    ranks = [posted.get(f"{_name(question)}-{i}", "") or "" for i in range(len(items))]
    expected = [str(rank) for rank in range(1, len(items) + 1)]
    if sorted(ranks, key=lambda text: (len(text), text)) != expected:
        return []
    return [item for __, item in sorted(zip(map(int, ranks), items, strict=True))]


def _read_sides(posted: "MultiValueDict[str, str]", question: QuestionDoc, __: UUID) -> list[str]:
    return [posted.get(f"{_name(question)}-{p['key']}", "") or "" for p in question["pairs"]]


_READERS = {"ordering": _read_ranks, "matching": _read_sides}


def _view(marked: grading.Marked, number: int, attempt: UUID, *, is_open: bool) -> QuestionView:
    question = marked.question
    return QuestionView(
        name=_name(question),
        number=number,
        kind=question["kind"],
        prompt_html=question["prompt_html"],
        options=_options(marked, attempt, is_open=is_open),
        rows=_rows(marked, attempt),
        text=marked.chosen[0] if question["kind"] == "short" and marked.chosen else "",
        verdict="" if is_open else _verdict(marked),
        feedback="" if is_open else question["feedback"]["right" if marked.right else "wrong"],
    )


def _verdict(marked: grading.Marked) -> str:
    if marked.right:
        return "right"
    return "wrong" if marked.answered else "unanswered"


def _options(marked: grading.Marked, attempt: UUID, *, is_open: bool) -> list[OptionView]:
    question = marked.question
    choices = {choice["key"]: choice for choice in question.get("choices", ())}
    order = list(choices)
    if question["kind"] != "true-false":
        order = grading.shuffled(order, question, attempt)
    return [
        OptionView(
            value=key,
            text=choices[key]["text"],
            chosen=key in marked.chosen,
            feedback="" if is_open or key not in marked.chosen else choices[key]["feedback"],
            correct=not is_open and choices[key]["correct"],
        )
        for key in order
    ]


def _rows(marked: grading.Marked, attempt: UUID) -> list[RowView]:
    question = marked.question
    name = _name(question)
    if question["kind"] == "ordering":
        items = grading.shuffled(question["items"], question, attempt)
        given = {item: str(rank) for rank, item in enumerate(marked.chosen, start=1)}
        ranks = [str(rank) for rank in range(1, len(items) + 1)]
        return [
            RowView(f"{name}-{i}", item, _list(ranks, given.get(item, "")))
            for i, item in enumerate(items)
        ]
    if question["kind"] == "matching":
        pairs = question["pairs"]
        sides = list(
            {p["right"]: None for p in pairs} | dict.fromkeys(question.get("distractors", ()))
        )
        sides = grading.shuffled(sides, question, attempt)
        given = dict(zip((p["key"] for p in pairs), marked.chosen, strict=False))
        return [
            RowView(f"{name}-{p['key']}", p["left"], _list(sides, given.get(p["key"], "")))
            for p in pairs
        ]
    return []


def _list(values: list[str], chosen: str) -> list[OptionView]:
    return [OptionView(value=value, text=value, chosen=value == chosen) for value in values]


def states_of(enrollment: Enrollment, lesson: str) -> Mapping[str, BlockState]:
    """Interactive blocks already touched in a lesson, by UUID."""
    rows = BlockState.objects.filter(enrollment=enrollment, lesson=lesson)
    return {str(row.block): row for row in rows}
