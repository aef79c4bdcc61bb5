"""Marks drawn in a picture, for paper and books, where nothing can be laid over it."""

import io
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

RED, WHITE = "#9a3412", "white"
# Parts of the picture's shorter side.
EDGE, LETTER = 110, 16


class Zone(NamedTuple):
    """What is written in its corner; left, top, width, height in percent of the picture."""

    mark: str
    area: list[str]


def numbered(content: bytes, zones: Sequence[Zone]) -> bytes:
    """The picture as PNG, with a frame and its mark for each zone; as it is when unreadable."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as found:
            picture = found.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return content
    pen = ImageDraw.Draw(picture)
    side = min(picture.size)
    edge, letter = max(2, side // EDGE), max(12, side // LETTER)
    font = ImageFont.load_default(letter)
    for mark, area in zones:
        left, top, width, height = (float(each) / 100 for each in area)
        x, y = left * picture.width, top * picture.height
        right, bottom = x + width * picture.width, y + height * picture.height
        pen.rectangle((x, y, right, bottom), outline=WHITE, width=edge * 2)
        pen.rectangle((x, y, right, bottom), outline=RED, width=edge)
        pen.rectangle((x, y, x + letter * 1.4, y + letter * 1.4), fill=RED)
        middle = (x + letter * 0.7, y + letter * 0.7)
        pen.text(middle, mark, fill=WHITE, font=font, anchor="mm")
    held = io.BytesIO()
    picture.save(held, "PNG", optimize=True)
    return held.getvalue()
