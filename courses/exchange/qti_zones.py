"""Zones of a picture in QTI, `hotspotInteraction` and `selectPointInteraction`, in percent of it.

Ours are rectangles: another shape becomes the one around it, and that is said.
"""

from typing import Any
from xml.etree.ElementTree import SubElement

from django.utils.translation import gettext as _

from courses.exchange.items import Answer, Item, ItemKind, Text
from courses.exchange.marks import number
from courses.exchange.qti_body import flat
from courses.exchange.qti_marks import Key
from courses.numbers import WHOLE, is_inside, plain_number

POINT = "selectPointInteraction"
RECTANGLE = "rect"
# How many numbers each shape has at least; « default » is the whole picture.
COUNTS = {"rect": 4, "circle": 3, "ellipse": 4, "poly": 6, "default": 0}
DECIMALS = 2
Box = tuple[float, float, float, float]


def key_of_points(root: Any, node: Any) -> Key:
    """Give the areas of a mapping to the interaction as its zones, and answer their key."""
    name = node.get("responseIdentifier")
    declared = (d for d in root.iter("responseDeclaration") if d.get("identifier") == name)
    points: dict[str, float] = {}
    entries = [each for found in declared for each in found.iter("areaMapEntry")]
    for rank, each in enumerate(entries, start=1):
        zone = _("Zone %d") % rank
        points[zone] = number(each.get("mappedValue") or "") or 0.0
        SubElement(
            node, "hotspotChoice",
            {"identifier": zone, "shape": each.get("shape", ""), "coords": each.get("coords", "")},
        )  # fmt: skip
    several = node.get("maxChoices", "1") not in {"", "1"}
    worths = [each for each in points.values() if each > 0]
    best = sum(worths) if several else max(worths, default=0.0)
    return Key(several=several, points=points if best > 0 else {}, best=best)


def hotspots(node: Any, key: Key, facts: dict[str, Any]) -> Item:
    """A picture and its zones; one of a kind that we lack when it does not say its size."""
    drawn = next((each for each in node if each.tag in {"object", "img"}), None)
    width, height = _size(drawn)
    if drawn is None or not width or not height:
        foreign = _("zones d’une image qui ne dit pas sa taille")
        return Item(ItemKind.OTHER, foreign=foreign, **facts)
    several = key.several or node.get("maxChoices", "1") not in {"", "1"}
    answers, aside = [], []
    for each in node.iter("hotspotChoice"):
        name = each.get("hotspotLabel") or each.get("identifier", "")
        box = _box(each.get("shape", ""), each.get("coords", ""))
        area = _area(box, width, height) if box else ""
        if each.get("shape") != RECTANGLE or not area:
            aside.append(_shape(name, each.get("shape", ""), is_read=bool(area)))
        if area:
            worth = key.worth(each.get("identifier", ""))
            weight = None if key.is_whole else worth
            answers.append(Answer(worth > 0, Text(name, "plain"), weight, area=area))
    if not answers:
        return Item(ItemKind.OTHER, foreign=_without_zone(node), **facts)
    if not several and sum(each.right for each in answers) > 1:
        foreign = _("plusieurs zones justes, dont une seule suffit")
        return Item(ItemKind.OTHER, foreign=foreign, **facts)
    return Item(
        ItemKind.HOTSPOT, answers=tuple(answers), several=several, aside=tuple(aside),
        picture=drawn.get("data") or drawn.get("src") or "", alt=drawn.get("alt") or flat(drawn),
        whole=key.is_whole, **facts,
    )  # fmt: skip


def _without_zone(node: Any) -> str:
    """A point may be right without any area around it: nothing says how near is near enough."""
    if node.tag == POINT and node.find("hotspotChoice") is None:
        return _("un point juste, sans zone autour")
    return _("zones dont aucune place ne se lit")


def _size(drawn: Any | None) -> tuple[float | None, float | None]:
    if drawn is None:
        return None, None
    return number(drawn.get("width") or ""), number(drawn.get("height") or "")


def _shape(name: str, shape: str, *, is_read: bool) -> str:
    if not is_read:
        return _("la zone « %s », dont la place ne se lit pas") % name
    said = _("la forme « %(shape)s » de la zone « %(name)s », remplacée par un rectangle")
    return said % {"shape": shape, "name": name}


def _box(shape: str, coords: str) -> Box | None:
    """Left, top, right and bottom in pixels; None when the numbers do not say the shape."""
    read = [number(each.strip()) for each in coords.split(",") if each.strip()]
    values = [each for each in read if each is not None]
    if shape not in COUNTS or len(values) < len(read) or len(values) < COUNTS[shape]:
        return None
    if shape == "default":
        return 0, 0, float("inf"), float("inf")
    if shape in {"circle", "ellipse"}:
        x, y, across, *down = values
        half = down[0] if shape == "ellipse" else across
        return x - across, y - half, x + across, y + half
    xs, ys = values[0::2], values[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: Box, width: float, height: float) -> str:
    """The part of it that is inside the picture; empty when there is none."""
    left, top, right, bottom = (
        round(min(max(each / side * WHOLE, 0), WHOLE), DECIMALS)
        for each, side in zip(box, (width, height, width, height), strict=True)
    )
    said = [left, top, round(right - left, DECIMALS), round(bottom - top, DECIMALS)]
    words = [str(plain_number(each)) for each in said]
    return " ".join(words) if is_inside(words) else ""
