"""A course answered on paper: what each question of its booklet asks, letter by letter.

The paper is one attempt, the same for whoever holds it, so that answers typed from a sheet are
marked, shown and reviewed like those given on a screen. Its identity follows from the questions
alone: a sheet stays good in a newer version whose questionnaire is the same.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from atn_platform.core import codes
from courses import draws
from courses.documents import (
    BlockDoc,
    CourseDoc,
    GapDoc,
    LessonDoc,
    QuestionDoc,
    stations,
    takes_several,
)
from courses.drawing import Zone
from courses.models import CourseVersion
from courses.numbers import read_number

# One letter (ONE), several, all of them in order, one for each row, or words to write.
ONE, SEVERAL, ORDER, EACH, TEXT, NUMBER = "one", "several", "order", "each", "text", "number"
NONE = "0"  # no letter for this row
LONGEST = 500
_CHECKED = 4
_GAP = re.compile(r"\[\[(\d{1,2})\]\]")


class Unread(ValueError):
    """What was typed is no answer to this line; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Option:
    """What stands beside a letter on the paper; `value` is what marking knows it by."""

    letter: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """One answer to write. `rows` are the left sides that wait for a letter each."""

    name: str
    label: str
    rule: str
    options: tuple[Option, ...] = ()
    rows: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        return self.options[-1].letter if self.options else ""

    @property
    def places(self) -> range:
        """Empty boxes of the sheet: one for each letter to write."""
        return range(1, 1 + (len(self.rows) if self.rule == EACH else len(self.options)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as printed. `keys` name the rows of a matching in the order of the paper."""

    doc: QuestionDoc
    label: str
    prompt_html: str
    lines: tuple[Line, ...]
    keys: tuple[str, ...] = ()

    @property
    def zones(self) -> list[Zone]:
        """What its picture bears: of a hot spot, each zone with the letter of its choice."""
        if self.doc["kind"] != "hot-spot":
            return []
        areas = {choice["key"]: choice["area"] for choice in self.doc["choices"]}
        return [Zone(each.letter, areas[each.value]) for each in self.lines[0].options]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    block: BlockDoc
    attempt: UUID
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A station with its number on the thread, and its questionnaires by UUID of their block."""

    number: int
    lesson: LessonDoc
    quizzes: dict[str, Questionnaire]


def stops(course: CourseDoc, without: Collection[str] = ()) -> list[Stop]:
    """Every station but these, as the booklet prints it: each keeps its number."""
    return [
        _stop(number, lesson)
        for number, lesson in enumerate(stations(course), start=1)
        if lesson["uuid"] not in without
    ]


def code_of(version: CourseVersion) -> str:
    """What the sheet bears, for its answers to be marked in its version: CYB-101-3-ACEF."""
    return f"{version.course.code}-{version.number}-{_check(version)}"


def number_in(code: str) -> tuple[str, int] | None:
    """The course and the number that a typed code names; its last letters are still to compare."""
    found = re.fullmatch(rf"(.+)-(\d{{1,5}})-[{codes.ALPHABET}]{{{_CHECKED}}}", code)
    return (found[1], int(found[2])) if found else None


def attempt_of(block: BlockDoc) -> UUID:
    """Identity of the attempt that the paper is."""
    asked = json.dumps([block.get("draw"), block["questions"]], sort_keys=True)
    return uuid5(UUID(block["uuid"]), hashlib.sha256(asked.encode()).hexdigest())


def read(asked: Asked, typed: Mapping[str, str]) -> list[str]:
    """The answer in the shape that marking reads; nothing typed is no answer.

    `typed` is keyed by the names of lines. Raises Unread.
    """
    said = [_read(line, typed.get(line.name, "")) for line in asked.lines]
    if asked.keys:
        by_key = dict(zip(asked.keys, said[0], strict=False))
        return [by_key.get(pair["key"], "") for pair in asked.doc["pairs"]] if said[0] else []
    if "gaps" in asked.doc:
        filled = [each[0] if each else "" for each in said]
        return filled if any(filled) else []
    return said[0]


def understood(line: Line, typed: str) -> str:
    """The answer in words, to be compared with the paper; empty for no answer."""
    said = _read(line, typed)
    texts = {option.value: option.text for option in line.options}
    words = [texts.get(each, each) or "—" for each in said]
    if line.rule == EACH:
        words = [f"{row} → {word}" for row, word in zip(line.rows, words, strict=False)]
    return " · ".join(words)


def _check(version: CourseVersion) -> str:
    return codes.drawn(version.content_hash, _CHECKED)


def _stop(number: int, lesson: LessonDoc) -> Stop:
    quizzes, first = {}, 1
    for block in lesson["blocks"]:
        if "questions" in block:
            attempt = attempt_of(block)
            drawn = draws.draw(block, attempt)
            asked = tuple(
                _asked(f"{number}.{rank}", question, attempt)
                for rank, question in enumerate(drawn, start=first)
            )
            quizzes[block["uuid"]] = Questionnaire(block, attempt, asked)
            first += len(drawn)
    return Stop(number, lesson, quizzes)


def _asked(label: str, question: QuestionDoc, attempt: UUID) -> Asked:
    prompt = _GAP.sub(r"<strong>(\1)</strong> ________", question["prompt_html"])
    name = "l-" + label.replace(".", "-")
    if "gaps" in question:
        lines = tuple(_of_gap(name, label, gap, question, attempt) for gap in question["gaps"])
        return Asked(question, label, prompt, lines)
    if "pairs" in question:
        pairs = {pair["key"]: pair["left"] for pair in question["pairs"]}
        keys = draws.shuffled(list(pairs), question, attempt)
        rows = tuple(pairs[key] for key in keys)
        sides = _lettered((text, text) for text in _sides(question, attempt))
        return Asked(question, label, prompt, (Line(name, label, EACH, sides, rows),), tuple(keys))
    return Asked(question, label, prompt, (_of_question(name, label, question, attempt),))


def _of_question(name: str, label: str, question: QuestionDoc, attempt: UUID) -> Line:
    kind = question["kind"]
    if kind == "ordering":
        items = draws.shuffled(question["items"], question, attempt)
        return Line(name, label, ORDER, _lettered((text, text) for text in items))
    if kind in {"short", "numeric"}:
        return Line(name, label, NUMBER if kind == "numeric" else TEXT)
    choices = {choice["key"]: choice["text"] for choice in question["choices"]}
    order = list(choices)
    if kind != "true-false":
        order = draws.shuffled(order, question, attempt)
    rule = SEVERAL if takes_several(question) else ONE
    return Line(name, label, rule, _lettered((key, choices[key]) for key in order))


def _of_gap(name: str, label: str, gap: GapDoc, question: QuestionDoc, attempt: UUID) -> Line:
    name, label = f"{name}-{gap['key']}", f"{label} ({gap['key']})"
    if gap["kind"] != "single":
        return Line(name, label, NUMBER if gap["kind"] == "numeric" else TEXT)
    choices = {choice["key"]: choice["text"] for choice in gap["choices"]}
    order = draws.shuffled(list(choices), question, attempt)
    return Line(name, label, ONE, _lettered((key, choices[key]) for key in order))


def _sides(question: QuestionDoc, attempt: UUID) -> Sequence[str]:
    if question["kind"] == "classifying":
        return question["categories"]
    sides = {pair["right"]: None for pair in question["pairs"]}
    sides |= dict.fromkeys(question.get("distractors", ()))
    return draws.shuffled(list(sides), question, attempt)


def _lettered(options: Iterator[tuple[str, str]]) -> tuple[Option, ...]:
    # No question is published with more options than letters (courses.checklist.questions).
    return tuple(
        Option(letter, text, value)
        for letter, (value, text) in zip(ascii_uppercase, options, strict=False)
    )


def _read(line: Line, typed: str) -> list[str]:
    typed = typed.replace("\x00", "").strip()[:LONGEST]
    if not typed:
        return []
    if line.rule == TEXT:
        return [typed]
    if line.rule == NUMBER:
        if read_number(typed) is None:
            raise Unread(_("Écrivez un nombre seul, par exemple 3,5."))
        return [typed]
    return _letters(line, [each for each in typed.upper() if each.isalnum()])


def _letters(line: Line, typed: list[str]) -> list[str]:
    values = {option.letter: option.value for option in line.options}
    if line.rule == EACH:
        values[NONE] = ""
    for each in typed:
        if each not in values:
            words = {"typed": each, "last": line.last}
            raise Unread(_("« %(typed)s » n’est pas sur la feuille : de A à %(last)s.") % words)
    if line.rule == EACH and len(typed) != len(line.rows):
        counts = {"wanted": len(line.rows), "typed": len(typed)}
        said = _(
            "Une lettre par ligne, %(wanted)d en tout, 0 pour une ligne vide; %(typed)d lues."
        )
        raise Unread(said % counts)
    if line.rule == ORDER and sorted(typed) != sorted(values):
        raise Unread(_("Chaque lettre de A à %s, une seule fois.") % line.last)
    if line.rule == ONE and len(typed) != 1:
        raise Unread(_("Une seule lettre, de A à %s.") % line.last)
    return [values[each] for each in (sorted(set(typed)) if line.rule == SEVERAL else typed)]
