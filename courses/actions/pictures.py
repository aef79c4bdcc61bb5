"""What is seen in a picture, as far as a machine can tell."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from PIL import Image, ImageFile

# Larger than any screen, and small enough to be read at once.
MOST_PIXELS = 30_000_000
# Pixels that count: letters cover more of a picture than this share, dust less.
SHARE = 0.005
BRIGHTEST = 255
# What Pillow answers to a stranger's bytes: cut, of another kind, or of a size that is a lie.
UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError,
)  # fmt: skip

_strict = Lock()


def contrast_of(content: bytes) -> float | None:
    """The greatest contrast in a picture (WCAG 2.2, 1.4.3); None when it cannot be measured.

    No text in it can be more legible than its darkest shade on its lightest one.
    """
    seen = _seen(content)
    if seen is None:
        return None
    ground = Image.new("RGBA", seen.size, "white")
    shades = Image.alpha_composite(ground, seen).convert("L").histogram()
    dark, light = _end(shades), BRIGHTEST - _end(shades[::-1])
    return round((_luminance(light) + 0.05) / (_luminance(dark) + 0.05), 2)


def is_readable(content: bytes) -> bool:
    """Whether every pixel of a picture is there, and there are no more than a screen can take."""
    return _seen(content) is not None


def _seen(content: bytes) -> Image.Image | None:
    source = io.BytesIO(content)
    try:
        with _whole_only(), Image.open(source, formats=["PNG", "JPEG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            return picture.convert("RGBA")
    except UNREADABLE:
        return None


@contextmanager
def _whole_only() -> Iterator[None]:
    """Have Pillow refuse what is cut: WeasyPrint, once imported, lets it pass for the process."""
    with _strict:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


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
