"""What a lesson will weigh at its first view in light mode, before anybody has drawn it.

Its words are compressed as they will be; what stands around them is counted. The figures were
found on the lessons of the demonstration, and lean towards more: tests/demo/test_weights.py draws
each of them and holds the two within `MARGIN` of each other.
"""

import gzip
import math
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.core import french
from courses.documents import BlockDoc, LessonDoc
from courses.enums import BlockKind, LessonKind

LIGHT_VIEW = 15_000  # bytes
MARGIN = 2_000  # questions drawn are not as long as one another

_FILES = 7_550  # looks, icons and the script of every page
_PAGE, _STATION = 2_000, 30  # what is around a lesson, and its line in the plan
# A second block of a kind repeats the first one's marks, which then cost little.
_KIND, _BLOCK, _PART, _CELL = 120, 25, 25, 20
_SMALL_TABLE = 9  # cells
_FORM = 260  # of an exercise to write after two others: its secrets are drawn anew
_EXAM = 250  # the longest of its questions may all be drawn
_MEETING = 400  # the sessions to come
_QUIZ, _QUESTION = 450, 90
_WRITTEN = {BlockKind.REFLECTION, BlockKind.PLEDGE}
# Never on the page before an answer, or no words.
_UNSEEN = frozenset(
    ("uuid", "key", "kind", "asset", "captions", "audio", "seconds", "to", "correct", "area",
     "feedback", "feedback_html", "answers", "package", "draw", "start", "ending", "competencies")
)  # fmt: skip


def amiss(lesson: LessonDoc, *, among: int) -> Iterator[str]:
    """Said when it is too heavy, which forbids publishing. `among` is the number of stations."""
    found = light_view(lesson, among=among)
    if found > LIGHT_VIEW:
        yield _(
            "En mode léger, la leçon pèserait environ %s ko, pour 15 : faites-en deux, "
            "ou tirez moins de questions."
        ) % french.number(math.ceil(found / 100) / 10, 1)


def light_view(lesson: LessonDoc, *, among: int) -> int:
    """Bytes of its page and of the files that it names, compressed as they leave."""
    around = sum(map(_around, lesson["blocks"]))
    around += _KIND * len({each["kind"] for each in lesson["blocks"]})
    written = sum(each["kind"] in _WRITTEN for each in lesson["blocks"])
    around += _FORM * max(0, written - 2)
    around += _EXAM * (lesson["kind"] == LessonKind.EXAM)
    around += _MEETING * (lesson["kind"] == LessonKind.MEETING)
    words = sum(map(_words_weight, _gathered(lesson["blocks"])))
    return _FILES + _PAGE + among * _STATION + round(around + words)


def _gathered(blocks: list[BlockDoc]) -> Iterator[tuple[list[Any], float]]:
    """What is shown whole, then the questions of each quiz with the share that is drawn."""
    yield [_shown(each) for each in blocks], 1.0
    for each in blocks:
        if each["kind"] == BlockKind.QUIZ and each["questions"]:
            yield each["questions"], _drawn(each) / len(each["questions"])


def _shown(block: BlockDoc) -> Any:
    """One scene of a scenario is on the page at a time: the longest counts."""
    if block["kind"] == BlockKind.SCENARIO:
        return max(block["scenes"], key=lambda scene: len(str(scene)), default=[])
    return {name: said for name, said in block.items() if name != "questions"}


def _words_weight(gathered: tuple[list[Any], float]) -> float:
    said, share = gathered
    return len(gzip.compress("\n".join(_words(said)).encode(), 6)) * share


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _UNSEEN:
                yield from _words(each)


def _around(block: BlockDoc) -> int:
    if block["kind"] == BlockKind.QUIZ:
        return _BLOCK + _QUIZ + _QUESTION * _drawn(block)
    lists = (block.get("places"), block.get("steps"), block.get("options"), block.get("rows"))
    # A small table is little more than its rows; past twice as many, marks cost nothing.
    cells = sum(map(len, block.get("rows", ())))
    cells = min(max(0, cells - _SMALL_TABLE), _SMALL_TABLE)
    return _BLOCK + _CELL * cells + _PART * sum(len(each or []) for each in lists)


def _drawn(block: BlockDoc) -> int:
    return min(block.get("draw") or len(block["questions"]), len(block["questions"]))
