"""A quiz as the page shows it: questions of one attempt, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.datastructures import MultiValueDict

from atn_platform.core.reading import rows_of
from courses import draws
from courses.documents import BlockDoc, LessonDoc, QuestionDoc
from courses.enums import BlockKind
from enrollments import grading
from enrollments.models import BlockState, Enrollment, LearningEvent
from enrollments.queries.questions import QuestionView, answer_from, sent_back, shown

# Kinds of blocks in which a person leaves something.
ASKING = frozenset(
    {
        BlockKind.QUIZ,
        BlockKind.SCENARIO,
        BlockKind.REFLECTION,
        BlockKind.PLEDGE,
        BlockKind.PACKAGE,
    }
)


@dataclass(frozen=True, slots=True)
class QuizView:
    """One attempt: `score` is None while it is open. `best` is the best of all attempts."""

    block: BlockDoc
    attempt: UUID
    questions: list[QuestionView]
    score: int | None
    best: int | None
    attempts: int
    # The act that was submitted, of which a review may be asked.
    event: UUID | None = None

    @property
    def incomplete(self) -> list[QuestionView]:
        """Questions sent back with what is missing; their answers are as they were typed."""
        return [question for question in self.questions if question.error]


def attempt_of(enrollment: Enrollment, block: BlockDoc, attempts: int) -> UUID:
    """Identity of the next attempt: the same form sent twice is one attempt."""
    return uuid5(enrollment.uuid, f"{block['uuid']}/{attempts}")


def drawn(state: BlockState | None) -> int:
    """How many attempts there were, those taken back included: each draws what no other drew."""
    return state.attempts + int(state.data.get("undone", 0)) if state else 0


def quiz(
    enrollment: Enrollment, block: BlockDoc, state: BlockState | None, submitted: str
) -> QuizView:
    """The open attempt, or the submitted one of that UUID when it is this person's."""
    attempts = state.attempts if state else 0
    event = _event(enrollment, block, submitted)
    attempt = _drawn(event) if event else attempt_of(enrollment, block, drawn(state))
    questions = draws.draw(block, attempt)
    answers = event.result.get("answers", {}) if event else {}
    marked = grading.mark(questions, answers)
    return QuizView(
        block=block,
        attempt=attempt,
        questions=[
            shown(each, number, attempt, is_open=event is None)
            for number, each in enumerate(marked, start=1)
        ],
        score=event.result.get("score") if event else None,
        best=state.best_score if state else None,
        attempts=attempts,
        event=event.uuid if event else None,
    )


def quiz_as_sent(
    block: BlockDoc, state: BlockState | None, attempt: UUID, posted: "MultiValueDict[str, str]"
) -> QuizView:
    """The open attempt with every field as the form sent it, and what is missing."""
    questions = draws.draw(block, attempt)
    return QuizView(
        block=block,
        attempt=attempt,
        questions=[
            sent_back(question, number, attempt, posted)
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
    return {each["uuid"]: answer_from(posted, each, attempt) for each in questions}


def _event(enrollment: Enrollment, block: BlockDoc, submitted: str) -> LearningEvent | None:
    try:
        uuid = UUID(submitted)
    except ValueError:
        return None
    return (
        LearningEvent.objects.counting()
        .filter(enrollment=enrollment, block=block["uuid"], uuid=uuid)
        .first()
    )


def _drawn(event: LearningEvent) -> UUID:
    """The attempt whose questions were answered; an event of old bears its identity."""
    return UUID(event.result.get("attempt") or str(event.uuid))


_STATES = """
    SELECT {row}
      FROM enrollments_blockstate row
     WHERE row.enrollment_id = %(enrollment)s AND row.lesson = %(lesson)s
"""


def states_of(enrollment: Enrollment, station: LessonDoc) -> Mapping[str, BlockState]:
    """Interactive blocks already touched in a lesson, by UUID; no query when it has none."""
    if ASKING.isdisjoint(each["kind"] for each in station["blocks"]):
        return {}
    asked = {"enrollment": enrollment.pk, "lesson": station["uuid"]}
    return {str(row.block): row for row, _ in rows_of(BlockState, _STATES, asked)}
