"""Moodle's XML of questions, read and written.

Element names and what they hold are those of a Moodle 4 export: one `question` each, its kind in
`type`, percents in `fraction`, markup in `format`. Entities and external references are refused.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from html import escape
from typing import Any
from xml.etree import ElementTree as Xml  # only to write: reading goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe
from django.utils.translation import gettext as _

from courses.exchange import cloze
from courses.exchange.items import Answer, Gap, Item, ItemKind, Pair, Span, Text
from courses.exchange.marks import ALL, number
from courses.notation import LineProblem, NotationRefused
from courses.notation.parts import GAP_MARK
from courses.numbers import written

MARKUPS = {
    "html": "html",
    "plain_text": "plain",
    "markdown": "markdown",
    "moodle_auto_format": "moodle",
}
FORMATS = {markup: name for name, markup in MARKUPS.items()}
KINDS = {
    "category": ItemKind.CATEGORY,
    "description": ItemKind.DESCRIPTION,
    "essay": ItemKind.ESSAY,
    "truefalse": ItemKind.TRUE_FALSE,
    "multichoice": ItemKind.CHOICE,
    "shortanswer": ItemKind.SHORT,
    "numerical": ItemKind.NUMERICAL,
    "matching": ItemKind.MATCHING,
    "ordering": ItemKind.ORDERING,
    "cloze": ItemKind.CLOZE,
}
# Texts whose gaps share the words to choose from, listed after them under this name.
SHARED = {"gapselect": "selectoption", "ddwtos": "dragbox"}
TYPES = {kind: name for name, kind in KINDS.items()}
VERDICTS = ("incorrectfeedback", "correctfeedback")
# How an order is marked, where we know it; without a word, by the place of each element.
WHOLE, BY_PLACE = "ALL_OR_NOTHING", "ABSOLUTE_POSITION"
# Ours alone: Moodle passes over an element that it does not know.
ALL_AT_ONCE = "whole"
YES, NO = {"1", "true"}, {"0", "false"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read(content: bytes) -> list[Item]:
    """The items of a file, in its order. Raises NotationRefused."""
    try:
        root = Safe.fromstring(content, forbid_dtd=True)
    except Safe.ParseError as error:
        line, __ = error.position
        raise _refused(line, _("ce n’est pas du XML bien formé.")) from error
    except LookupError as error:
        said = _("ce fichier annonce un encodage inconnu : enregistrez-le en UTF-8.")
        raise _refused(1, said) from error
    except (DefusedXmlException, ValueError) as error:
        raise _refused(1, _("les entités et les fichiers extérieurs sont refusés.")) from error
    if root.tag != "quiz":
        raise _refused(1, _("un fichier de Moodle commence par « quiz »."))
    return [_item(each, rank) for rank, each in enumerate(root.iter("question"), start=1)]


def _refused(line: int, message: str) -> NotationRefused:
    return NotationRefused([LineProblem(line, message)])


def _item(node: Any, rank: int) -> Item:
    """One question; `line` of the item is its rank in the file, which has no lines of its own."""
    kind = KINDS.get(node.get("type", ""), ItemKind.OTHER)
    if kind is ItemKind.CATEGORY:
        said = _text(node.find("info")).words
        aside = (_("la description « %s »") % said,) if said else ()
        return Item(kind, rank, title=_text(node.find("category")).words, aside=aside)
    facts: dict[str, Any] = {
        "title": _text(node.find("name")).words or None,
        "stem": _text(node.find("questiontext")),
        "general": _said(node.find("generalfeedback")),
        "id": _bare(node, "idnumber") or None,
        "tags": tuple(_text(each).words for each in node.findall("tags/tag")),
        "aside": tuple(_aside(node)),
        "files": tuple(_files(node).items()),
        "whole": bool({_bare(node, ALL_AT_ONCE)} & YES or _bare(node, "gradingtype") == WHOLE),
        "partly": _said(node.find("partiallycorrectfeedback")),
        "verdicts": tuple(_said(node.find(each)) for each in VERDICTS),
    }
    read = _cloze if node.get("type") in SHARED else _READERS.get(kind, _listed)
    return read(node, rank, {**facts, "kind": kind})


def _alone(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    return Item(line=rank, foreign=node.get("type", ""), **facts)


def _matching(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    # Moodle keeps a line that its author left empty.
    pairs = [
        each for each in map(_pair, node.findall("subquestion")) if each.left.words or each.right
    ]
    return Item(line=rank, pairs=tuple(pairs), **facts)


def _listed(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    answers = tuple(_answer(each, facts["kind"]) for each in node.findall("answer"))
    several = _bare(node, "single") in {"false", "0"}
    return Item(line=rank, answers=answers, several=several, **facts)


def _aside(node: Any) -> Iterator[str]:
    """What an author filled in, and our items have no place for."""
    for hint in filter(None, (_text(each).words for each in node.findall("hint"))):
        yield _("l’indice « %s »") % hint
    if image := _bare(node, "image"):
        yield _("le fichier joint « %s »") % image
    for unit in (_bare(each, "unit_name") for each in node.iterfind("units/unit")):
        yield _("l’unité « %s »") % unit
    mark, grading = number(_bare(node, "defaultgrade") or "1"), _bare(node, "gradingtype")
    said = {
        _("la note de la question : %s points") % written(mark or 0): mark not in {1, None},
        _("la façon de noter l’ordre, « %s »") % grading: grading not in {"", WHOLE, BY_PLACE},
        _("le tirage d’une partie des éléments à ordonner"): _bare(node, "selecttype")
        not in {"", "ALL"},
        _("la différence entre majuscules et minuscules"): _bare(node, "usecase") in YES,
        _("l’ordre fixe des choix"): _bare(node, "shuffleanswers") in NO,
    }
    yield from (words for words, is_said in said.items() if is_said)


def _files(node: Any) -> dict[str, bytes]:
    """What comes with the question, by name; nothing in place of what cannot be read."""
    found: dict[str, bytes] = {}
    for each in (*node.iterfind("questiontext/file"), *node.iter("file")):
        if name := each.get("name"):
            try:
                found.setdefault(name, b64decode(each.text or ""))
            except ValueError:
                found.setdefault(name, b"")
    return found


def _truth(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    said = {_text(each).words.strip().lower(): each for each in node.findall("answer")}
    right = next((words for words, each in said.items() if _worth(each) > 0), "true")
    wrong = next((words for words in said if words != right), "")
    facts["verdicts"] = _verdict(said.get(wrong)), _verdict(said.get(right))
    return Item(line=rank, truth=right == "true", **facts)


def _cloze(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    name, stem = node.get("type", ""), facts["stem"]
    if name in SHARED:
        words, gaps, unknown = *_shared(node, stem.words), ""
    else:
        words, gaps, unknown = cloze.read(stem.words)
    facts |= {"stem": replace(stem, words=words), "kind": ItemKind.CLOZE}
    if unknown or not gaps:
        facts["kind"] = ItemKind.OTHER
        return Item(line=rank, foreign=f"{name} {unknown}".strip(), **facts)
    return Item(line=rank, gaps=gaps, **facts)


def _shared(node: Any, words: str) -> tuple[str, tuple[Gap, ...]]:
    """[[2]] is where the second word goes; the words of its group are offered beside it."""
    options = [
        (each.findtext("text") or "", _bare(each, "group"))
        for each in node.findall(SHARED[node.get("type")])
    ]
    gaps: list[Gap] = []

    def place(found: re.Match[str]) -> str:
        rank = int(found[1]) - 1
        if not 0 <= rank < len(options):
            return found[0]
        right, group = options[rank]
        answers = [
            Answer(text == right, Text(text, "html"), ALL if text == right else 0.0)
            for text in dict.fromkeys(text for text, own in options if own == group)
        ]
        gaps.append(Gap(ItemKind.CHOICE, tuple(answers)))
        return f"[[{len(gaps)}]]"

    return GAP_MARK.sub(place, words), tuple(gaps)


def _verdict(node: Any | None) -> Text | None:
    return _said(node.find("feedback")) if node is not None else None


def _answer(node: Any, kind: ItemKind) -> Answer:
    worth, text = _worth(node), _text(node)
    span = _span(node, text.words) if kind is ItemKind.NUMERICAL else None
    return Answer(worth > 0, text, worth, _said(node.find("feedback")), span)


def _span(node: Any, words: str) -> Span | None:
    """None for « * », Moodle’s « any other answer »."""
    value = number(words)
    return value if value is None else Span.around(value, number(_bare(node, "tolerance")) or 0)


def _pair(node: Any) -> Pair:
    return Pair(_text(node), _text(node.find("answer")).words)


def _worth(node: Any) -> float:
    return number(node.get("fraction", "0")) or 0.0


def _bare(node: Any, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _text(node: Any | None) -> Text:
    if node is None:
        return Text("")
    words = node.findtext("text")
    return Text((words or "").strip(), MARKUPS.get(node.get("format", ""), "moodle"))


def _said(node: Any | None) -> Text | None:
    text = _text(node)
    return text if text.words else None


_READERS: dict[ItemKind, Callable[[Any, int, dict[str, Any]], Item]] = {
    ItemKind.OTHER: _alone,
    ItemKind.MATCHING: _matching,
    ItemKind.TRUE_FALSE: _truth,
    ItemKind.CLOZE: _cloze,
}


def write(items: Iterable[Item]) -> bytes:
    """The file that read() would read back, hints and their like left aside."""
    root = Xml.Element("quiz")
    for item in items:
        _written(Xml.SubElement(root, "question", type=TYPES.get(item.kind, item.foreign)), item)
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _written(node: Xml.Element, item: Item) -> None:
    if item.kind is ItemKind.CATEGORY:
        _put(node, "category", Text(item.title or ""))
        return
    _put(node, "name", Text(item.title or ""))
    stem = cloze.write(item.stem.words, item.gaps) if item.gaps else item.stem.words
    _put_stem(node, item, stem)
    _put(node, "generalfeedback", item.general)
    if item.id is not None:
        Xml.SubElement(node, "idnumber").text = item.id
    if item.kind is ItemKind.ORDERING:
        Xml.SubElement(node, "selecttype").text = "ALL"
        Xml.SubElement(node, "gradingtype").text = WHOLE if item.whole else BY_PLACE
    elif item.whole:
        Xml.SubElement(node, ALL_AT_ONCE).text = "1"
    if item.kind is ItemKind.CHOICE:
        Xml.SubElement(node, "single").text = str(not item.several).lower()
    if item.kind is ItemKind.TRUE_FALSE:
        _put_truth(node, item)
    else:
        _put_answers(node, item)
    _put_tags(node, item.tags)


def _put_stem(node: Xml.Element, item: Item, words: str) -> None:
    """The words, and under them the picture that the question shows."""
    if item.shown:
        alt = escape(item.alt, quote=False).replace("[", "&#91;").replace("]", "&#93;")
        words = f"{words}\n\n![{alt}]({item.shown})"
    made = _put(node, "questiontext", replace(item.stem, words=words))
    for name, content in item.files:
        file = Xml.SubElement(made, "file", name=name, path="/", encoding="base64")
        file.text = b64encode(content).decode()


def _put_answers(node: Xml.Element, item: Item) -> None:
    sides = (*zip(VERDICTS, item.verdicts, strict=True), ("partiallycorrectfeedback", item.partly))
    for name, verdict in sides:
        if verdict:
            _put(node, name, verdict)
    for pair in item.pairs:
        _put(_put(node, "subquestion", pair.left), "answer", Text(pair.right))
    for rank, answer in enumerate(item.answers, start=1):
        # In an order, what an answer is worth is its rank.
        is_rank = item.kind is ItemKind.ORDERING
        _put_answer(node, replace(answer, weight=float(rank)) if is_rank else answer)


def _put_tags(node: Xml.Element, tags: tuple[str, ...]) -> None:
    if tags:
        held = Xml.SubElement(node, "tags")
        for tag in tags:
            _put(held, "tag", Text(tag))


def _put_truth(node: Xml.Element, item: Item) -> None:
    wrong, right = item.verdicts
    for words, verdict in ((item.truth, right), (not item.truth, wrong)):
        worth = ALL if words == item.truth else 0.0
        _put_answer(node, Answer(worth > 0, Text(str(words).lower()), worth, verdict))


def _put_answer(node: Xml.Element, answer: Answer) -> None:
    value, tolerance = answer.span.centre if answer.span else (None, None)
    text = answer.text if value is None else Text(f"{value:.12g}", answer.text.markup)
    said = _put(node, "answer", text)
    said.set("fraction", f"{answer.worth:.7g}")
    if tolerance is not None:
        Xml.SubElement(said, "tolerance").text = f"{tolerance:.12g}"
    _put(said, "feedback", answer.feedback)


def _put(node: Xml.Element, name: str, text: Text | None) -> Xml.Element:
    text = text or Text("")
    made = Xml.SubElement(node, name)
    if text.markup in FORMATS:
        made.set("format", FORMATS[text.markup])
    Xml.SubElement(made, "text").text = _CONTROL.sub("", text.words)
    return made
