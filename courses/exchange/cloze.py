r"""Moodle's notation of a text with gaps: « {1:MULTICHOICE:=la CAI#Oui~la police} ».

A gap says its weight, its kind and its answers: `=` or a percent before those worth something,
`#` before a feedback, `~` between two. `} # ~ / " \` are signs unless a backslash goes before.
"""

import re
from collections.abc import Iterable
from html import escape

from courses.exchange.items import Answer, Gap, ItemKind, Span, Text
from courses.exchange.marks import ALL, number
from courses.numbers import plain_number

_GAP = re.compile(r"\{(\d*):([A-Za-z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
# What looks like a gap and is none that can be read.
_BROKEN = re.compile(r"\{\d*:([A-Za-z_]+)[:}]")
_PARTS = re.compile(r"(?:\\.|[^~\\])+", re.DOTALL)
_WEIGHT = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_FEEDBACK = re.compile(r"(?<!\\)#")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CHOICE = re.compile(r"^(?:MULTICHOICE|MC)(?:_?[VH]?S?)$")
_SHORT = re.compile(r"^(?:SHORTANSWER|SA|MW)(?:_?C)?$")
_NUMBER = re.compile(r"^(?:NUMERICAL|NM)$")
NAMES = {
    ItemKind.CHOICE: "MULTICHOICE",
    ItemKind.SHORT: "SHORTANSWER",
    ItemKind.NUMERICAL: "NUMERICAL",
}


def read(words: str) -> tuple[str, tuple[Gap, ...], str]:
    """The text with `[[1]]` where its first gap stands, its gaps, and the kind we do not know."""
    gaps, unknown = [], ""
    for weight, name, body in _GAP.findall(words):
        kind = _kind(name.upper())
        if kind is None:
            unknown = unknown or name
            continue
        answers = tuple(_answer(kind, each) for each in _PARTS.findall(body.strip()))
        gaps.append(Gap(kind, answers, number(weight) or 1.0))
    if left := _BROKEN.search(_GAP.sub("", words)):
        unknown = unknown or left[1]
    ranks = iter(range(1, len(gaps) + 1))
    stem = words if unknown else _GAP.sub(lambda _: f"[[{next(ranks)}]]", words)
    return stem, tuple(gaps), unknown


def write(stem: str, gaps: Iterable[Gap]) -> str:
    """The text that read() would read back."""
    for rank, gap in enumerate(gaps, start=1):
        body = "~".join(map(_written, gap.answers))
        weight = plain_number(gap.weight)
        stem = stem.replace(f"[[{rank}]]", f"{{{weight}:{NAMES[gap.kind]}:{body}}}", 1)
    return stem


def _kind(name: str) -> ItemKind | None:
    for pattern, kind in (
        (_CHOICE, ItemKind.CHOICE),
        (_SHORT, ItemKind.SHORT),
        (_NUMBER, ItemKind.NUMERICAL),
    ):
        if pattern.match(name):
            return kind
    return None


def _answer(kind: ItemKind, words: str) -> Answer:
    words = words.strip()
    weight = ALL if words.startswith("=") else 0.0
    words = words.removeprefix("=")
    if found := _WEIGHT.match(words):
        weight, words = float(found[1]), words[found.end() :]
    text, *said = _FEEDBACK.split(words, maxsplit=1)
    typed = _plain(text)
    feedback = Text(_plain(said[0]), "html") if said and said[0].strip() else None
    span = _span(typed) if kind is ItemKind.NUMERICAL else None
    return Answer(weight > 0, Text(typed, "html"), weight, feedback, span)


def _span(typed: str) -> Span | None:
    value, __, tolerance = typed.partition(":")
    found = number(value)
    return None if found is None else Span.around(found, number(tolerance) or 0)


def _plain(words: str) -> str:
    return _ESCAPE.sub(r"\1", words).strip()


def _written(answer: Answer) -> str:
    mark = (
        "=" if answer.worth == ALL else f"%{plain_number(answer.worth)}%" if answer.worth else ""
    )
    # The text around is HTML, and so are the words of a gap.
    words = _html(answer.text)
    if answer.span is not None:
        value, tolerance = answer.span.centre
        words = f"{value:.12g}:{tolerance:.12g}"
    said = f"#{_escaped(_html(answer.feedback))}" if answer.feedback else ""
    return f"{mark}{_escaped(words)}{said}"


def _html(text: Text) -> str:
    return text.words if text.markup == "html" else escape(text.words, quote=False)


def _escaped(words: str) -> str:
    return re.sub(r'([}~#/"\\])', r"\\\1", words)
