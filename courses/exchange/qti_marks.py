"""How a QTI item is marked: the right values, what each is worth, and what is then said.

A response is marked as a whole (`match_correct`), by the points of a mapping (`map_response`), or
by conditions that test one value each; any other rule is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from courses.exchange.items import Text
from courses.exchange.marks import ALL, number
from courses.exchange.qti_body import flat, words

SCORES = re.compile(r"^(?:score|mark|points?)", re.IGNORECASE)
# Operators whose sense is understood, or that change nothing in a mark.
KNOWN = {
    "responseProcessing", "responseCondition", "responseIf", "responseElseIf", "responseElse",
    "match", "variable", "correct", "mapResponse", "setOutcomeValue", "baseValue", "isNull", "not",
    "sum", "member", "stringMatch", "equal", "and", "multiple", "default", "null",
}  # fmt: skip
RIGHT = re.compile(r"^(?:correct|right|good|juste|feedback_?correct)", re.IGNORECASE)
WRONG = re.compile(r"incorrect|wrong|faux", re.IGNORECASE)
GENERAL = re.compile(r"^general_fb$|solution", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Key:
    """What one response should be. `points` are those of each value; `otherwise`, of any other.

    `best` is the whole mark in points. Without points, it is right as a whole or not at all.
    """

    right: tuple[str, ...] = ()
    is_number: bool = False
    several: bool = False
    points: dict[str, float] = field(default_factory=dict)
    otherwise: float = 0.0
    best: float = 0.0
    tolerance: float = 0.0

    @property
    def is_whole(self) -> bool:
        return not self.points

    def worth(self, value: str) -> float:
        """Percent of the mark."""
        if self.is_whole:
            return ALL if value in self.right else 0.0
        return round(self.points.get(value, self.otherwise) / self.best * ALL, 5)


def key_of(root: Any, interaction: Any) -> Key:
    """The key of an interaction, from its declaration and the processing of the item."""
    name = interaction.get("responseIdentifier")
    found = (each for each in root.iter("responseDeclaration") if each.get("identifier") == name)
    declared = next(found, None)
    if declared is None:
        return Key()
    right = tuple((each.text or "").strip() for each in declared.iterfind("correctResponse/value"))
    several = declared.get("cardinality") in {"multiple", "ordered"}
    points, otherwise, most = _points(root, declared, is_keyed=bool(right))
    positive = [each for each in points.values() if each > 0]
    best = most or (sum(positive) if several else max(positive, default=0.0))
    return Key(
        right=right,
        is_number=declared.get("baseType") in {"integer", "float"},
        several=several,
        points=points if best > 0 else {},
        otherwise=otherwise,
        best=best,
        tolerance=_tolerance(root, name),
    )


def _points(root: Any, declared: Any, *, is_keyed: bool) -> tuple[dict[str, float], float, float]:
    """Points by value, those of any other, and the most that can be earned when it is said."""
    name, processing = declared.get("identifier"), root.find("responseProcessing")
    mapping = declared.find("mapping")
    if mapping is not None and (_is_mapped(processing, name) or not is_keyed):
        entries = {
            each.get("mapKey", ""): number(each.get("mappedValue", "")) or 0.0
            for each in mapping.iterfind("mapEntry")
        }
        most = number(mapping.get("upperBound", "")) or 0.0
        return entries, number(mapping.get("defaultValue", "")) or 0.0, most
    return ({} if is_keyed else dict(_tested(processing, name))), 0.0, 0.0


def _is_mapped(processing: Any | None, name: str) -> bool:
    if processing is None:
        return True  # whoever wrote points meant them
    return "map_response" in processing.get("template", "") or any(
        each.get("identifier") == name for each in processing.iter("mapResponse")
    )


def _tested(processing: Any | None, name: str) -> Iterator[tuple[str, float]]:
    """Conditions that compare the response with one value, and give points for it."""
    for branch in _branches(processing):
        test = branch[0] if len(branch) else None
        if test is None or test.tag not in {"match", "member", "stringMatch", "equal"}:
            continue
        value, variable = test.find("baseValue"), test.find("variable")
        points = _given(branch)
        if value is None or variable is None or variable.get("identifier") != name or not points:
            continue
        yield (value.text or "").strip(), points


def _branches(processing: Any | None) -> Iterator[Any]:
    for name in ("responseIf", "responseElseIf"):
        yield from processing.iter(name) if processing is not None else ()


def _given(branch: Any) -> float:
    """Points that a branch gives."""
    for each in branch.findall("setOutcomeValue"):
        value = next(each.iter("baseValue"), None)
        if SCORES.match(each.get("identifier", "")) and value is not None:
            return number(value.text or "") or 0.0
    return 0.0


def _tolerance(root: Any, name: str) -> float:
    """How far a number may be, in a test of equality."""
    for each in root.iter("equal"):
        variable = each.find("variable")
        is_own = variable is not None and variable.get("identifier") == name
        if is_own and each.get("toleranceMode") == "absolute":
            return number(each.get("tolerance", "").split(" ")[0]) or 0.0
    return 0.0


def unknown_rules(root: Any) -> list[str]:
    """Operators of its processing that we do not follow, by name."""
    processing = root.find("responseProcessing")
    if processing is None:
        return []
    used = (each.tag for each in processing.iter() if isinstance(each.tag, str))
    return [name for name in dict.fromkeys(used) if name not in KNOWN]


@dataclass(slots=True)
class Said:
    """What is shown after an answer: of one choice, of whoever errs or is right, of anybody."""

    choices: dict[str, Text] = field(default_factory=dict)
    wrong: Text | None = None
    right: Text | None = None
    general: Text | None = None
    left: list[str] = field(default_factory=list)


def said_after(root: Any, choices: set[str]) -> Said:
    """The feedbacks of an item, each at the place where ours have it; the others in `left`."""
    said = Said()
    outcomes = dict(_outcomes(root.find("responseProcessing")))
    for each in root.iter("modalFeedback"):
        name = each.get("identifier", "")
        place = outcomes.get((each.get("outcomeIdentifier", ""), name)) or _by_name(name)
        text = words(each)
        if not text.words or each.get("showHide", "show") != "show":
            said.left += [flat(each)] if flat(each) else []
        elif name in choices or place in choices:
            said.choices[name if name in choices else place] = text
        elif place in {"right", "wrong", "general"} and getattr(said, place) is None:
            setattr(said, place, text)
        else:
            said.left.append(flat(each))
    return said


def _by_name(name: str) -> str:
    for place, pattern in (("wrong", WRONG), ("right", RIGHT), ("general", GENERAL)):
        if pattern.search(name):
            return place
    return ""


def _outcomes(processing: Any | None) -> Iterator[tuple[tuple[str, str], str]]:
    """For the value that an outcome takes: the choice tested, or whether the answer was right."""
    for condition in processing.iter("responseCondition") if processing is not None else ():
        is_of_right = False
        for branch in condition:
            test = branch[0] if len(branch) else None
            place = _place(test) if branch.tag != "responseElse" else "wrong" * is_of_right
            is_of_right = is_of_right or place == "right"
            for each in branch.findall("setOutcomeValue"):
                value = next(each.iter("baseValue"), None)
                if value is not None and place:
                    yield (each.get("identifier", ""), (value.text or "").strip()), place


def _place(test: Any | None) -> str:
    if test is None or test.tag not in {"match", "member"} or test.find("variable") is None:
        return ""
    value = test.find("baseValue")
    if value is not None:
        return (value.text or "").strip()
    return "right" if test.find("correct") is not None else ""
