"""One question of a draft as it would be published."""

from collections.abc import Callable
from typing import Any, cast

from atn_platform.core import french, markdown
from courses.documents import AssetDoc, ChoiceDoc, QuestionDoc
from courses.enums import QuestionKind
from courses.models import Question
from courses.worths import worths

Data = dict[str, Any]


def question_document(question: Question, assets: dict[str, AssetDoc]) -> QuestionDoc:
    """The question's words set and its Markdown rendered; a picture that lacks is left out."""
    data = question.data
    feedback = data.get("feedback") or {}
    built: dict[str, Any] = {
        "uuid": str(question.uuid),
        "key": question.key,
        "kind": question.kind,
        "prompt_html": markdown.render(question.prompt),
        "feedback": {side: _set(feedback.get(side)) for side in ("right", "wrong")},
    }
    if feedback.get("partly"):
        built["feedback"]["partly"] = _set(feedback["partly"])
    if data.get("partial") is True:
        built["partial"] = True
    for name in ("items", "distractors", "answers"):
        if name in data:
            built[name] = [_set(each) for each in data[name]]
    if data.get("competencies"):
        built["competencies"] = list(data["competencies"])
    built |= _picture(data, assets)
    if parts := _PARTS.get(QuestionKind(question.kind)):
        built |= parts(data, built["feedback"])
    return cast("QuestionDoc", built)


def _picture(data: Data, assets: dict[str, AssetDoc]) -> Data:
    if not data.get("image"):
        return {}
    found = {"asset": assets[data["image"]]} if data["image"] in assets else {}
    return {"alt": _set(data.get("alt")), **found}


def _set(words: object) -> str:
    return french.typography(str(words if words is not None else ""))


def _key(rank: int) -> str:
    """a, b… z, then a2, b2…"""
    lap, letter = divmod(rank, 26)
    return f"{chr(ord('a') + letter)}{lap + 1 if lap else ''}"


def _choices(choices: Any, *, several: bool = False) -> list[ChoiceDoc]:
    found: list[ChoiceDoc] = [
        {
            "key": _key(rank),
            "text": _set(choice.get("text")),
            "correct": choice.get("correct") is True,
            "feedback": _set(choice.get("feedback")),
        }
        for rank, choice in enumerate(choices or ())
    ]
    for choice, worth in zip(found, worths(choices or (), several=several) or (), strict=False):
        choice["worth"] = worth
    return found


def _chosen(data: Data, _feedback: Data) -> Data:
    return {"choices": _choices(data.get("choices"))}


def _ticked(data: Data, _feedback: Data) -> Data:
    return {"choices": _choices(data.get("choices"), several=True)}


def _words(data: Data, _feedback: Data) -> Data:
    return {"choices": _choices(data["choices"])} if data.get("choices") else {}


def _truth(data: Data, feedback: Data) -> Data:
    return {
        "choices": [
            {
                "key": str(value).lower(),
                "text": "Vrai" if value else "Faux",
                "correct": data.get("answer") is value,
                "feedback": feedback["right" if data.get("answer") is value else "wrong"],
            }
            for value in (True, False)
        ]
    }


def _pairs(data: Data, _feedback: Data) -> Data:
    return {
        "pairs": [
            {"key": _key(rank), "left": _set(pair.get("left")), "right": _set(pair.get("right"))}
            for rank, pair in enumerate(data.get("pairs") or ())
        ]
    }


def _gaps(data: Data, _feedback: Data) -> Data:
    gaps: list[Data] = [
        {
            "key": str(rank),
            "kind": str(gap.get("kind") or ""),
            "choices": _choices(gap.get("choices")),
            **({"weight": float(gap["weight"])} if (gap.get("weight") or 0) > 0 else {}),
        }
        for rank, gap in enumerate(data.get("gaps") or (), start=1)
    ]
    # A part of a mark, or a weight, has no sense where only the whole counts.
    shared = any("weight" in gap or any("worth" in c for c in gap["choices"]) for gap in gaps)
    return {"gaps": gaps, **({"partial": True} if shared else {})}


def _zones(data: Data, _feedback: Data) -> Data:
    zones = data.get("zones") or ()
    choices = _choices(zones, several=sum(each.get("correct") is True for each in zones) > 1)
    for choice, zone in zip(choices, data.get("zones") or (), strict=False):
        choice["area"] = str(zone.get("area") or "").replace(",", ".").split()
    return {"alt": _set(data.get("alt")), "choices": choices}


def _categories(data: Data, _feedback: Data) -> Data:
    categories = data.get("categories") or ()
    held = [(item, each) for each in categories for item in each.get("items") or ()]
    return {
        "categories": [_set(each.get("title")) for each in categories],
        "pairs": [
            {"key": str(rank), "left": _set(item), "right": _set(category.get("title"))}
            for rank, (item, category) in enumerate(held, start=1)
        ],
    }


_PARTS: dict[str, Callable[[Data, Data], Data]] = {
    QuestionKind.SINGLE: _chosen,
    QuestionKind.MULTIPLE: _ticked,
    QuestionKind.SHORT: _words,
    QuestionKind.NUMERIC: _chosen,
    QuestionKind.TRUE_FALSE: _truth,
    QuestionKind.MATCHING: _pairs,
    QuestionKind.CLOZE: _gaps,
    QuestionKind.HOTSPOT: _zones,
    QuestionKind.CLASSIFYING: _categories,
}
