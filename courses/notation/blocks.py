"""What the parts of a block are typed as: steps, zones to open, the lines of a table.

`[Isoler l’appareil]` opens a step and `[10 20 30 5 : Le lien]` a zone, each followed by its text;
a table has one line a row, « Quand | Qui ». Pure: text in, values out.
"""

import re
from typing import Any

from django.utils.translation import gettext as _

from courses.notation import LineProblem, NotationRefused, one_line

_OPENING = re.compile(r"^\[\s*(.*?)\s*\]$")
# A line of text that would open a part stands one space to the right.
_LIKE_OPENING = re.compile(r"^ *\[.*\]$")
_PLACE = re.compile(r"^((?:\d+(?:[.,]\d+)?\s+){3}\d+(?:[.,]\d+)?)\s*:\s*(\S.*)$")
_CELLS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^[|:\s-]*-[|:\s-]*$")
Part = tuple[int, str, str]  # line of its opening, title, text


def read_steps(text: str) -> list[dict[str, Any]]:
    """Steps in order. Raises NotationRefused with every problem found."""
    problems: list[LineProblem] = []
    first = _("une étape commence par son titre : [Isoler l’appareil].")
    steps = [_filled(title, said) for __, title, said in _parts(text, first, problems)]
    return _sound(steps, problems)


def write_steps(steps: list[dict[str, Any]]) -> str:
    """The lines that read_steps() would read back."""
    return _written([(one_line(each.get("title")), each) for each in steps])


def read_explained(text: str) -> list[dict[str, Any]]:
    """Zones of a picture, each with its explanation. Raises NotationRefused."""
    problems: list[LineProblem] = []
    zones = []
    first = _("une zone commence par sa place et son nom : [10 20 30 5 : Le lien].")
    for number, header, said in _parts(text, first, problems):
        found = _PLACE.match(header)
        if found is None:
            problems.append(LineProblem(number, first))
            continue
        zone = _filled(found[2], said)
        zones.append({"area": " ".join(found[1].split()), **zone})
    return _sound(zones, problems)


def write_explained(zones: list[dict[str, Any]]) -> str:
    """The lines that read_explained() would read back."""
    titles = [f"{each.get('area', '')} : {one_line(each.get('title'))}" for each in zones]
    return _written(list(zip(titles, zones, strict=True)))


def read_rows(text: str) -> list[list[str]]:
    """Rows of a table, each as many cells as the first. Raises NotationRefused.

    The bars at both ends and the line of dashes of a Markdown table count for nothing.
    """
    problems: list[LineProblem] = []
    rows: list[list[str]] = []
    # Without them at the first line, a bar at an end parts an empty cell from the next.
    has_ends = text.lstrip().startswith("|")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or (len(rows) == 1 and _RULE.match(line)):
            continue
        bare = line.strip().removeprefix("|").removesuffix("|") if has_ends else line
        cells = _CELLS.split(bare)
        rows.append([cell.strip().replace("\\|", "|") for cell in cells])
        if len(rows[-1]) != len(rows[0]):
            message = _("cases : %(found)d; la première ligne en a %(wanted)d.")
            counts = {"found": len(rows[-1]), "wanted": len(rows[0])}
            problems.append(LineProblem(number, message % counts))
    if problems:
        raise NotationRefused(problems)
    return rows


def _parts(text: str, first: str, problems: list[LineProblem]) -> list[Part]:
    parts: list[Part] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if opening := _OPENING.match(line):
            parts.append((number, opening[1], ""))
            if not opening[1]:
                problems.append(LineProblem(number, first))
        elif parts:
            opened, title, said = parts[-1]
            bare = line[1:] if line.startswith(" ") and _LIKE_OPENING.match(line) else line
            parts[-1] = opened, title, f"{said}{bare.rstrip()}\n"
        elif line.strip():
            problems.append(LineProblem(number, first))
    return parts


def _filled(title: str, said: str) -> dict[str, Any]:
    text = said.strip("\n")
    return {"title": title, **({"text": text} if text else {})}


def _written(parts: list[tuple[str, dict[str, Any]]]) -> str:
    texts = [(title, _protected(str(each.get("text") or ""))) for title, each in parts]
    return "\n\n".join(f"[{title}]\n{said}".rstrip() for title, said in texts)


def _protected(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(f" {line}" if _LIKE_OPENING.match(line) else line for line in lines)


def _sound(values: list[dict[str, Any]], problems: list[LineProblem]) -> list[dict[str, Any]]:
    if problems:
        raise NotationRefused(problems)
    return values
