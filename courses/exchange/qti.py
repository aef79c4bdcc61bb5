"""QTI 2.1, 2.2 and 3.0 of 1EdTech: a file read into items, one for each thing that it asks.

What an item has no place for (templates, adaptive rules, other ways of marking) is listed in
`aside`, or makes of it an item of a kind that we do not have.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe
from django.utils.translation import gettext as _

from courses.exchange.items import Answer, Gap, Item, ItemKind, Pair, Span, Text
from courses.exchange.marks import number
from courses.exchange.qti_body import (
    BUTTON,
    CHOICES,
    INLINE,
    aside,
    is_interaction,
    named,
    own_feedback,
    stem,
    words,
)
from courses.exchange.qti_marks import Key, key_of, said_after, unknown_rules
from courses.exchange.qti_zones import POINT, hotspots, key_of_points
from courses.notation import LineProblem, NotationRefused

ITEM = "assessmentItem"
OLD = "questestinterop"
# Signs that its words or its key are others each time.
DRAWN = {"printedVariable", "setCorrectResponse"}


def read(content: bytes) -> list[Item]:
    """The items of a file. Raises NotationRefused."""
    root = _root(content)
    if root.tag == OLD:
        raise _refused(1, _("c’est du QTI 1.2 : exportez en 2.1, 2.2 ou 3.0."))
    if root.tag != ITEM:
        raise _refused(1, _("une question QTI est un « assessmentItem »."))
    body = root.find("itemBody")
    facts: dict[str, Any] = {
        "line": 1,
        "title": root.get("title") or None,
        "aside": tuple(dict.fromkeys(_aside(root))),
    }
    found = [each for each in body.iter() if is_interaction(each)] if body is not None else []
    asked = [each for each in found if each.tag != BUTTON]
    if not asked:
        text = stem(body, []) if body is not None else Text("")
        return [Item(ItemKind.DESCRIPTION, stem=text, **facts)]
    if changing := _changing(root):
        return [Item(ItemKind.OTHER, stem=stem(body, asked), foreign=changing, **facts)]
    return _items(root, body, asked, facts)


def kind_of(content: bytes) -> str:
    """The name of what a file of a package holds; empty when it cannot be read."""
    try:
        return str(_root(content).tag)
    except NotationRefused:
        return ""


def _root(content: bytes) -> Any:
    try:
        return named(Safe.fromstring(content, forbid_dtd=True))
    except Safe.ParseError as error:
        line, __ = error.position
        raise _refused(line, _("ce n’est pas du XML bien formé.")) from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise _refused(1, _("les entités et les fichiers extérieurs sont refusés.")) from error


def _refused(line: int, message: str) -> NotationRefused:
    return NotationRefused([LineProblem(line, message)])


def _changing(root: Any) -> str:
    """Why its question cannot be asked as it stands: it is another one each time."""
    if root.get("adaptive") == "true":
        return _("adaptative")
    is_drawn = any(each.tag in DRAWN for each in root.iter())
    return _("tirée au hasard par ses règles") if is_drawn else ""


def _aside(root: Any) -> list[str]:
    rules = [_("la règle de notation « %s »") % name for name in unknown_rules(root)]
    if root.find("templateDeclaration") is not None:
        rules.append(_("des règles qui tirent une part de la question au hasard"))
    return [*aside(root), *rules]


def _items(root: Any, body: Any, asked: list[Any], facts: dict[str, Any]) -> list[Item]:
    """Places to fill inside the text are one question, and each block another one."""
    inside = [each for each in asked if each.tag in INLINE]
    blocks = [each for each in asked if each.tag not in INLINE]
    made: list[Item] = []
    if len(inside) > 1 or (inside and blocks):
        made.append(_cloze(root, body, inside, facts))
    else:
        blocks = asked
    made += [_alone(root, body, each, facts, others=len(asked) > 1) for each in blocks]
    count = len(made)
    if count == 1:
        return made
    title = facts["title"] or ""
    return [
        replace(each, title=f"{title} ({rank}/{count})".strip())
        for rank, each in enumerate(made, start=1)
    ]


def _cloze(root: Any, body: Any, places: list[Any], facts: dict[str, Any]) -> Item:
    """Each interaction inside the text, read as the question that it would be alone."""
    for rank, each in enumerate(places, start=1):
        each.set("place", f"[[{rank}]]")
    text = stem(body, [])
    for each in places:
        del each.attrib["place"]
    alone = [READERS[each.tag](each, key_of(root, each), {"line": 1}) for each in places]
    gaps = tuple(Gap(each.kind, each.answers) for each in alone)
    whole = any(True for __ in root.iter("and"))
    said = said_after(root, set())
    return Item(
        ItemKind.CLOZE, stem=text, gaps=gaps, whole=whole, verdicts=(said.wrong, said.right),
        general=said.general, **{**facts, "aside": (*facts["aside"], *_left(said.left))},
    )  # fmt: skip


def _alone(root: Any, body: Any, node: Any, facts: dict[str, Any], *, others: bool) -> Item:
    """One interaction as one question, under the text that all of them share."""
    reader = READERS.get(node.tag)
    key = key_of_points(root, node) if node.tag == POINT else key_of(root, node)
    text = _stem(body, node)
    if reader is None:
        return Item(ItemKind.OTHER, stem=text, foreign=node.tag, **facts)
    said = said_after(root, {each.get("identifier", "") for each in _choices(node)})
    item = reader(node, key, {"line": 1})
    answers = tuple(
        replace(each, feedback=each.feedback or said.choices.get(name))
        for each, name in zip(item.answers, _names(node, item), strict=True)
    )
    return replace(
        item,
        **{**facts, "aside": (*facts["aside"], *item.aside, *_left(said.left))},
        stem=text,
        answers=answers,
        verdicts=(said.wrong, said.right),
        general=said.general,
        blank=item.blank and not others,
    )


def _stem(body: Any, node: Any) -> Text:
    """The text around an interaction; its gaps are numbered there, and only there."""
    gaps = list(node.iter("gap"))
    for rank, gap in enumerate(gaps, start=1):
        gap.set("place", f"[[{rank}]]")
    text = stem(body, [node])
    for gap in gaps:
        del gap.attrib["place"]
    return text


def _choices(node: Any) -> list[Any]:
    return [each for each in node.iter() if each.tag in CHOICES]


def _names(node: Any, item: Item) -> list[str]:
    """Identifiers of the choices, in the order of the answers; of a word, the word itself."""
    if item.kind is ItemKind.CHOICE:
        return [each.get("identifier", "") for each in _choices(node)]
    return [each.text.words for each in item.answers]


def _left(texts: list[str]) -> list[str]:
    return [_("la rétroaction « %s »") % each for each in dict.fromkeys(texts)]


Facts = dict[str, Any]


def _choice(node: Any, key: Key, facts: Facts) -> Item:
    several = key.several or node.get("maxChoices", "1") not in {"", "1"}
    answers = []
    for each in _choices(node):
        worth = key.worth(each.get("identifier", ""))
        weight = None if key.is_whole else worth
        answers.append(Answer(worth > 0, words(each), weight, own_feedback(each)))
    blank = node.tag in INLINE
    return Item(
        ItemKind.CHOICE, answers=tuple(answers), several=several, blank=blank,
        whole=several and key.is_whole, **facts,
    )  # fmt: skip


def _order(node: Any, key: Key, facts: Facts) -> Item:
    by_name = {each.get("identifier"): words(each) for each in node.iter("simpleChoice")}
    order = [name for name in key.right if name in by_name]
    answers = tuple(Answer(True, by_name[name]) for name in order)
    return Item(ItemKind.ORDERING, answers=answers, whole=key.is_whole, **facts)


def _match(node: Any, key: Key, facts: Facts) -> Item:
    """Pairs of a match or an association; sides that belong to none are distractors."""
    by_name = {each.get("identifier"): words(each) for each in node.iter("simpleAssociableChoice")}
    named_pairs = _pairs(key)
    pairs = [each for each in named_pairs if set(each) <= by_name.keys()]
    lefts, rights = (Counter(side) for side in zip(*pairs, strict=True)) if pairs else ({}, {})
    if lefts and max(lefts.values()) > 1 and max(rights.values()) == 1:
        # What stands on the left is a category of the elements on the right.
        pairs = [(right, left) for left, right in pairs]
    elif lefts and max(lefts.values()) > 1:
        return Item(ItemKind.OTHER, foreign=_("plusieurs liens par élément"), **facts)
    used = {name for each in pairs for name in each}
    alone = [Pair(Text(""), text.words) for name, text in by_name.items() if name not in used]
    made = [Pair(by_name[left], by_name[right].words) for left, right in pairs]
    return Item(
        ItemKind.MATCHING, pairs=(*made, *alone), whole=key.is_whole,
        aside=_uneven(key), **facts,
    )  # fmt: skip


def _pairs(key: Key) -> list[tuple[str, str]]:
    """The two identifiers of each right value."""
    values = key.right or tuple(value for value, points in key.points.items() if points > 0)
    found = (value.split() for value in values)
    return [(each[0], each[1]) for each in found if len(each) == len(("left", "right"))]


def _uneven(key: Key) -> tuple[str, ...]:
    points = {each for each in key.points.values() if each > 0}
    return (_("des paires qui ne valent pas autant les unes que les autres"),) * (len(points) > 1)


def _gap_match(node: Any, key: Key, facts: Facts) -> Item:
    """Words to put into gaps: each gap offers them all."""
    offered = {each.get("identifier"): words(each) for each in node.iter("gapText")}
    right = {gap: name for name, gap in _pairs(key)}
    gaps = tuple(
        Gap(
            ItemKind.CHOICE,
            tuple(
                Answer(right.get(gap.get("identifier")) == name, text)
                for name, text in offered.items()
            ),
        )
        for gap in node.iter("gap")
    )
    if not gaps or not offered:
        return Item(ItemKind.OTHER, foreign=node.tag, **facts)
    return Item(ItemKind.CLOZE, gaps=gaps, whole=key.is_whole, aside=_uneven(key), **facts)


def _entry(node: Any, key: Key, facts: Facts) -> Item:
    """A word or a number to write: every value that is worth something is one."""
    answers = []
    for value in dict.fromkeys([*key.right, *key.points]):
        worth = key.worth(value)
        parsed = number(value) if key.is_number else None
        span = Span.around(parsed, key.tolerance) if parsed is not None else None
        answers.append(Answer(worth > 0, Text(value, "plain"), worth, span=span))
    kind = ItemKind.NUMERICAL if key.is_number else ItemKind.SHORT
    return Item(kind, answers=tuple(answers), blank=node.tag in INLINE, **facts)


def _essay(_node: Any, _key: Key, facts: Facts) -> Item:
    return Item(ItemKind.ESSAY, **facts)


READERS: dict[str, Callable[[Any, Key, Facts], Item]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "hottextInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _match,
    "gapMatchInteraction": _gap_match,
    "textEntryInteraction": _entry,
    "sliderInteraction": _entry,
    "extendedTextInteraction": _essay,
    "hotspotInteraction": hotspots,
    POINT: hotspots,
}
