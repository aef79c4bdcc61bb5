"""How the questions of a course are answered: which are missed, and by which wrong choice.

Of each person, the first answer to each question: later ones come after the explanations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from atn_platform.core import markdown
from courses.documents import CourseDoc, QuestionDoc, stations
from courses.queries import documents
from enrollments import grading
from enrollments.enums import Verb
from enrollments.models import LearningEvent

# Under this number, a figure would speak of somebody.
FEWEST = 5
TICKED = {"single", "multiple", "true-false", "hot-spot"}


@dataclass(frozen=True, slots=True)
class WrongChoice:
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One question of the version in force; `right` is a share, None when too few answered."""

    lesson: str
    prompt: str
    answered: int
    right: float | None
    wrong: list[WrongChoice] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    answered: int = 0
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


def item_rows(course: CourseDoc, course_id: int) -> list[ItemRow]:
    """Every question of the document, in its order; two queries, whatever was answered."""
    tallies = _tallies(course_id)
    return [
        _row(lesson["title"], question, tallies[question["uuid"]])
        for lesson in stations(course)
        for block in lesson["blocks"]
        for question in block.get("questions", ())
    ]


def most_missed(rows: Iterable[ItemRow]) -> ItemRow | None:
    """The question that the smallest share answered right; nothing while none was missed."""
    missed = [each for each in rows if each.right is not None and each.right < 1]
    return min(missed, key=lambda each: each.right or 0.0, default=None)


def _tallies(course_id: int) -> defaultdict[str, _Tally]:
    answered = (
        LearningEvent.objects.counting()
        .filter(enrollment__course_id=course_id, verb=Verb.ANSWERED)
        .order_by("happened_at", "pk")
    )
    events = list(
        answered.values_list("enrollment__learner_id", "enrollment__version_id", "result")
    )
    asked = {
        version: {question["uuid"]: question for question in _questions(document)}
        for version, document in documents({version for __, version, ___ in events}).items()
    }
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    seen: set[tuple[int, str]] = set()
    for learner, version, result in events:
        for uuid, chosen in (result.get("answers") or {}).items():
            question = asked[version].get(uuid)
            if question is None or (learner, uuid) in seen:
                continue
            (marked,) = grading.mark([question], {uuid: chosen})
            if marked.answered:
                seen.add((learner, uuid))
                _count(tallies[uuid], marked)
    return tallies


def _questions(document: CourseDoc) -> Iterator[QuestionDoc]:
    for lesson in stations(document):
        for block in lesson["blocks"]:
            yield from block.get("questions", ())


def _count(tally: _Tally, marked: grading.Marked) -> None:
    tally.answered += 1
    tally.right += marked.right
    # What people typed themselves stays theirs: only the author's own choices are counted.
    if marked.question["kind"] in TICKED and not marked.right:
        wrong = {each["key"]: each["text"] for each in marked.question["choices"]
                 if not each["correct"]}  # fmt: skip
        tally.wrong.update(wrong[key] for key in marked.chosen if key in wrong)


def _row(lesson: str, question: QuestionDoc, tally: _Tally) -> ItemRow:
    prompt = " ".join(markdown.sentences(question["prompt_html"]))
    if tally.answered < FEWEST:
        return ItemRow(lesson, prompt, tally.answered, None)
    return ItemRow(
        lesson, prompt, tally.answered, tally.right / tally.answered,
        [WrongChoice(text, n) for text, n in tally.wrong.most_common() if n >= FEWEST],
    )  # fmt: skip
