"""QTI 2.1, 2.2 and 3.0 of 1EdTech: one question a file, read into items.

The three versions say the same under other names: `choiceInteraction` of 2.x is
`qti-choice-interaction` in 3.0. Elements and attributes are brought to the names of 2.x first.
What an item has no place for (templates, adaptive rules, sums of marks) is listed in `aside`.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe
from django.utils.translation import gettext as _

from courses.exchange.items import Answer, Gap, Item, ItemKind, Pair, Span, Text
from courses.exchange.marks import ALL, number
from courses.notation import LineProblem, NotationRefused

BLANK = "_____"
INTERACTION = "Interaction"
GAPS = "gapMatchInteraction"
INLINE = {"inlineChoiceInteraction", "textEntryInteraction"}
# Elements of HTML that prompts may hold; the cleaner of the site has the last word.
HTML = {
    "a", "b", "blockquote", "br", "cite", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "hr", "i", "img", "li", "ol", "p", "pre", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
KEPT_ATTRIBUTES = ("src", "alt", "href", "lang")
SILENT = {
    "rubricBlock",
    "feedbackBlock",
    "feedbackInline",
    "stylesheet",
    "templateBlock",
    "catalogInfo",
    "gapText",
    "gapImg",
    "prompt",
}
ASIDE = {
    "templateDeclaration", "templateProcessing", "rubricBlock", "modalFeedback", "feedbackInline",
    "feedbackBlock", "mapping", "areaMapping", "catalogInfo", "object", "companionMaterialsInfo",
}  # fmt: skip


def read(content: bytes) -> list[Item]:
    """The one item of a file. Raises NotationRefused."""
    try:
        root = _named(Safe.fromstring(content, forbid_dtd=True))
    except Safe.ParseError as error:
        line, __ = error.position
        raise _refused(line, _("ce n’est pas du XML bien formé.")) from error
    except (DefusedXmlException, ValueError) as error:
        raise _refused(1, _("les entités et les fichiers extérieurs sont refusés.")) from error
    if root.tag != "assessmentItem":
        raise _refused(1, _("une question QTI est un « assessmentItem »."))
    return [_item(root)]


def _refused(line: int, message: str) -> NotationRefused:
    return NotationRefused([LineProblem(line, message)])


def _named(node: Any) -> Any:
    """The tree under the names of 2.x: no namespace, no « qti- », no dashes."""
    for each in node.iter():
        if isinstance(each.tag, str):
            __, ___, name = each.tag.rpartition("}")
            each.tag = _camel(name.removeprefix("qti-"))
            for key in list(each.attrib):
                each.attrib[_camel(key)] = each.attrib.pop(key)
    return node


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _item(root: Any) -> Item:
    body = root.find("itemBody")
    found = [each for each in body.iter() if _is_interaction(each)] if body is not None else []
    facts: dict[str, Any] = {
        "line": 1,
        "title": root.get("title") or None,
        "id": root.get("identifier") or None,
        "aside": tuple(dict.fromkeys(each.tag for each in root.iter() if each.tag in ASIDE)),
    }
    if not found:
        return Item(ItemKind.DESCRIPTION, stem=_stem(body, found), **facts)
    is_adaptive = root.get("adaptive") == "true"
    holes = [*body.iter("gap")] if found[0].tag == GAPS and len(found) == 1 else found
    if not is_adaptive and _are_gaps(found):
        for rank, each in enumerate(holes, start=1):
            each.set("place", f"[[{rank}]]")
        gaps = _gaps(root, found[0]) if holes is not found else _entries(root, found)
        return Item(ItemKind.CLOZE, stem=_stem(body, found), gaps=gaps, **facts)
    stem = _stem(body, found)
    reader = READERS.get(found[0].tag)
    if reader is None or len(found) > 1 or is_adaptive:
        kinds = " + ".join(dict.fromkeys(each.tag for each in found))
        return Item(ItemKind.OTHER, stem=stem, foreign=kinds, **facts)
    return reader(found[0], _declared(root, found[0]), {**facts, "stem": stem})


def _is_interaction(node: Any) -> bool:
    return isinstance(node.tag, str) and node.tag.endswith(INTERACTION)


def _are_gaps(found: list[Any]) -> bool:
    """Several places to fill inside one text."""
    if len(found) == 1:
        return bool(found[0].tag == GAPS)
    return all(each.tag in INLINE for each in found)


def _entries(root: Any, found: list[Any]) -> tuple[Gap, ...]:
    """Each interaction inside the text, read as the question that it would be alone."""
    facts: dict[str, Any] = {"line": 1}
    alone = (READERS[each.tag](each, _declared(root, each), facts) for each in found)
    return tuple(Gap(each.kind, each.answers) for each in alone)


def _gaps(root: Any, interaction: Any) -> tuple[Gap, ...]:
    """Words to put into gaps: each gap offers them all."""
    words = {each.get("identifier"): _words(each) for each in interaction.iter("gapText")}
    named = [value.split() for value in _right(_declared(root, interaction))]
    right = {each[1]: each[0] for each in named if len(each) == len(("word", "gap"))}
    return tuple(
        Gap(
            ItemKind.CHOICE,
            tuple(
                Answer(right.get(gap.get("identifier")) == name, text)
                for name, text in words.items()
            ),
        )
        for gap in interaction.iter("gap")
    )


def _stem(body: Any | None, found: list[Any]) -> Text:
    """What stands around the interaction, then its own prompt."""
    words = "".join(_markup(body)) if body is not None else ""
    prompts = ("".join(_markup(each.find("prompt"))) for each in found)
    return Text(" ".join(f"{words} {' '.join(filter(None, prompts))}".split()), "html")


def _markup(node: Any | None) -> Iterator[str]:
    """The HTML inside a node: interactions inside a sentence leave a blank, others nothing."""
    if node is None:
        return
    yield escape(node.text or "", quote=False)
    for each in node:
        if each.tag in INLINE or each.tag == "gap":
            yield each.get("place", BLANK)
        elif each.tag == GAPS:
            yield from _markup(each)
        elif _is_interaction(each):
            yield ""
        elif isinstance(each.tag, str) and each.tag not in SILENT:
            inside = "".join(_markup(each))
            yield _element(each, inside) if each.tag in HTML else inside
        yield escape(each.tail or "", quote=False)


def _element(node: Any, inside: str) -> str:
    kept = "".join(
        f' {name}="{escape(node.get(name))}"' for name in KEPT_ATTRIBUTES if node.get(name)
    )
    closing = "" if node.tag in {"br", "hr", "img"} else f"{inside}</{node.tag}>"
    return f"<{node.tag}{kept}>{closing}"


def _declared(root: Any, interaction: Any) -> Any | None:
    name = interaction.get("responseIdentifier")
    return next(
        (each for each in root.iter("responseDeclaration") if each.get("identifier") == name), None
    )


def _right(declared: Any | None) -> list[str]:
    """The right values, in their order."""
    if declared is None:
        return []
    return [(each.text or "").strip() for each in declared.iterfind("correctResponse/value")]


def _mapped(declared: Any | None) -> dict[str, float]:
    """Percents of the mark by value, the best being all of it."""
    if declared is None:
        return {}
    entries = {
        each.get("mapKey", ""): number(each.get("mappedValue", "")) or 0.0
        for each in declared.iterfind("mapping/mapEntry")
    }
    best = max(entries.values(), default=0.0)
    return {key: worth / best * ALL for key, worth in entries.items()} if best > 0 else {}


def _words(node: Any) -> Text:
    """What a choice says; its feedback is apart."""
    return Text(" ".join("".join(_markup(node)).split()), "html")


def _feedback(node: Any) -> Text | None:
    said = node.find("feedbackInline")
    return _words(said) if said is not None else None


def _choice(node: Any, declared: Any | None, facts: dict[str, Any]) -> Item:
    right = _right(declared)
    answers = tuple(
        Answer(each.get("identifier") in right, _words(each), feedback=_feedback(each))
        for each in (*node.iter("simpleChoice"), *node.iter("inlineChoice"))
    )
    several = node.get("maxChoices", "1") != "1"
    blank = node.tag in INLINE
    return Item(ItemKind.CHOICE, answers=answers, several=several, blank=blank, **facts)


def _order(node: Any, declared: Any | None, facts: dict[str, Any]) -> Item:
    by_name = {each.get("identifier"): _words(each) for each in node.iter("simpleChoice")}
    order = [name for name in _right(declared) if name in by_name]
    answers = tuple(Answer(True, by_name[name]) for name in order)
    return Item(ItemKind.ORDERING, answers=answers, **facts)


def _match(node: Any, declared: Any | None, facts: dict[str, Any]) -> Item:
    """Pairs of a match or an association; sides that belong to none are distractors."""
    by_name = {
        each.get("identifier"): _words(each) for each in node.iter("simpleAssociableChoice")
    }
    named = [value.split() for value in _right(declared)]
    pairs = [
        Pair(by_name[left], by_name[right].words)
        for left, right in (each for each in named if len(each) == len(("left", "right")))
        if left in by_name and right in by_name
    ]
    used = {name for each in named for name in each}
    alone = [Pair(Text(""), text.words) for name, text in by_name.items() if name not in used]
    return Item(ItemKind.MATCHING, pairs=(*pairs, *alone), **facts)


def _entry(_node: Any, declared: Any | None, facts: dict[str, Any]) -> Item:
    """A word or a number to write: every value that is worth something is one."""
    worths = _mapped(declared)
    values = dict.fromkeys([*_right(declared), *worths])
    is_number = declared is not None and declared.get("baseType") in {"integer", "float"}
    answers = []
    for value in values:
        worth = worths.get(value)
        parsed = number(value) if is_number else None
        span = Span.around(parsed) if parsed is not None else None
        right = worth is None or worth > 0
        answers.append(Answer(right, Text(value), None if worth == ALL else worth, span=span))
    kind = ItemKind.NUMERICAL if is_number else ItemKind.SHORT
    return Item(kind, answers=tuple(answers), blank=True, **facts)


def _essay(_node: Any, _declared: Any | None, facts: dict[str, Any]) -> Item:
    return Item(ItemKind.ESSAY, **facts)


READERS: dict[str, Callable[[Any, Any | None, dict[str, Any]], Item]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _match,
    "textEntryInteraction": _entry,
    "extendedTextInteraction": _essay,
}
