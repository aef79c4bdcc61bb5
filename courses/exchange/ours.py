"""From items of any format to our questions; and what of them we cannot hold, row by row."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _

from courses.enums import QuestionKind
from courses.exchange.items import Answer, Gap, Item, ItemKind, Span, Text
from courses.notation.parts import are_plain
from courses.numbers import ANY, plain_number, written
from courses.worths import NEARLY

TITLE_LENGTH = 160
# The tag that holds the name a question has elsewhere.
NUMBER = "id:"
LONGEST_ADDRESS = 80
LEAST = 0.01  # percent: what a box that should be ticked is worth at least
_IMAGE = re.compile(r"!\[((?:(?!\]\(|!\[).)*)\]\(([^)\s]*)[^)]*\)", re.DOTALL)
# Of a picture in HTML, where it may hold what ends an address of Markdown.
_ADDRESS = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*["'])([^"'>]*)""", re.IGNORECASE)
SAFE = "/:@%,;=+&?#!$*~"
_SLASH = re.compile(r"(?<!/)/(?!/)")
_PLACE = re.compile(r"\$\w+\$$")
_JOKER = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class Left:
    """Something that a file says and our question does not: where, and what."""

    where: str
    what: str


@dataclass(slots=True)
class Imported:
    """A question as a draft keeps it; `title` is only to find it again."""

    kind: str
    title: str
    prompt: str
    data: dict[str, Any]
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    questions: list[Imported] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    # What questions draw their zones on, by the name that the bank gives it: a name, and bytes.
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)


def ours(items: Iterable[Item]) -> Reading:
    """Every item becomes a question, or a line of `left`; some become both."""
    reading, categories = Reading(), list[str]()
    for item in items:
        if item.kind is ItemKind.CATEGORY:
            categories = _levels(item.title or "")
            reading.left += [Left(where(item), what) for what in item.aside]
            continue
        if item.kind is ItemKind.UNREADABLE:
            reading.left.append(_unreadable(item))
            continue
        lost: list[str] = []
        question = _question(item, lost)
        if question is not None:
            lost += item.aside
            named = [f"{NUMBER}{item.id}"] if item.id else []
            question.tags = list(dict.fromkeys([*categories, *item.tags, *named]))
            reading.questions.append(question)
        reading.left += [Left(where(item), what) for what in lost]
    return reading


def _levels(path: str) -> list[str]:
    """Names of a category and of those that hold it; the place where all stand is none."""
    names = (each.replace("//", "/").strip() for each in _SLASH.split(path))
    return [each for each in names if each and each != "top" and not _PLACE.match(each)]


def where(item: Item) -> str:
    """An item by its place and its name."""
    name = item.title or plain(item.stem)[:60]
    return _("no %(line)d, %(name)s") % {"line": item.line, "name": name or "–"}


def _unreadable(item: Item) -> Left:
    said = _("« %(start)s », qui ne se lit pas : %(why)s")
    facts = {"start": _clipped(item.stem.words), "why": item.foreign.rstrip(".")}
    return Left(_("ligne %d") % item.line, said % facts)


def _question(item: Item, lost: list[str]) -> Imported | None:
    maker = MAKERS.get(item.kind)
    if maker is None:
        lost.append(_alone(item))
        return None
    prompt = prose(item.stem, shown=item.shown)
    lost += [_("l’image « %s »") % _clipped(src) for src in _images(item)]
    lost += [_("le fichier joint « %s »") % name for name, __ in item.files]
    kind, data = maker(item, lost)
    if item.shown:
        data = {"image": item.picture, **_alt(item, lost), **data}
    general = plain(item.general) if item.general else ""
    sides = dict(zip(("wrong", "right"), map(plain, item.verdicts), strict=True))
    sides |= data.pop("feedback", {})
    sides["partly"] = plain(item.partly)
    said = {
        side: " ".join(filter(None, [words, general]))
        for side, words in sides.items()
        if words or side != "partly"
    }
    if feedback := {side: words for side, words in said.items() if words}:
        data["feedback"] = feedback
    title = (item.title or plain(item.stem))[:TITLE_LENGTH]
    return Imported(kind, title, prompt, data)


def _alone(item: Item) -> str:
    """Why nothing of an item is a question of ours."""
    if item.kind is ItemKind.OTHER:
        return _("une question du genre « %s »") % item.foreign
    return {
        ItemKind.DESCRIPTION: _("un texte sans question"),
        ItemKind.ESSAY: _("une question à développement"),
    }[item.kind]


def _choice(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    several = item.several or not any(each.worth >= NEARLY for each in item.answers)
    if not any(each.worth > 0 for each in item.answers):
        lost.append(_("aucune bonne réponse"))
    choices = [
        _expected(each, least=LEAST, says_worth=not item.whole) if several else _expected(each)
        for each in item.answers
    ]
    return QuestionKind.MULTIPLE if several else QuestionKind.SINGLE, {"choices": choices}


def _expected(
    answer: Answer, *, text: str = "", least: float = NEARLY, says_worth: bool | None = None
) -> dict[str, Any]:
    """An answer as ours, right when it is worth `least`.

    What it is worth is said or not, as the caller tells; else where being right does not say it.
    """
    said, worth = plain(answer.feedback), round(answer.worth, 5)
    is_right = worth >= least
    if says_worth is None:
        says_worth = not is_right or worth < NEARLY
    return {
        "text": text or plain(answer.text),
        **({"correct": True} if is_right else {}),
        **({"worth": plain_number(worth)} if says_worth and worth else {}),
        **({"feedback": said} if said else {}),
    }


def _truth(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001 -- as all
    return QuestionKind.TRUE_FALSE, {"answer": bool(item.truth)}


def _numerical(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    return QuestionKind.NUMERIC, _numbers(item.answers, lost)


def _numbers(answers: Iterable[Answer], lost: list[str]) -> dict[str, Any]:
    """Numbers expected; what is said of any other answer goes to whoever errs."""
    choices, rest = [], ""
    for each in answers:
        if each.span is not None:
            choices.append(_expected(each, text=_span(each.span)))
        elif each.worth > 0:
            lost.append(_("« %s », qui n’est pas un nombre") % plain(each.text))
        else:
            rest = plain(each.feedback)
    if not any("correct" in each for each in choices):
        lost.append(_("aucune bonne réponse"))
    return {"choices": choices, **({"feedback": {"wrong": rest}} if rest else {})}


def _hotspot(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    if not any(each.worth > 0 for each in item.answers):
        lost.append(_("aucune bonne réponse"))
    alt = _alt(item, lost)
    zones = [
        {**_expected(each, least=LEAST, says_worth=False), "area": each.area}
        for each in item.answers
    ]
    return QuestionKind.HOTSPOT, {"image": item.picture, **alt, "zones": zones}


def _alt(item: Item, lost: list[str]) -> dict[str, str]:
    """What stands for its picture, or a word that it is still to be written."""
    if item.alt:
        return {"alt": item.alt}
    lost.append(_("le texte de remplacement de l’image, qui reste à écrire"))
    return {}


def _span(span: Span) -> str:
    if span.value is None:
        return f"{written(span.low)} à {written(span.high)}"
    return (
        f"{written(span.value)} ± {written(span.tolerance)}"
        if span.tolerance
        else written(span.value)
    )


def _cloze(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    is_even = len({gap.weight for gap in item.gaps}) == 1
    gaps = [
        {
            **_gap(gap, lost),
            **({} if is_even or gap.weight == 1 else {"weight": plain_number(gap.weight)}),
        }
        for gap in item.gaps
    ]
    return QuestionKind.CLOZE, {"gaps": gaps, **_by_part(item)}


def _by_part(item: Item) -> dict[str, bool]:
    return {} if item.whole else {"partial": True}


def _gap(gap: Gap, lost: list[str]) -> dict[str, Any]:
    if gap.kind is ItemKind.NUMERICAL:
        data = _numbers(gap.answers, lost)
        rest = [
            {"text": ANY, "feedback": said} for said in data.get("feedback", {}).values() if said
        ]
        return {"kind": str(QuestionKind.NUMERIC), "choices": [*data["choices"], *rest]}
    kind = QuestionKind.SINGLE if gap.kind is ItemKind.CHOICE else QuestionKind.SHORT
    # A list may open on nothing, which is no choice.
    choices = [_expected(each) for each in gap.answers if plain(each.text)]
    if kind == QuestionKind.SHORT:
        lost += _jokers(each for each in gap.answers if each.text.words != ANY)
    if not any("correct" in each for each in choices):
        lost.append(_("aucune bonne réponse"))
    return {"kind": str(kind), "choices": choices}


def _short(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    # « * » alone is any other answer: what is said of it goes to whoever errs.
    rest = [each for each in item.answers if each.text.words.strip() == ANY and each.worth <= 0]
    answers = [each for each in item.answers if each not in rest]
    lost += _jokers(answers)
    words = [_expected(each) for each in answers]
    if not any("correct" in each for each in words):
        lost.append(_("aucune bonne réponse"))
    said = " ".join(plain(each.feedback) for each in rest if each.feedback)
    return QuestionKind.SHORT, {
        **({"answers": [each["text"] for each in words]} if are_plain(words) else {}),
        **({} if are_plain(words) else {"choices": words}),
        **({"feedback": {"wrong": said}} if said else {}),
    }


def _jokers(answers: Iterable[Answer]) -> Iterator[str]:
    """Where « * » stands for any words: our own answers hold no more than their words."""
    for each in answers:
        if _JOKER.search(each.text.words):
            yield _("« %s », où * tient lieu de mots") % plain(each.text)


def _matching(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001 -- as all
    pairs = [
        {"left": plain(each.left), "right": each.right} for each in item.pairs if each.left.words
    ]
    alone = [each.right for each in item.pairs if not each.left.words]
    if len({each["right"] for each in pairs}) < len(pairs):
        return QuestionKind.CLASSIFYING, {**_categories(pairs, alone), **_by_part(item)}
    return QuestionKind.MATCHING, {
        "pairs": pairs,
        **({"distractors": alone} if alone else {}),
        **_by_part(item),
    }


def _categories(pairs: list[dict[str, str]], alone: list[str]) -> dict[str, Any]:
    """Sides that several elements share are categories, and a distractor an empty one."""
    held: dict[str, list[str]] = {}
    for pair in pairs:
        held.setdefault(pair["right"], []).append(pair["left"])
    held |= {each: [] for each in alone if each not in held}
    return {
        "categories": [
            {"title": title, **({"items": items} if items else {})}
            for title, items in held.items()
        ]
    }


def _ordering(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    if not item.answers:
        lost.append(_("aucune bonne réponse"))
    items = [plain(each.text) for each in item.answers]
    return QuestionKind.ORDERING, {"items": items, **_by_part(item)}


Maker = Callable[[Item, list[str]], tuple[str, dict[str, Any]]]
MAKERS: dict[ItemKind, Maker] = {
    ItemKind.CHOICE: _choice,
    ItemKind.TRUE_FALSE: _truth,
    ItemKind.SHORT: _short,
    ItemKind.MATCHING: _matching,
    ItemKind.ORDERING: _ordering,
    ItemKind.NUMERICAL: _numerical,
    ItemKind.CLOZE: _cloze,
    ItemKind.HOTSPOT: _hotspot,
}


def prose(text: Text, *, shown: str = "") -> str:
    """Markdown of a text; plain words keep their signs, escaped where Markdown would take them.

    The picture at the address `shown` is beside the text: nothing stands for it there.
    """

    def in_words(picture: re.Match[str]) -> str:
        return "" if shown and unquote(picture[2]) == shown else _in_words(picture)

    if text.markup == "markdown":
        return _IMAGE.sub(in_words, text.words).strip() if shown else text.words
    html = text.words if _is_html(text) else "<p>" + "<br>".join(_escaped(text.words)) + "</p>"
    words = _IMAGE.sub(in_words, _markdown(html, strip=["script", "style"])).strip()
    # A line of dashes inside a sentence is no markup.
    return words.replace(r"\_\_\_\_\_", "_____")


def plain(text: Text | None) -> str:
    """One line of words, without markup."""
    if text is None:
        return ""
    if not _is_html(text):
        return " ".join(text.words.split())
    words = _markdown(text.words, strip=["a", "b", "em", "i", "strong", "script", "style"],
                      escape_asterisks=False, escape_underscores=False)  # fmt: skip
    return " ".join(_IMAGE.sub(_in_words, words).split())


def _in_words(picture: re.Match[str]) -> str:
    """What stands for a picture; its name when nothing does."""
    return picture[1] or f"[{_clipped(unquote(picture[2]).rpartition('/')[2])}]"


def _clipped(address: str) -> str:
    """An address that may hold the whole picture."""
    return address if len(address) <= LONGEST_ADDRESS else f"{address[:LONGEST_ADDRESS]}…"


def pictures_in(text: Text) -> list[tuple[str, str]]:
    """What stands for each picture of a text, and its address."""
    if not (_is_html(text) or text.markup == "markdown"):
        return []
    if _is_html(text):
        return [(alt, unquote(src)) for alt, src in _IMAGE.findall(_markdown(text.words))]
    return [(unescape(alt), unquote(src)) for alt, src in _IMAGE.findall(text.words)]


def _images(item: Item) -> Iterator[str]:
    """Where its pictures are; of each, only the words that stand for it are kept."""
    texts = [item.stem, item.general, *item.verdicts, item.partly]
    texts += [text for each in item.answers for text in (each.text, each.feedback)]
    texts += [each.left for each in item.pairs]
    for text in filter(None, texts):
        yield from (src for __, src in pictures_in(text) if not item.shown or src != item.shown)


def _markdown(html: str, **options: Any) -> str:
    from markdownify import markdownify  # noqa: PLC0415 -- 4 MiB of every process, for imports alone

    html = _ADDRESS.sub(lambda found: found[1] + quote(found[2], safe=SAFE), html)
    # Words alone could be taken for the name of a file.
    return str(markdownify(html if "<" in html else f"<span>{html}</span>", **options))


def _is_html(text: Text) -> bool:
    return text.markup == "html" or (
        text.markup == "moodle" and bool(re.search(r"</?\w", text.words))
    )


def _escaped(words: str) -> Iterator[str]:
    for line in words.splitlines():
        yield line.replace("&", "&amp;").replace("<", "&lt;")
