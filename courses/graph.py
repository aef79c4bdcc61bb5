"""A scenario drawn: scenes in columns, by the fewest choices that lead to them, and lines between.

Pure. Places are pixels of a picture that does not scale: its words keep their size.
"""

from dataclasses import dataclass

from courses.documents import BlockDoc, SceneDoc

WIDTH, HEIGHT = 150, 44
GAP, STEP = 70, 64  # between columns; from a scene to the one below
EDGE = 8
LONGEST = 17


@dataclass(frozen=True, slots=True)
class Box:
    """A scene: where it stands, and how it ends, if it does."""

    key: str
    label: str
    x: int
    y: int
    ending: str
    is_reached: bool

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def line(self) -> int:
        return self.y + HEIGHT // 2 + 5


@dataclass(frozen=True, slots=True)
class Graph:
    """`paths` are lines in the language of SVG; `steps` say the same in words."""

    width: int
    height: int
    boxes: list[Box]
    paths: list[str]
    steps: list[tuple[str, str, str]]


def graph(block: BlockDoc) -> Graph:
    """The picture of a scenario; a choice that leads nowhere has no line."""
    scenes = block.get("scenes", [])
    columns = _columns(block.get("start", ""), scenes)
    boxes: dict[str, Box] = {}
    for rank, column in enumerate(columns):
        for place, (scene, is_reached) in enumerate(column):
            key = scene["key"]
            label = key if len(key) <= LONGEST else f"{key[: LONGEST - 1]}…"
            x, y = EDGE + rank * (WIDTH + GAP), EDGE + place * STEP
            boxes[key] = Box(key, label, x, y, scene["ending"], is_reached)
    choices = [(scene["key"], each) for scene in scenes for each in scene["choices"]]
    lines = {(key, each["to"]) for key, each in choices if each["to"] in boxes}
    deepest = max((len(column) for column in columns), default=0)
    return Graph(
        width=2 * EDGE + len(columns) * (WIDTH + GAP) - GAP if columns else 0,
        # Below the last scene, room for the lines that come back.
        height=2 * EDGE + deepest * STEP + HEIGHT // 2,
        boxes=list(boxes.values()),
        paths=[_line(boxes[one], boxes[other]) for one, other in sorted(lines)],
        steps=[(key, each["text"], each["to"]) for key, each in choices],
    )


def _columns(start: str, scenes: list[SceneDoc]) -> list[list[tuple[SceneDoc, bool]]]:
    """Scenes by their distance from the first one; those that nothing leads to come last."""
    known = {scene["key"]: scene for scene in scenes}
    columns, seen, now = [], {start}, [start] if start in known else []
    while now:
        columns.append([(known[key], True) for key in now])
        following = [each["to"] for key in now for each in known[key]["choices"]]
        now = [key for key in dict.fromkeys(following) if key in known and key not in seen]
        seen |= set(now)
    lost = [(scene, False) for scene in scenes if scene["key"] not in seen or start not in known]
    return [*columns, lost] if lost else columns


def _line(one: Box, other: Box) -> str:
    y1, y2 = one.y + HEIGHT // 2, other.y + HEIGHT // 2
    if other.x > one.x:
        x1, x2 = one.x + WIDTH, other.x
        bend = GAP // 2
        return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    # Back, or to itself: under the scenes.
    low = max(one.y, other.y) + HEIGHT + HEIGHT // 2
    return (
        f"M{one.middle} {one.y + HEIGHT}C{one.middle} {low} {other.middle} {low} "
        f"{other.middle} {other.y + HEIGHT}"
    )
