r"""GIFT, the text format of Moodle's questions, read and written.

Rules after Moodle's own description of the format: a question ends at an empty line; its answers
stand in braces; `~ = # { } :` are signs unless a backslash goes before; `\n` is a new line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from courses.exchange.items import Answer, Item, ItemKind, Pair, Span, Text
from courses.notation import LineProblem, NotationRefused
from courses.numbers import plain_number

BLANK = "_____"
# Every answer stands after an =, and says with its percent that it is wrong.
TYPED = {ItemKind.SHORT, ItemKind.NUMERICAL}
SIGNS = "~=#{}:\\"
# How a line of answers begins, and no question does.
IN_BRACES = ("=", "~", "#", "}")
_LINE = re.compile(r"\r\n|\r|\n")
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_FOLD = re.compile(r"[ \t\r]*\n[ \t\r\n]*")
_NOTE = re.compile(r"^\s*//")
_LABEL = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
# Ours alone, where Moodle reads a comment.
_TAKEN = re.compile(r"//|\$CATEGORY|::")
_OWN = re.compile(r"\[(whole|several)\]")
_LABEL_ESCAPE = re.compile(r"\\(.)")
_CATEGORY = re.compile(r"^\s*\$CATEGORY:\s*(.*?)\s*$")
_TITLE = re.compile(r"^\s*::((?:\\.|(?!::).)*)::", re.DOTALL)
_MARKUP = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]")
_TRUTH = re.compile(r"^(TRUE|T|FALSE|F)\s*(?=#|$)", re.IGNORECASE)
# Words that would be read as a mark of their own, or as a percent.
_SIGNED = re.compile(r"^\s*(?:\[(?:html|moodle|plain|markdown)\]|%)")
_WEIGHT = re.compile(r"^\s*%\s*([-+]?\d+(?:[.,]\d+)?)\s*%")
_NUMBER = re.compile(r"^[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?$")


@dataclass(slots=True)
class _Piece:
    """The text between two empty lines, and what comments said just before it."""

    line: int
    text: str = ""
    id: str | None = None
    tags: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()


def read(text: str) -> list[Item]:
    """The items of a file, in its order; a question that cannot be read is one, with its reason.

    Raises NotationRefused with every problem found when nothing else than problems is.
    """
    items, problems = [], []
    for piece in _pieces(text.removeprefix("\ufeff")):
        try:
            items.append(_item(piece))
        except _Unreadable as error:
            problems.append(LineProblem(piece.line, str(error)))
            stem = Text(" ".join(piece.text.split()), "plain")
            items.append(Item(ItemKind.UNREADABLE, piece.line, stem=stem, foreign=str(error)))
    nothing = {ItemKind.UNREADABLE, ItemKind.CATEGORY}
    if problems and all(each.kind in nothing for each in items):
        raise NotationRefused(problems)
    return items


class _Unreadable(Exception):
    """A question that the format does not allow, and why."""


def _pieces(text: str) -> Iterator[_Piece]:
    """Questions as they stand: empty lines part them, except between braces.

    A question whose answers are read ends as well where a title, a category or other answers
    begin: files written by hand forget the empty line. One whose brace never closes ends where
    another question plainly begins, and takes none with it.
    """
    # `since`: what an open brace holds after its last empty line.
    held, since, depth = _Piece(1), _Piece(1), 0
    for number, line in enumerate([*_LINE.split(text), ""], start=1):
        cut = _forgotten(held, since, line) if depth > 0 else _unparted(held, line)
        if cut:
            ended, held = cut
            yield ended
            since, depth = _Piece(number), 0
        if not held.text and _CATEGORY.match(line):
            yield _Piece(number, line)
        elif _NOTE.match(line):
            _take_labels(held, line)
            _take_labels(since, line)
        elif line.strip():
            _grow(held, number, line)
            _grow(since, number, line)
            depth += len(_split(line, "{")) - len(_split(line, "}"))
        else:
            if depth <= 0 and held.text:
                yield held
                held, depth = _Piece(number + 1), 0
            _grow(held, number, "")
            since = _Piece(number + 1)
    if held.text:
        yield held


def _grow(piece: _Piece, number: int, line: str) -> None:
    piece.line = piece.line if piece.text else number
    if piece.text or line:
        piece.text += f"{line}\n"


def _unparted(held: _Piece, line: str) -> tuple[_Piece, _Piece] | None:
    """The question whose answers are read, and the one that this line begins."""
    is_read = (_is_sign(line) or _opens(line)) and len(_split(held.text, "{")) > 1
    return (held, _Piece(0)) if is_read else None


def _forgotten(held: _Piece, since: _Piece, line: str) -> tuple[_Piece, _Piece] | None:
    """The two questions that a brace left open holds, when this line shows the second."""
    if _is_sign(line):
        return held, _Piece(0) if since.text else since
    is_answer = (since.text or line).lstrip().startswith(IN_BRACES)
    if is_answer or not _opens(line) or "}" in line.partition("{")[0]:
        return None
    if not held.text.endswith(f"\n\n{since.text}"):
        return None
    return replace(held, text=held.text.removesuffix(since.text)), since


def _is_sign(line: str) -> bool:
    return line.lstrip().startswith("::") or bool(_CATEGORY.match(line))


def _opens(line: str) -> bool:
    return len(_split(line, "{")) > 1 and not _NOTE.match(line)


def _take_labels(piece: _Piece, line: str) -> None:
    """Comments carry the name that a question has elsewhere: [id:…], and its [tag:…]."""
    for kind, words in _LABEL.findall(line):
        if kind == "id":
            piece.id = _LABEL_ESCAPE.sub(r"\1", words)
        else:
            piece.tags = (*piece.tags, _LABEL_ESCAPE.sub(r"\1", words))
    piece.own |= set(_OWN.findall(line))


def _item(piece: _Piece) -> Item:
    if found := _CATEGORY.match(piece.text):
        return Item(ItemKind.CATEGORY, piece.line, title=found[1])
    text, title = piece.text, None
    if found := _TITLE.match(text):
        title, text = _plain(_FOLD.sub(" ", found[1])).strip(), text[found.end() :]
    text, markup = _markup(text, "moodle")
    before, inside, after = _braces(text)
    facts: dict[str, Any] = {
        "line": piece.line,
        "title": title,
        "id": piece.id,
        "tags": piece.tags,
        "whole": "whole" in piece.own,
        "several": "several" in piece.own,
    }
    if inside is None:
        return Item(ItemKind.DESCRIPTION, stem=_words(before, markup), **facts)
    blank = bool(after.strip())
    stem = f"{before.strip()} {BLANK} {after.strip()}" if blank else before
    return _answered(inside, markup, {**facts, "stem": _words(stem, markup), "blank": blank})


def _braces(text: str) -> tuple[str, str | None, str]:
    """What stands before the answers, between their braces (None without any), and after."""
    opened = _split(text, "{")
    if len(opened) == 1:
        if len(_split(text, "}")) > 1:
            raise _Unreadable(_("une accolade se ferme sans s’être ouverte."))
        return text, None, ""
    before, rest = opened[0], text[len(opened[0]) + 1 :]
    closed = _split(rest, "}")
    if len(closed) == 1:
        raise _Unreadable(_("l’accolade qui ouvre les réponses ne se ferme pas."))
    if len(closed) + len(opened) > len("{}") * 2:
        raise _Unreadable(_("une question a un seul groupe de réponses entre accolades."))
    return before, closed[0], rest[len(closed[0]) + 1 :]


def _answered(inside: str, markup: str, facts: dict[str, Any]) -> Item:
    """An item by what its braces hold."""
    inside, __, rest = _cut(inside, "####")
    general = _said(rest, markup)
    body = inside.strip()
    if not body:
        return Item(ItemKind.ESSAY, general=general, **facts)
    if found := _TRUTH.match(body):
        first, __, second = _cut(body[found.end() :].removeprefix("#"), "#")
        verdicts = (_said(first, markup), _said(second, markup))
        truth = found[1].upper().startswith("T")
        return Item(ItemKind.TRUE_FALSE, truth=truth, verdicts=verdicts, general=general, **facts)
    if body.startswith("#"):
        answers = tuple(_numbers(body[1:], markup))
        return Item(ItemKind.NUMERICAL, answers=answers, general=general, **facts)
    return _listed(body, markup, {**facts, "general": general})


def _listed(body: str, markup: str, facts: dict[str, Any]) -> Item:
    """Choices, words to write, or pairs: all begin by = or ~."""
    # One right answer alone needs no sign; before others, it is a choice like any.
    options = list(_options(body, first="=" if not _has_signs(body) else "~"))
    if all(sign == "=" for sign, __ in options):
        pairs = [_cut(words, "->") for __, words in options]
        if all(arrow for __, arrow, __ in pairs):
            held = (
                Pair(_words(*_markup(left, markup)), _plain(right).strip())
                for left, __, right in pairs
            )
            return Item(ItemKind.MATCHING, pairs=tuple(held), **facts)
        kind = ItemKind.SHORT
    else:
        kind = ItemKind.CHOICE
    answers = tuple(_answer(sign == "=", words, markup) for sign, words in options)
    return Item(kind, answers=answers, **facts)


def _has_signs(body: str) -> bool:
    return any(body[at] in "=~" for at in _places(body))


def _options(body: str, *, first: str) -> Iterator[tuple[str, str]]:
    """Each sign with the words after it; what stands before all of them has the sign `first`."""
    if not body.lstrip().startswith(("=", "~")):
        body = f"{first}{body.lstrip()}"
    starts = [at for at in _places(body) if body[at] in "=~"]
    for start, end in pairwise([*starts, len(body)]):
        yield body[start], body[start + 1 : end]


def _answer(right: bool, words: str, markup: str) -> Answer:
    weight, words = _weight(words)
    text, __, feedback = _cut(words, "#")
    text, own = _markup(text, markup)
    return Answer(right, _words(text, own), weight, _said(feedback, markup))


def _numbers(body: str, markup: str) -> Iterator[Answer]:
    """`1822`, `1822:5`, `1..5`; or several of them, each after an = and worth its own percent.

    `*`, or what comes after a ~, is any other number.
    """
    for sign, words in _options(body, first="="):
        weight, rest = _weight(words)
        typed, __, feedback = _cut(rest, "#")
        said, number = _said(feedback, markup), typed.strip()
        if number == "*" or (sign == "~" and not number):
            yield Answer(False, Text("*"), weight or 0.0, said)
            continue
        weight = 0.0 if sign == "~" and weight is None else weight
        yield Answer(sign == "=", Text(number), weight, said, _span(number))


def _span(typed: str) -> Span:
    low, dots, high = typed.partition("..")
    value, colon, tolerance = typed.partition(":")
    parts = (low, high) if dots else (value, tolerance) if colon else (typed,)
    numbers = [part.strip() for part in parts]
    if not all(_NUMBER.match(each) and isfinite(_float(each)) for each in numbers):
        raise _Unreadable(_("« %s » n’est pas un nombre.") % typed)
    if dots:
        first, second = sorted(map(_float, numbers))
        return Span(first, second)
    return Span.around(*map(_float, numbers))


def _float(typed: str) -> float:
    return float(typed.replace(",", "."))


def _weight(words: str) -> tuple[float | None, str]:
    found = _WEIGHT.match(words)
    return (_float(found[1]), words[found.end() :]) if found else (None, words)


def _said(words: str, markup: str) -> Text | None:
    """Feedback, or None where the sign is there and nothing after it."""
    text, own = _markup(words, markup)
    said = _words(text, own)
    return said if said.words else None


def _markup(text: str, inherited: str) -> tuple[str, str]:
    found = _MARKUP.match(text)
    return (text[found.end() :], found[1]) if found else (text, inherited)


def _words(text: str, markup: str) -> Text:
    """Lines of the file are no lines of the text, except in Markdown, where they have a sense."""
    folded = text if markup == "markdown" else _FOLD.sub(" ", text)
    return Text(_plain(folded).strip(), markup)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def _places(text: str) -> Iterator[int]:
    """Where a sign may stand: every place that no backslash escapes."""
    at = 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] and text[at + 1] in SIGNS + "n":
            at += 2
            continue
        yield at
        at += 1


def _split(text: str, sign: str) -> list[str]:
    """Parts of a text between signs that are not escaped."""
    parts, start = [], 0
    for at in _places(text):
        if at >= start and text.startswith(sign, at):
            parts.append(text[start:at])
            start = at + len(sign)
    return [*parts, text[start:]]


def _cut(text: str, sign: str) -> tuple[str, str, str]:
    """As str.partition, at the first sign that is not escaped."""
    for at in _places(text):
        if text.startswith(sign, at):
            return text[:at], sign, text[at + len(sign) :]
    return text, "", ""


def write(items: Iterable[Item]) -> str:
    """The file that read() would read back; every sign is escaped wherever it stands."""
    return "\n".join(map(_written, items))


def _written(item: Item) -> str:
    if item.kind is ItemKind.CATEGORY:
        return f"$CATEGORY: {item.title}\n"
    labels = [f"[id:{_label(item.id)}]"] if item.id is not None else []
    labels += [f"[tag:{_label(tag)}]" for tag in item.tags]
    labels += [f"[{name}]" for name in ("whole", "several") if getattr(item, name)]
    lines = [f"// {' '.join(labels)}"] if labels else []
    title = f"::{_escaped(item.title)}::" if item.title is not None else ""
    before, __, after = (
        item.stem.words.partition(BLANK) if item.blank else (item.stem.words, "", "")
    )
    body = "" if item.kind is ItemKind.DESCRIPTION else _inside(item)
    words = _marked(Text(before.strip(), item.stem.markup), "moodle")
    # At the start of a line, these would say something else.
    mark = f"[{item.stem.markup}]" if not title and _TAKEN.match(words) else ""
    lines.append(f"{title}{mark}{words} {body} {_escaped(after.strip())}".strip())
    return "\n".join(lines) + "\n"


def _inside(item: Item) -> str:
    own = item.stem.markup
    general = f"\n####{_marked(item.general, own)}" if item.general else ""
    if item.kind is ItemKind.TRUE_FALSE:
        first, second = (_marked(each, own) if each else "" for each in item.verdicts)
        said = f"#{first}#{second}" if second else f"#{first}" if first else ""
        return f"{{{'TRUE' if item.truth else 'FALSE'}{said}{general}}}"
    lines = [f"={_marked(pair.left, own)} -> {_escaped(pair.right)}" for pair in item.pairs] + [
        _answer_line(each, own, is_typed=item.kind in TYPED) for each in item.answers
    ]
    sign = "#" if item.kind is ItemKind.NUMERICAL else ""
    return "{" + sign + "".join(f"\n\t{line}" for line in lines) + general + "\n}"


def _answer_line(answer: Answer, own: str, *, is_typed: bool) -> str:
    weight = f"%{plain_number(answer.weight)}%" if answer.weight is not None else ""
    words = answer.text.words if answer.span else _marked(answer.text, own)
    said = f"#{_marked(answer.feedback, own)}" if answer.feedback else ""
    return f"{'=' if answer.right or is_typed else '~'}{weight}{words}{said}"


def _marked(text: Text, inherited: str) -> str:
    is_plain = text.markup == inherited and not _SIGNED.match(text.words)
    mark = "" if is_plain else f"[{text.markup}]"
    return mark + _escaped(text.words)


def _escaped(text: str | None) -> str:
    return re.sub(r"([~=#{}:\\])", r"\\\1", text or "").replace("\n", "\\n")


def _label(words: str) -> str:
    return re.sub(r"([\\\]])", r"\\\1", words)
