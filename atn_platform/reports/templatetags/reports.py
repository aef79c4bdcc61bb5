"""Pictures of the reports, drawn on the server; their words stay HTML and grow with the text."""

import math
from collections.abc import Iterator
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.reports.enums import DAYS, SLOTS
from atn_platform.reports.figures.journey import Curve, Hour
from atn_platform.reports.figures.participation import Row

register = template.Library()

STEP = 10
# The wall is about five and a half times as wide as it is high.
WIDE = 5.5
# Place of each region on a grid of six columns: row, column, columns spanned.
TILES = {
    "08": (1, 1, 1), "10": (1, 2, 2), "02": (1, 4, 1), "09": (1, 5, 1), "11": (1, 6, 1),
    "07": (2, 1, 1), "15": (2, 2, 1), "14": (2, 3, 1), "04": (2, 4, 1), "03": (2, 5, 1),
    "01": (2, 6, 1), "13": (3, 2, 1), "06": (3, 3, 1), "17": (3, 4, 1), "12": (3, 5, 1),
    "16": (4, 3, 1), "05": (4, 4, 1),
}  # fmt: skip
SHORT_NAMES = {
    "01": "Bas-St-Laurent",
    "02": "Saguenay–Lac-St-Jean",
    "08": "Abitibi-Témisc.",
    "11": "Gaspésie–Îles",
    "12": "Chaudière-Appal.",
}
# Lower bounds of the four darker shades of the map.
SHADES = (0.2, 0.4, 0.6, 0.8)


@register.simple_tag
def wall(states: dict[str, int]) -> SafeString:
    """One dot a municipality, in the order of the states: one path each, nine bytes a dot."""
    total = sum(states.values())
    rows = max(3, round(math.sqrt(total / WIDE)))
    columns = max(1, math.ceil(total / rows))
    paths, first = [], 0
    for state, count in states.items():
        dots = "".join(_dot(rank, rows) for rank in range(first, first + count))
        paths.append((state, dots))
        first += count
    label = _(
        "Mur de %(total)s points, un par municipalité, selon leur étape; les nombres sont dans "
        "la légende."
    ) % {"total": french.number(total)}
    return format_html(
        '<svg class="wall" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        columns * STEP,
        rows * STEP,
        label,
        format_html_join("", '<path class="{}" d="{}"/>', paths),
    )


def _dot(rank: int, rows: int) -> str:
    return f"M{5 + rank // rows * STEP} {5 + rank % rows * STEP}h0"


@register.filter
def tiles(rows: tuple[Row, ...]) -> Iterator[dict[str, Any]]:
    """Where each region stands on the map, and its shade from 0 to 4."""
    for row in rows:
        line, column, span = TILES[row.key]
        share = row.municipalities / row.reference if row.reference else 0
        yield {
            "row": row,
            "name": SHORT_NAMES.get(row.key, row.label),
            "area": f"{line}/{column}/auto/span {span}",
            "shade": sum(share >= bound for bound in SHADES),
        }


@register.filter
def width(part: float | None, whole: float | None) -> str:
    """Length of a bar, as CSS reads it."""
    return f"{100 * (part or 0) / whole:.1f}%" if whole else "0%"


# Heights that the scale of the curves may go to: the first that holds them all.
SCALES = (0.2, 0.4, 0.6, 0.8, 1.0)
WEEKS_MARKED = 3
# Shades of the table of hours.
HEATS = 6
# Oldest first: dots, dashes, a full line, so that no colour is needed to tell them apart.
STROKES = ("old", "before", "now")


@register.simple_tag
def plot(curves: tuple[Curve, ...]) -> dict[str, Any]:
    """Paths on a square of a hundred that is stretched, and where the words around it stand."""
    shares = [share for curve in curves for share in curve.weeks if share is not None]
    top = next(scale for scale in SCALES if scale >= max(shares, default=0))
    last = len(curves[0].weeks) - 1
    return {
        "lines": [
            {"stroke": stroke, "path": _path(curve, top, last), "curve": curve}
            for stroke, curve in zip(STROKES, curves, strict=True)
        ],
        "ticks": [
            {"label": top * part / 4, "at": f"{25 * part}%", "y": 100 - 25 * part}
            for part in range(5)
        ],
        "weeks": [
            {"label": week, "at": f"{100 * week / last:.1f}%"}
            for week in range(0, last + 1, WEEKS_MARKED)
        ],
    }


def _path(curve: Curve, top: float, last: int) -> str:
    said = [(week, share) for week, share in enumerate(curve.weeks) if share is not None]
    points = [f"{100 * week / last:.1f} {100 - 100 * share / top:.1f}" for week, share in said]
    return f"M{'L'.join(points)}" if points else ""


@register.simple_tag
def heat(hours: tuple[tuple[Hour, ...], ...]) -> dict[str, Any]:
    """The hours as a table: its headings, and each cell with its shade from 0 to 5."""
    most = max((hour.rate or 0 for line in hours for hour in line), default=0)
    return {
        "slots": [f"{start}–{end}{french.NBSP}h" for start, end in SLOTS],
        "lines": [
            {"day": DAYS[line[0].day - 1], "cells": [_warm(hour, most) for hour in line]}
            for line in hours
        ],
    }


def _warm(hour: Hour, most: float) -> dict[str, Any]:
    rate = hour.rate
    shade = min(HEATS - 1, int(HEATS * rate / most)) if rate and most else 0
    return {"rate": rate, "shade": shade}
