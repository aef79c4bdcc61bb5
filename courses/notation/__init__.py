"""What authors type as plain lines: choices and scenes; questions pasted together: `pasted`.

`*` opens a right choice, `-` (or nothing) a wrong one, `>` the feedback of the line above; `%50%`
after the sign is the part of the mark that the choice is worth. `[key]` opens a scene. Pure: text
in, values out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from courses.numbers import plain_number, written

WHOLE = 100
ENDINGS = {"good": "bonne", "mixed": "mitigée", "bad": "mauvaise"}
_SCENE = re.compile(r"^\[([\w-]+)(?:\s*:\s*([\w]+))?\]$")
_WORTH = re.compile(r"^%\s*([-−+]?\d+(?:[.,]\d+)?)\s*%\s*")
_GOTO = re.compile(r"^-\s+(.*?)\s*(?:->|→)\s*([\w-]+)$")
Line = tuple[int, str]


@dataclass(frozen=True, slots=True, order=True)
class LineProblem:
    """A mistake at a line of what was typed, counted from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("Ligne %(line)d : %(message)s") % {"line": self.line, "message": self.message}


class NotationRefused(Exception):
    """The text cannot be read; `problems` says where and why, in order."""

    def __init__(self, problems: list[LineProblem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class TypedQuestion:
    kind: str
    prompt: str
    data: dict[str, Any] = field(default_factory=dict)


def read_choices(text: str) -> list[dict[str, Any]]:
    """Choices of one question. Raises NotationRefused."""
    problems: list[LineProblem] = []
    choices = choices_of(list(lines_of(text)), problems)
    if problems:
        raise NotationRefused(problems)
    return choices


def write_choices(choices: list[dict[str, Any]]) -> str:
    """The lines that read_choices() would read back."""
    lines = []
    for choice in choices:
        mark = "*" if choice.get("correct") else "-"
        worth = choice.get("worth")
        part = f"%{written(worth)}% " if worth is not None else ""
        lines.append(f"{mark} {part}{one_line(choice.get('text'))}")
        if choice.get("feedback"):
            lines.append(f"> {one_line(choice['feedback'])}")
    return "\n".join(lines)


def read_scenes(text: str) -> list[dict[str, Any]]:
    """Scenes of a scenario. Raises NotationRefused with every problem found."""
    problems: list[LineProblem] = []
    scenes: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _SCENE.match(line.strip()):
            scenes.append(_scene(header, number, scenes, problems))
        elif scenes:
            _scene_line(scenes[-1], (number, line.rstrip()), problems)
        elif line.strip():
            problems.append(LineProblem(number, _("une scène commence par sa clé : [debut].")))
    if problems:
        raise NotationRefused(problems)
    for scene in scenes:
        scene["text"] = scene["text"].strip()
    return scenes


def write_scenes(scenes: list[dict[str, Any]]) -> str:
    """The lines that read_scenes() would read back."""
    return "\n\n".join("\n".join(_scene_lines(scene)) for scene in scenes)


def _scene_lines(scene: dict[str, Any]) -> Iterator[str]:
    ending = ENDINGS.get(scene.get("ending", ""))
    yield f"[{scene.get('key', '')} : {ending}]" if ending else f"[{scene.get('key', '')}]"
    yield str(scene.get("text", ""))
    for choice in scene.get("choices") or ():
        yield f"- {one_line(choice.get('text'))} -> {choice.get('to', '')}"
        if choice.get("feedback"):
            yield f"> {one_line(choice['feedback'])}"


def _scene(
    header: re.Match[str], number: int, before: list[dict[str, Any]], problems: list[LineProblem]
) -> dict[str, Any]:
    scene: dict[str, Any] = {"key": header[1], "text": ""}
    if any(each["key"] == header[1] for each in before):
        problems.append(LineProblem(number, _("la scène « %s » existe déjà.") % header[1]))
    if header[2]:
        endings = {word: value for value, word in ENDINGS.items()}
        if header[2].lower() not in endings:
            message = _("une fin est bonne, mitigée ou mauvaise, et non « %s ».") % header[2]
            problems.append(LineProblem(number, message))
        scene["ending"] = endings.get(header[2].lower(), "")
    return scene


def _scene_line(scene: dict[str, Any], line: Line, problems: list[LineProblem]) -> None:
    number, text = line
    choices = scene.get("choices", [])
    if goto := _GOTO.match(text):
        scene.setdefault("choices", []).append({"text": goto[1], "to": goto[2]})
    elif not choices:
        scene["text"] += f"{text}\n"
    elif text.startswith(">"):
        said = f"{choices[-1].get('feedback', '')} {text[1:].strip()}".strip()
        choices[-1]["feedback"] = said
    elif text:
        message = _("après les choix, une ligne est « - choix -> scène » ou « > rétroaction ».")
        problems.append(LineProblem(number, message))


def lines_of(text: str) -> Iterator[Line]:
    """The lines that say something, with their rank from 1."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def choices_of(lines: list[Line], problems: list[LineProblem]) -> list[dict[str, Any]]:
    """The choices written on these lines; mistakes join `problems`."""
    choices: list[dict[str, Any]] = []
    for number, line in lines:
        if not line.startswith(">"):
            text = line[1:].strip() if line.startswith(("*", "- ")) else line
            worth, text = _worth(number, text, problems)
            correct = {"correct": True} if line[0] == "*" else {}
            choices.append({"text": text, **correct, **worth})
        elif choices:
            said = f"{choices[-1].get('feedback', '')} {line[1:].strip()}".strip()
            choices[-1]["feedback"] = said
        else:
            problems.append(LineProblem(number, _("une rétroaction (>) suit un choix.")))
    return choices


def _worth(number: int, text: str, problems: list[LineProblem]) -> tuple[dict[str, float], str]:
    """The part of the mark written before a choice, and the choice."""
    found = _WORTH.match(text)
    if found is None:
        return {}, text
    worth = float(found[1].replace("−", "-").replace(",", "."))
    if abs(worth) > WHOLE:
        problems.append(LineProblem(number, _("une part des points va de -100 à 100.")))
    return {"worth": plain_number(worth)}, text[found.end() :]


def one_line(text: object) -> str:
    """The words of a text, without its line ends."""
    return " ".join(str(text or "").split())
