"""Moodle's XML of questions, read and written.

Element names and what they hold are those of a Moodle 4 export: one `question` each, its kind in
`type`, percents in `fraction`, markup in `format`. Entities and external references are refused.
"""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as Xml  # only to write: reading goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe
from django.utils.translation import gettext as _

from courses.exchange.items import Answer, Item, ItemKind, Pair, Span, Text
from courses.exchange.marks import ALL, number
from courses.notation import LineProblem, NotationRefused

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
}
TYPES = {kind: name for name, kind in KINDS.items()}
# What an author fills in and our items have no place for; empty, or with these, it says nothing.
ASIDE = {"hint", "file", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"}


def read(content: bytes) -> list[Item]:
    """The items of a file, in its order. Raises NotationRefused."""
    try:
        root = Safe.fromstring(content, forbid_dtd=True)
    except Safe.ParseError as error:
        line, __ = error.position
        raise _refused(line, _("ce n’est pas du XML bien formé.")) from error
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
        return Item(kind, rank, title=_text(node.find("category")).words)
    facts: dict[str, Any] = {
        "title": _text(node.find("name")).words or None,
        "stem": _text(node.find("questiontext")),
        "general": _said(node.find("generalfeedback")),
        "id": _bare(node, "idnumber") or None,
        "tags": tuple(_text(each).words for each in node.findall("tags/tag")),
        "aside": tuple(dict.fromkeys(each.tag for each in node.iter() if _is_lost(each))),
    }
    if kind is ItemKind.OTHER:
        return Item(kind, rank, foreign=node.get("type", ""), **facts)
    if kind is ItemKind.MATCHING:
        return Item(kind, rank, pairs=tuple(map(_pair, node.findall("subquestion"))), **facts)
    if kind is ItemKind.TRUE_FALSE:
        return _truth(node, rank, facts)
    answers = tuple(_answer(each, kind) for each in node.findall("answer"))
    several = _bare(node, "single") in {"false", "0"}
    return Item(kind, rank, answers=answers, several=several, **facts)


def _is_lost(node: Any) -> bool:
    return node.tag in ASIDE and bool(_text(node).words or node.get("name"))


def _truth(node: Any, rank: int, facts: dict[str, Any]) -> Item:
    said = {_text(each).words.strip().lower(): each for each in node.findall("answer")}
    right = next((words for words, each in said.items() if _worth(each) > 0), "true")
    wrong = next((words for words in said if words != right), "")
    verdicts = (_verdict(said.get(wrong)), _verdict(said.get(right)))
    return Item(ItemKind.TRUE_FALSE, rank, truth=right == "true", verdicts=verdicts, **facts)


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
    _put(node, "questiontext", item.stem)
    _put(node, "generalfeedback", item.general)
    if item.id is not None:
        Xml.SubElement(node, "idnumber").text = item.id
    if item.kind is ItemKind.CHOICE:
        Xml.SubElement(node, "single").text = str(not item.several).lower()
    if item.kind is ItemKind.TRUE_FALSE:
        _put_truth(node, item)
    for pair in item.pairs:
        _put(_put(node, "subquestion", pair.left), "answer", Text(pair.right))
    for answer in item.answers:
        _put_answer(node, answer)
    _put_tags(node, item.tags)


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
    said = _put(node, "answer", answer.text)
    said.set("fraction", str(answer.worth).removesuffix(".0"))
    if answer.span is not None and answer.span.value is not None:
        Xml.SubElement(said, "tolerance").text = str(answer.span.tolerance or 0)
    _put(said, "feedback", answer.feedback)


def _put(node: Xml.Element, name: str, text: Text | None) -> Xml.Element:
    text = text or Text("")
    made = Xml.SubElement(node, name)
    if text.markup in FORMATS:
        made.set("format", FORMATS[text.markup])
    Xml.SubElement(made, "text").text = text.words
    return made
