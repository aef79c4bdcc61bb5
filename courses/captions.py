"""Captions in WebVTT: their cues, and whether they cover what they are the captions of.

Pure. WCAG 2.2, 1.2.2 wants captions for all that is heard: a silence or a music has its cue too,
« [musique] ». Times of cues: W3C WebVTT, 4.1. Speed: platforms' guides stop at 17 to 20 characters
a second for adults; beyond, one reads instead of looking.
"""

import re
from collections.abc import Iterator
from typing import Literal, NotRequired, TypedDict

COVERED = 0.9  # of the length of the film or the sound
LONGEST_GAP = 10  # seconds without a cue
TOLERANCE = 1  # second: lengths are rounded
FASTEST = 20  # characters a second
UNEXPLAINED = 2  # seconds between the length written and the one measured

# Line of its times, from 1; start and end in milliseconds; characters to read.
Cue = tuple[int, int, int, int]
Rule = Literal["unread", "short", "beyond", "gap", "overlap", "fast", "length"]


class Amiss(TypedDict):
    """One thing to mend, at a line of the file; `much` is in seconds, or characters a second."""

    rule: Rule
    line: int
    much: int
    # Judged by the length that the media's own file says, not by what its author wrote.
    sure: NotRequired[bool]


class CaptionsRefused(ValueError):
    """The file cannot be read as captions; `line`, from 1, says where."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(str(line))


_TIMING = re.compile(
    r"^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+"
    r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})(?:[ \t].*)?$"
)
_TAG = re.compile(r"<[^>]*>")


def read(content: bytes) -> list[Cue]:
    """Cues in order, at least one. Raises CaptionsRefused at the first line that is wrong."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CaptionsRefused(content[: error.start].count(b"\n") + 1) from None
    cues: list[Cue] = []
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        timing = _TIMING.match(line.strip())
        if timing is None:
            raise CaptionsRefused(number)
        start, end = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
        if not (cues[-1][1] if cues else 0) <= start < end:
            raise CaptionsRefused(number)
        cues.append((number, start, end, _characters(lines, number)))
    if not cues:
        raise CaptionsRefused(len(lines))
    return cues


def amiss(cues: list[Cue] | None, *, measured: int, written: int) -> list[Amiss]:
    """What is wrong with them for a media of that length, measured in its file or only written.

    Without any length nothing is said of coverage: the checklist asks for the length itself.
    """
    found: list[Amiss] = []
    if measured and written and abs(measured - written) > UNEXPLAINED:
        found.append({"rule": "length", "line": 0, "much": measured})
    if not cues:
        return [*found, {"rule": "unread", "line": 0, "much": 0}]
    if seconds := measured or written:
        coverage = _coverage(cues, seconds)
        found += [{**each, "sure": True} if measured else each for each in coverage]
        found += _gaps(cues)
    return [*found, *_pace(cues)]


def _coverage(cues: list[Cue], seconds: int) -> Iterator[Amiss]:
    end = max(cue[2] for cue in cues) / 1000
    if end < COVERED * seconds:
        yield {"rule": "short", "line": cues[-1][0], "much": round(seconds - end)}
    late = next((cue for cue in cues if cue[2] / 1000 > seconds + TOLERANCE), None)
    if late:
        yield {"rule": "beyond", "line": late[0], "much": round(end - seconds)}


def _gaps(cues: list[Cue]) -> Iterator[Amiss]:
    heard = 0
    for line, start, end, __ in cues:
        if start - heard > LONGEST_GAP * 1000:
            yield {"rule": "gap", "line": line, "much": (start - heard) // 1000}
        heard = max(heard, end)


def _pace(cues: list[Cue]) -> Iterator[Amiss]:
    until = 0
    for line, start, end, characters in cues:
        if start < until:
            yield {"rule": "overlap", "line": line, "much": 0}
        until = max(until, end)
        speed = characters * 1000 / (end - start)
        if speed > FASTEST:
            yield {"rule": "fast", "line": line, "much": round(speed)}


def _characters(lines: list[str], number: int) -> int:
    """Of the text that follows that line of times; markup is not read.

    Up to an empty line or to other times: each line is read once, whatever the file.
    """
    text: list[str] = []
    while number < len(lines) and lines[number].strip() and "-->" not in lines[number]:
        text.append(_TAG.sub("", lines[number]).strip())
        number += 1
    return len(" ".join(text))


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
