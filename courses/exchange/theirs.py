"""From our questions to items; and what of them a format cannot hold."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from courses.enums import QuestionKind
from courses.exchange.items import Answer, Gap, Item, ItemKind, Pair, Span, Text
from courses.exchange.marks import ALL
from courses.exchange.ours import NUMBER, Imported
from courses.numbers import parts
from courses.worths import worths

# What one wrong choice costs where a question is right as a whole or not.
EVERYTHING = -ALL
PROMPT, PLAIN = "markdown", "plain"
_BLANK = re.compile(r"(?<![\\_])_{5}(?!_)")
Data = dict[str, Any]


def theirs(question: Imported, line: int) -> Item:
    """The question as an item; `line` is its rank among those that are written."""
    made = _MAKERS[QuestionKind(question.kind)](question.data)
    blank = made.kind in {ItemKind.CHOICE, ItemKind.SHORT} and bool(_BLANK.search(question.prompt))
    feedback = question.data.get("feedback") or {}
    wrong, right = (_said(feedback.get(side)) for side in ("wrong", "right"))
    partly = _said(feedback.get("partly"))
    named = [each for each in question.tags if each.startswith(NUMBER)][:1]
    # Said to all alike: what formats call the general feedback.
    is_general = wrong == right and not partly and made.kind is not ItemKind.TRUE_FALSE
    return replace(
        made,
        line=line,
        title=question.title or None,
        stem=Text(question.prompt, PROMPT),
        blank=blank,
        general=right if is_general else None,
        verdicts=(None, None) if is_general else (wrong, right),
        partly=partly,
        # Zones are left out; of what is asked in words, the picture goes along.
        picture=str(question.data.get("image") or ""),
        alt=str(question.data.get("alt") or ""),
        id=next((each.removeprefix(NUMBER) for each in named), None),
        tags=tuple(each for each in question.tags if each not in named),
    )


def unfit_for_gift(item: Item) -> Iterator[str]:
    """What GIFT has no way to write; the last word says whether the item is left out."""
    if item.kind in {ItemKind.ORDERING, ItemKind.CLOZE, ItemKind.OTHER}:
        yield _alone(item)
        return
    if item.kind is not ItemKind.TRUE_FALSE and any((*item.verdicts, item.partly)):
        yield _("les rétroactions de la question, que GIFT ne distingue pas")
    yield from _whole(item)
    if item.several and any(each.worth == ALL for each in item.answers):
        yield _("des cases à cocher dont une seule est juste")
    if item.kind is ItemKind.CHOICE and item.answers and all(each.right for each in item.answers):
        yield _("une liste où tout est juste, que GIFT prend pour un mot à écrire")
    if item.picture:
        yield _("l’image de la question")
    if any("->" in each.left.words + each.right for each in item.pairs):
        yield _("une flèche « -> » dans une paire")


def unfit_for_moodle(item: Item) -> Iterator[str]:
    """What Moodle's XML has no way to write."""
    if item.kind is ItemKind.OTHER:
        yield _alone(item)
    elif item.kind is not ItemKind.ORDERING:
        yield from _whole(item)


def _whole(item: Item) -> Iterator[str]:
    """Read again here, the question is the same; Moodle has no all or nothing."""
    if item.whole:
        yield _("« tout ou rien » : dans Moodle, chaque bonne réponse donne une part des points")


def is_left_out(item: Item, kind: str) -> bool:
    """Whether nothing of the item goes into a file of this format."""
    alone = {ItemKind.OTHER} if kind == "moodle-xml" else {
        ItemKind.OTHER, ItemKind.ORDERING, ItemKind.CLOZE,
    }  # fmt: skip
    return item.kind in alone


def _alone(item: Item) -> str:
    if item.kind is ItemKind.OTHER:
        return _("une question du genre « %s »") % item.foreign
    return {
        ItemKind.ORDERING: _("une mise en ordre"),
        ItemKind.CLOZE: _("un texte à trous"),
    }[item.kind]


def _said(words: object, markup: str = PLAIN) -> Text | None:
    return Text(str(words), markup) if words else None


def _answers(choices: Any, markup: str = PLAIN) -> tuple[Answer, ...]:
    return tuple(
        Answer(
            each.get("correct") is True,
            Text(str(each.get("text", "")), markup),
            each.get("worth"),
            _said(each.get("feedback"), markup),
        )
        for each in choices or ()
    )


def _single(data: Data) -> Item:
    return Item(ItemKind.CHOICE, 0, answers=_answers(data.get("choices")))


def _multiple(data: Data) -> Item:
    found = _answers(data.get("choices"))
    parts = worths(data.get("choices") or (), several=True)
    share = round(ALL / max(1, sum(each.right for each in found)), 5)
    weights = parts or [share if each.right else EVERYTHING for each in found]
    answers = tuple(
        replace(each, right=False, weight=round(weight, 5))
        for each, weight in zip(found, weights, strict=True)
    )
    return Item(ItemKind.CHOICE, 0, answers=answers, several=True, whole=parts is None)


def _truth(data: Data) -> Item:
    return Item(ItemKind.TRUE_FALSE, 0, truth=data.get("answer") is True)


def _short(data: Data) -> Item:
    words = data.get("choices") or [
        {"text": str(each), "correct": True} for each in data.get("answers") or ()
    ]
    return Item(ItemKind.SHORT, 0, answers=_typed(words))


def _typed(words: Any) -> tuple[Answer, ...]:
    """Answers to type: all are right where no worth is said, so that a wrong one says its own."""
    return tuple(
        replace(each, weight=each.weight or (None if each.right else 0.0))
        for each in _answers(words)
    )


def _matching(data: Data) -> Item:
    pairs = [
        Pair(Text(str(each.get("left", "")), PLAIN), str(each.get("right", "")))
        for each in data.get("pairs") or ()
    ]
    alone = [Pair(Text("", PLAIN), str(each)) for each in data.get("distractors") or ()]
    return Item(ItemKind.MATCHING, 0, pairs=(*pairs, *alone), whole=_is_whole(data))


def _is_whole(data: Data) -> bool:
    return data.get("partial") is not True


def _classifying(data: Data) -> Item:
    held: list[Pair] = []
    for each in data.get("categories") or ():
        title = str(each.get("title", ""))
        items = each.get("items") or [""]
        held += [Pair(Text(str(item), PLAIN), title) for item in items]
    return Item(ItemKind.MATCHING, 0, pairs=tuple(held), whole=_is_whole(data))


def _ordering(data: Data) -> Item:
    answers = tuple(Answer(True, Text(str(each), PLAIN)) for each in data.get("items") or ())
    return Item(ItemKind.ORDERING, 0, answers=answers, whole=_is_whole(data))


def _numeric(data: Data) -> Item:
    return Item(ItemKind.NUMERICAL, 0, answers=_numbers(data.get("choices"), PLAIN))


def _numbers(choices: Any, markup: str) -> tuple[Answer, ...]:
    return tuple(
        replace(each, span=span, text=Text(words, markup))
        for each in _typed(choices)
        for words, span in [_span(each.text.words)]
    )


def _span(text: str) -> tuple[str, Span | None]:
    """The number as GIFT writes it, and as a span."""
    found = parts(text)
    if found is None:
        return text, None
    sign, first, second = found
    if sign == "à":
        low, high = sorted((first, second))
        return f"{low}..{high}", Span(float(low), float(high))
    words = f"{first}:{second}" if second else str(first)
    return words, Span.around(float(first), float(second) if second else None)


def _cloze(data: Data) -> Item:
    kinds = {
        QuestionKind.SINGLE: ItemKind.CHOICE,
        QuestionKind.SHORT: ItemKind.SHORT,
        QuestionKind.NUMERIC: ItemKind.NUMERICAL,
    }
    gaps = []
    for each in data.get("gaps") or ():
        kind = kinds[QuestionKind(each.get("kind"))]
        read = _numbers if kind is ItemKind.NUMERICAL else _answers
        gaps.append(Gap(kind, read(each.get("choices"), PLAIN), each.get("weight") or 1.0))
    is_even = all(
        gap.weight == 1 and all(each.worth in {0, ALL} for each in gap.answers) for gap in gaps
    )
    return Item(ItemKind.CLOZE, 0, gaps=tuple(gaps), whole=_is_whole(data) and is_even)


def _zones(_data: Data) -> Item:
    return Item(ItemKind.OTHER, 0, foreign=str(QuestionKind.HOTSPOT.label))


_MAKERS: dict[str, Callable[[Data], Item]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.TRUE_FALSE: _truth,
    QuestionKind.SHORT: _short,
    QuestionKind.MATCHING: _matching,
    QuestionKind.CLASSIFYING: _classifying,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.CLOZE: _cloze,
    QuestionKind.HOTSPOT: _zones,
}
