"""What a QTI item says, as HTML: words around its interactions, prompts, choices.

The three versions say the same under other names: `choiceInteraction` of 2.x is
`qti-choice-interaction` in 3.0. Elements and attributes are brought to the names of 2.x first.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from courses.exchange.items import Text

BLANK = "_____"
INTERACTION = "Interaction"
GAPS = "gapMatchInteraction"
HOTTEXT = "hottextInteraction"
INLINE = {"inlineChoiceInteraction", "textEntryInteraction"}
# A button that asks for a hint: nothing is answered there.
BUTTON = "endAttemptInteraction"
# Elements of HTML that prompts may hold; the cleaner of the site has the last word.
HTML = {
    "a", "b", "blockquote", "br", "cite", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "hr", "i", "img", "li", "ol", "p", "pre", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
KEPT_ATTRIBUTES = ("src", "alt", "href", "lang")
SILENT = {
    "feedbackBlock", "feedbackInline", "stylesheet", "templateBlock", "templateInline",
    "catalogInfo", "gapText", "gapImg", "prompt", "audio", "video", "modalFeedback", "math",
}  # fmt: skip
CHOICES = {"simpleChoice", "inlineChoice", "hottext"}


def named(node: Any) -> Any:
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


def is_interaction(node: Any) -> bool:
    return isinstance(node.tag, str) and node.tag.endswith(INTERACTION)


def stem(body: Any, found: list[Any]) -> Text:
    """What stands around the interactions, then the prompts of those found."""
    words = "".join(markup(body))
    prompts = ("".join(markup(each.find("prompt"))) for each in found)
    return Text(" ".join(f"{words} {' '.join(filter(None, prompts))}".split()), "html")


def markup(node: Any | None) -> Iterator[str]:
    """The HTML inside a node: interactions inside a sentence leave a blank, others nothing."""
    if node is None:
        return
    yield escape(node.text or "", quote=False)
    for each in node:
        if isinstance(each.tag, str):
            yield _shown(each)
        yield escape(each.tail or "", quote=False)


def _shown(node: Any) -> str:
    if node.tag in INLINE or node.tag == "gap":
        return str(node.get("place", BLANK))
    if node.tag == "math":
        return escape(flat(node), quote=False)
    if node.tag == "object":
        src, words = escape(node.get("data", "")), escape(flat(node))
        return f'<img src="{src}" alt="{words}">' if _is_picture(node) else ""
    hidden = node.tag == "rubricBlock" and "candidate" not in node.get("view", "")
    is_apart = is_interaction(node) and node.tag not in {GAPS, HOTTEXT}
    if hidden or is_apart or node.tag in SILENT:
        return ""
    inside = "".join(markup(node))
    return _element(node, inside) if node.tag in HTML else inside


def _is_picture(node: Any) -> bool:
    return str(node.get("type", "image")).startswith("image")


def _element(node: Any, inside: str) -> str:
    kept = "".join(
        f' {name}="{escape(node.get(name))}"' for name in KEPT_ATTRIBUTES if node.get(name)
    )
    closing = "" if node.tag in {"br", "hr", "img"} else f"{inside}</{node.tag}>"
    return f"<{node.tag}{kept}>{closing}"


def words(node: Any) -> Text:
    """What a choice says; its feedback is apart."""
    return Text(" ".join("".join(markup(node)).split()), "html")


def flat(node: Any) -> str:
    """Its words, on one line, without any markup."""
    return " ".join(" ".join(node.itertext()).split())


def own_feedback(node: Any) -> Text | None:
    """What is said of a choice, inside it."""
    said = node.find("feedbackInline")
    return words(said) if said is not None else None


def aside(root: Any) -> Iterator[str]:
    """What the item also says, and ours have no place for."""
    of_choices = [each for choice in root.iter() if choice.tag in CHOICES for each in choice]
    for node in root.iter():
        said = _UNHEARD.get(node.tag)
        words = said(node) if said and node not in of_choices else ""
        if words:
            yield words


def _feedback(node: Any) -> str:
    return _("la rétroaction « %s »") % flat(node) if flat(node) else ""


def _note(node: Any) -> str:
    is_shown = "candidate" in node.get("view", "")
    return "" if is_shown or not flat(node) else _("la note « %s »") % flat(node)


def _formula(node: Any) -> str:
    return _("la mise en forme de la formule « %s »") % flat(node)


def _media(node: Any) -> str:
    if node.tag == "object" and _is_picture(node):
        return ""
    source = node.find("source")
    src = node.get("data") or node.get("src") or ("" if source is None else source.get("src"))
    return _("le fichier « %s »") % src


def _fixed(node: Any) -> str:
    return _("la place fixe de « %s »") % flat(node) if node.get("fixed") == "true" else ""


def _cased(node: Any) -> str:
    is_cased = node.get("caseSensitive") == "true"
    return _("les majuscules de « %s »") % node.get("mapKey", "") if is_cased else ""


_UNHEARD: dict[str, Callable[[Any], str]] = {
    "feedbackBlock": _feedback,
    "feedbackInline": _feedback,
    "rubricBlock": _note,
    "math": _formula,
    "object": _media,
    "audio": _media,
    "video": _media,
    "assessmentStimulusRef": lambda node: _("le texte commun « %s »") % node.get("href", ""),
    BUTTON: lambda node: _("le bouton « %s »") % node.get("title", ""),
    "stylesheet": lambda node: _("la feuille de style « %s »") % node.get("href", ""),
    "simpleChoice": _fixed,
    "gapText": _fixed,
    "mapEntry": _cased,
}
