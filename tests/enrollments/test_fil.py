"""The river of a course: what is written on it, and where."""

import re
from datetime import UTC, datetime

import pytest

from enrollments.queries.thread import Station, Thread, ThreadModule
from enrollments.templatetags.fil import HEIGHT, WIDTH, river

COUNT = 12
NOON = datetime(2027, 1, 19, 12, tzinfo=UTC)


def course(done: int) -> Thread:
    lessons = [
        {"key": f"l{i}", "title": f"Leçon {i}", "minutes": 5, "kind": "lesson", "required": True}
        for i in range(COUNT)
    ]
    stations = [
        Station(i + 1, each, NOON if i < done else None, is_current=i == done)
        for i, each in enumerate(lessons)
    ]
    return Thread([ThreadModule("Module", stations)], 5 * (COUNT - done))


@pytest.mark.parametrize("done", range(COUNT))
def test_the_words_stand_inside_the_drawing_and_apart(done):
    texts = re.findall(
        r'<text class="(\w*)" x="(\d+)" y="(\d+)" text-anchor="(\w+)"', river(course(done))
    )
    here, end = [(int(x), int(y), side) for __, x, y, side in texts]
    assert [kind for kind, *__ in texts] == ["here", ""]
    assert end[2] == "end"
    for x, y, __ in (here, end):
        assert 0 < x < WIDTH
        assert 16 < y < HEIGHT
    assert here[0] < 200 or here[1] - end[1] > 24


def test_nobody_is_told_to_be_on_a_line_that_is_done():
    drawing = river(course(COUNT))
    assert "Vous êtes ici" not in drawing
    assert ">Attestation<" in drawing
