"""A quiz as the page shows it: questions of one attempt, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from courses.documents import BlockDoc, LessonDoc, QuestionDoc
from courses.enums import BlockKind
from enrollments import grading
from enrollments.models import BlockState, Enrollment, LearningEvent

# Kinds of blocks in which a person leaves something.
ASKING = frozenset({BlockKind.QUIZ, BlockKind.SCENARIO, BlockKind.REFLECTION})


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
    error: str = ""

    @property
    def control(self) -> str:
        """The id of what an error leads to: the first control of the question."""
        return self.rows[0].name if self.rows else f"{self.name}-1" if self.options else self.name


@dataclass(frozen=True, slots=True)
class QuizView:
    """One attempt: `score` is None while it is open. `best` is the best of all attempts."""

    block: BlockDoc
    attempt: UUID
    questions: list[QuestionView]
    score: int | None
    best: int | None
    attempts: int

    @property
    def incomplete(self) -> list[QuestionView]:
        """Questions sent back with what is missing; their answers are as they were typed."""
        return [question for question in self.questions if question.error]


def attempt_of(enrollment: Enrollment, block: BlockDoc, attempts: int) -> UUID:
    """Identity of the next attempt: the same form sent twice is one attempt."""
    return uuid5(enrollment.uuid, f"{block['uuid']}/{attempts}")


def quiz(
    enrollment: Enrollment, block: BlockDoc, state: BlockState | None, submitted: str
) -> QuizView:
    """The open attempt, or the submitted one of that UUID when it is this person's."""
    attempts = state.attempts if state else 0
    event = _event(enrollment, block, submitted)
    attempt = _drawn(event) if event else attempt_of(enrollment, block, attempts)
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


def quiz_as_sent(
    block: BlockDoc, state: BlockState | None, attempt: UUID, posted: "MultiValueDict[str, str]"
) -> QuizView:
    """The open attempt with every field as the form sent it, and what is missing."""
    questions = grading.draw(block, attempt)
    return QuizView(
        block=block,
        attempt=attempt,
        questions=[
            _sent(question, number, attempt, posted)
            for number, question in enumerate(questions, start=1)
        ],
        score=None,
        best=state.best_score if state else None,
        attempts=state.attempts if state else 0,
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


def _drawn(event: LearningEvent) -> UUID:
    """The attempt whose questions were answered; an event of old bears its identity."""
    return UUID(event.result.get("attempt") or str(event.uuid))


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
        feedback="" if is_open else _feedback(marked),
    )


def _sent(
    question: QuestionDoc, number: int, attempt: UUID, posted: "MultiValueDict[str, str]"
) -> QuestionView:
    empty = grading.mark([question], {})[0]
    name = _name(question)
    chosen = set(posted.getlist(name))
    rows = [
        replace(row, options=_list([o.value for o in row.options], posted.get(row.name) or ""))
        for row in _rows(empty, attempt)
    ]
    return QuestionView(
        name=name,
        number=number,
        kind=question["kind"],
        prompt_html=question["prompt_html"],
        options=[
            replace(option, chosen=option.value in chosen)
            for option in _options(empty, attempt, is_open=True)
        ],
        rows=rows,
        text=grading.typed_text(posted.get(name) or "", longest=grading.MOST_CHARACTERS),
        error=_missing(question["kind"], rows, posted.getlist(name)),
    )


def _missing(kind: str, rows: list[RowView], sent: list[str]) -> str:
    """What keeps the answer from being one; empty when nothing does."""
    if rows:
        return _missing_in_rows(kind, rows)
    if any(text.strip() for text in sent):
        return ""
    if kind == "short":
        return _("Écrivez une réponse, même incertaine.")
    return _("Choisissez ce qui vous semble le plus juste.")


def _missing_in_rows(kind: str, rows: list[RowView]) -> str:
    chosen = [option.value for row in rows for option in row.options if option.chosen]
    twice = next((value for value in chosen if chosen.count(value) > 1), None)
    if twice is not None and kind == "ordering":
        return _("Le rang %s est donné deux fois.") % twice
    if twice is not None:
        return _("« %s » est choisi deux fois.") % twice
    if len(chosen) < len(rows):
        counts = {"done": len(chosen), "all": len(rows)}
        return _("Chaque liste demande un choix : %(done)d sur %(all)d sont faits.") % counts
    return ""


def _feedback(marked: grading.Marked) -> str:
    """Of the one choice made, when its author wrote some; else of the question."""
    chosen = [c for c in marked.question.get("choices", ()) if c["key"] in marked.chosen]
    if len(chosen) == 1 and marked.question["kind"] != "multiple" and chosen[0]["feedback"]:
        return chosen[0]["feedback"]
    return marked.question["feedback"]["right" if marked.right else "wrong"]


def _verdict(marked: grading.Marked) -> str:
    if marked.right:
        return "right"
    return "wrong" if marked.answered else "unanswered"


def _options(marked: grading.Marked, attempt: UUID, *, is_open: bool) -> list[OptionView]:
    question = marked.question
    choices = {choice["key"]: choice for choice in question.get("choices", ())}
    order = list(choices)
    # Said once: below the question when one choice is made, beside each when there may be several.
    beside = not is_open and question["kind"] == "multiple"
    if question["kind"] != "true-false":
        order = grading.shuffled(order, question, attempt)
    return [
        OptionView(
            value=key,
            text=choices[key]["text"],
            chosen=key in marked.chosen,
            feedback=choices[key]["feedback"] if beside and key in marked.chosen else "",
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


def states_of(enrollment: Enrollment, station: LessonDoc) -> Mapping[str, BlockState]:
    """Interactive blocks already touched in a lesson, by UUID; no query when it has none."""
    if ASKING.isdisjoint(each["kind"] for each in station["blocks"]):
        return {}
    rows = BlockState.objects.filter(enrollment=enrollment, lesson=station["uuid"])
    return {str(row.block): row for row in rows}
