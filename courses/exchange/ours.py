"""From items of any format to our questions; and what of them we cannot hold, row by row."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from markdownify import markdownify

from courses.enums import QuestionKind
from courses.exchange.items import Answer, Item, ItemKind, Text
from courses.exchange.marks import ALL

TITLE_LENGTH = 160
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^)]*)\)")


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


def ours(items: Iterable[Item]) -> Reading:
    """Every item becomes a question, or a line of `left`; some become both."""
    reading, category = Reading(), ""
    for item in items:
        if item.kind is ItemKind.CATEGORY:
            category = (item.title or "").rstrip("/").rpartition("/")[2]
            continue
        lost: list[str] = []
        question = _question(item, lost)
        if question is not None:
            question.tags = [each for each in (category, *item.tags) if each]
            reading.questions.append(question)
        lost += [_("« %s », que nous n’avons pas") % name for name in item.aside]
        reading.left += [Left(_where(item), what) for what in lost]
    return reading


def _where(item: Item) -> str:
    name = item.title or plain(item.stem)[:60]
    return _("no %(line)d, %(name)s") % {"line": item.line, "name": name or "–"}


def _question(item: Item, lost: list[str]) -> Imported | None:
    maker = MAKERS.get(item.kind)
    if maker is None:
        lost.append(_alone(item))
        return None
    prompt = prose(item.stem)
    lost += [
        _("l’image « %s », qui n’est pas dans ce fichier") % src for src in _IMAGE.findall(prompt)
    ]
    kind, data = maker(item, lost)
    general = plain(item.general) if item.general else ""
    sides = data.pop("feedback", {})
    said = {
        side: " ".join(filter(None, [sides.get(side, ""), general])) for side in ("right", "wrong")
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
        ItemKind.NUMERICAL: _("une réponse en nombre"),
    }[item.kind]


def _choice(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    full = [each for each in item.answers if each.worth >= ALL]
    several = item.several or not full
    right = [each for each in item.answers if each.worth > 0] if several else full
    lost += [
        _worth(each)
        for each in item.answers
        if each.worth < 0 or (0 < each.worth < ALL and not several)
    ]
    if not right:
        lost.append(_("aucune bonne réponse"))
    choices = [
        {
            "text": plain(each.text),
            **({"correct": True} if each in right else {}),
            **({"feedback": plain(each.feedback)} if each.feedback else {}),
        }
        for each in item.answers
    ]
    multiple = several and (item.several or len(right) > 1)
    return QuestionKind.MULTIPLE if multiple else QuestionKind.SINGLE, {"choices": choices}


def _truth(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001 -- as all
    sides = dict(zip(("wrong", "right"), item.verdicts, strict=True))
    feedback = {side: plain(said) for side, said in sides.items() if said}
    return QuestionKind.TRUE_FALSE, {"answer": bool(item.truth), "feedback": feedback}


def _short(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    full = [each for each in item.answers if each.worth >= ALL]
    lost += [_worth(each) for each in item.answers if each.worth < ALL]
    lost += [
        _("la rétroaction propre à « %s »") % plain(each.text) for each in full if each.feedback
    ]
    return QuestionKind.SHORT, {"answers": [plain(each.text) for each in full]}


def _matching(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:  # noqa: ARG001 -- as all
    pairs = [
        {"left": plain(each.left), "right": each.right} for each in item.pairs if each.left.words
    ]
    alone = [each.right for each in item.pairs if not each.left.words]
    return QuestionKind.MATCHING, {"pairs": pairs, **({"distractors": alone} if alone else {})}


def _ordering(item: Item, lost: list[str]) -> tuple[str, dict[str, Any]]:
    if not item.answers:
        lost.append(_("aucune bonne réponse"))
    return QuestionKind.ORDERING, {"items": [plain(each.text) for each in item.answers]}


Maker = Callable[[Item, list[str]], tuple[str, dict[str, Any]]]
MAKERS: dict[ItemKind, Maker] = {
    ItemKind.CHOICE: _choice,
    ItemKind.TRUE_FALSE: _truth,
    ItemKind.SHORT: _short,
    ItemKind.MATCHING: _matching,
    ItemKind.ORDERING: _ordering,
}


def _worth(answer: Answer) -> str:
    return _("« %(words)s » qui vaut %(worth)g %%") % {
        "words": plain(answer.text), "worth": answer.worth,
    }  # fmt: skip


def prose(text: Text) -> str:
    """Markdown of a text; plain words keep their signs, escaped where Markdown would take them."""
    if text.markup == "markdown":
        return text.words
    html = text.words if _is_html(text) else "<p>" + "<br>".join(_escaped(text.words)) + "</p>"
    return str(markdownify(html, strip=["script", "style"])).strip()


def plain(text: Text | None) -> str:
    """One line of words, without markup."""
    if text is None:
        return ""
    if not _is_html(text):
        return " ".join(text.words.split())
    words = markdownify(text.words, strip=["a", "b", "em", "i", "strong", "script", "style"],
                        escape_asterisks=False, escape_underscores=False)  # fmt: skip
    return " ".join(str(words).split())


def _is_html(text: Text) -> bool:
    return text.markup == "html" or (
        text.markup == "moodle" and bool(re.search(r"</?\w", text.words))
    )


def _escaped(words: str) -> Iterator[str]:
    for line in words.splitlines():
        yield line.replace("&", "&amp;").replace("<", "&lt;")
