"""What is seen in a picture, as far as a machine can tell."""

import io
import struct
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageFile

# Larger than any screen, and small enough to be read at once.
MOST_PIXELS = 30_000_000
# Pixels that count: letters cover more of a picture than this share, dust less.
SHARE = 0.005
BRIGHTEST = 255
# What Pillow answers to a stranger's bytes: cut, of another kind, or of a size that is a lie.
UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip


class PictureRefused(Exception):
    """The bytes are no picture that can be shown; the message says why, after its name."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Of a picture that was read to its last pixel.

    `contrast` is the greatest in it (WCAG 2.2, 1.4.3): no text in it can be more legible than its
    darkest shade on its lightest one.
    """

    width: int
    height: int
    contrast: float


def seen_in(content: bytes) -> Seen:
    """What a picture shows. Raises PictureRefused when it is cut, or too large for a screen."""
    # WeasyPrint, once imported, has Pillow let pass what is cut, for the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
            _check_size(picture.width, picture.height)
            return Seen(picture.width, picture.height, _contrast(picture.convert("RGBA")))
    except UNREADABLE as error:
        said = _("cette image est coupée, ou sa taille est fausse : exportez-la de nouveau.")
        raise PictureRefused(said) from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        said = _(
            "cette image a %(width)d × %(height)d pixels : réduisez-la à %(most)d millions de "
            "pixels au plus."
        )
        millions = MOST_PIXELS // 1_000_000
        raise PictureRefused(said % {"width": width, "height": height, "most": millions})


def _contrast(seen: Image.Image) -> float:
    ground = Image.new("RGBA", seen.size, "white")
    shades = Image.alpha_composite(ground, seen).convert("L").histogram()
    dark, light = _end(shades), BRIGHTEST - _end(shades[::-1])
    return round((_luminance(light) + 0.05) / (_luminance(dark) + 0.05), 2)


def _end(shades: list[int]) -> int:
    """The first shade at which enough pixels have been counted."""
    wanted, counted = SHARE * sum(shades), 0
    for shade, pixels in enumerate(shades):
        counted += pixels
        if counted >= wanted and counted:
            return shade
    return BRIGHTEST


def _luminance(shade: int) -> float:
    """Relative luminance of a grey (WCAG 2.2)."""
    part = shade / BRIGHTEST
    linear: float = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
    return linear
