"""What the answers of a question are typed as, when they come in groups: gaps, zones, categories.

`[1 : liste]` opens a gap (`[1 : liste × 2]` when it counts twice) and `[À signaler]` a category;
a zone is a choice after its place, « 10 20 30 5 : … ». Pure: text in, values out.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from courses.enums import QuestionKind
from courses.notation import (
    Line,
    LineProblem,
    NotationRefused,
    choices_of,
    lines_of,
    one_line,
    read_choices,
    write_choices,
)
from courses.numbers import plain_number, written

GAP_WORDS = {
    "liste": QuestionKind.SINGLE,
    "mot": QuestionKind.SHORT,
    "nombre": QuestionKind.NUMERIC,
}
GAP_MARK = re.compile(r"\[\[(\d{1,2})\]\]")
_GAP = re.compile(r"^\[\s*(\d{1,2})\s*:\s*(\w+)\s*(?:[×x*]\s*(\d+(?:[.,]\d+)?)\s*)?\]$")
_CATEGORY = re.compile(r"^\[\s*(.+?)\s*\]$")
_PLACE = re.compile(r"^((?:\d+(?:[.,]\d+)?\s+){3}\d+(?:[.,]\d+)?)\s*:\s*(\S.*)$")
Group = tuple[Line, list[Line]]


def read_gaps(text: str) -> list[dict[str, Any]]:
    """Gaps in the order of their numbers. Raises NotationRefused."""
    problems: list[LineProblem] = []
    gaps = []
    for rank, ((number, header), lines) in enumerate(_groups(text, problems), start=1):
        found = _GAP.match(header)
        kind = GAP_WORDS.get(found[2].lower()) if found else None
        if found is None or kind is None:
            message = _("un trou s’annonce par [1 : liste], [1 : mot] ou [1 : nombre].")
            problems.append(LineProblem(number, message))
        elif int(found[1]) != rank:
            problems.append(LineProblem(number, _("ici vient le trou %d.") % rank))
        weight = float((found[3] or "1").replace(",", ".")) if found else 1.0
        gaps.append(
            {
                "kind": str(kind),
                **({"weight": plain_number(weight)} if weight != 1 else {}),
                "choices": choices_of(lines, problems),
            }
        )
    return _sound(gaps, problems)


def read_words(text: str) -> list[dict[str, Any]]:
    """Words expected: as choices, but a line without a sign is right. Raises NotationRefused."""
    signed = "*", "-", ">"
    lines = [line.strip() for line in text.splitlines()]
    return read_choices(
        "\n".join(line if not line or line.startswith(signed) else f"* {line}" for line in lines)
    )


def write_words(words: list[dict[str, Any]]) -> str:
    """The lines that read_words() would read back, without a sign where none has a sense."""
    if are_plain(words):
        return "\n".join(one_line(each.get("text")) for each in words)
    return write_choices(words)


def are_plain(words: list[dict[str, Any]]) -> bool:
    """Whether all are right, for the whole mark, and none has a feedback of its own."""
    return all(each.keys() <= {"text", "correct"} and each.get("correct") for each in words)


def write_gaps(gaps: list[dict[str, Any]]) -> str:
    """The lines that read_gaps() would read back."""
    words = {kind: word for word, kind in GAP_WORDS.items()}
    headers = [
        f"[{rank} : {words.get(gap.get('kind', ''), '')}{_times(gap.get('weight'))}]"
        for rank, gap in enumerate(gaps, 1)
    ]
    bodies = [write_choices(gap.get("choices") or []) for gap in gaps]
    return "\n\n".join("\n".join(pair) for pair in zip(headers, bodies, strict=True))


def _times(weight: float | None) -> str:
    return f" × {written(weight)}" if weight else ""


def read_categories(text: str) -> list[dict[str, Any]]:
    """Categories and what belongs to each. Raises NotationRefused."""
    problems: list[LineProblem] = []
    categories: list[dict[str, Any]] = []
    for (number, header), lines in _groups(text, problems):
        found = _CATEGORY.match(header)
        title = found[1] if found else header
        if any(each["title"] == title for each in categories):
            problems.append(LineProblem(number, _("la catégorie « %s » existe déjà.") % title))
        items = [line.removeprefix("- ").strip() for __, line in lines]
        categories.append({"title": title, **({"items": items} if items else {})})
    return _sound(categories, problems)


def write_categories(categories: list[dict[str, Any]]) -> str:
    """The lines that read_categories() would read back."""
    return "\n\n".join(
        "\n".join(
            [
                f"[{one_line(each.get('title'))}]",
                *(f"- {one_line(item)}" for item in each.get("items") or ()),
            ]
        )
        for each in categories
    )


def read_zones(text: str) -> list[dict[str, Any]]:
    """Zones: choices that begin by where they are. Raises NotationRefused."""
    problems: list[LineProblem] = []
    lines = list(lines_of(text))
    zones = choices_of(lines, problems)
    opening = (number for number, line in lines if not line.startswith(">"))
    for number, zone in zip(opening, zones, strict=False):
        found = _PLACE.match(zone["text"])
        if found is None:
            message = _("une zone dit sa place puis son nom : « 10 20 30 5 : le lien ».")
            problems.append(LineProblem(number, message))
            continue
        zone["area"], zone["text"] = " ".join(found[1].split()), found[2]
    return _sound(zones, problems)


def write_zones(zones: list[dict[str, Any]]) -> str:
    """The lines that read_zones() would read back."""
    return write_choices(
        [{**zone, "text": f"{zone.get('area', '')} : {zone.get('text', '')}"} for zone in zones]
    )


def _groups(text: str, problems: list[LineProblem]) -> Iterator[Group]:
    """Each line in brackets, with the lines under it."""
    held: Group | None = None
    for number, line in lines_of(text):
        if line.startswith("[") and line.endswith("]"):
            if held:
                yield held
            held = (number, line), []
        elif held:
            held[1].append((number, line))
        else:
            problems.append(LineProblem(number, _("écrivez d’abord une ligne entre crochets.")))
    if held:
        yield held


def _sound(found: list[dict[str, Any]], problems: list[LineProblem]) -> list[dict[str, Any]]:
    if problems:
        raise NotationRefused(problems)
    return found
