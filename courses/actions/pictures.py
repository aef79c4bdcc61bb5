"""What is seen in a picture, as far as a machine can tell."""

import io

from PIL import Image

# Larger than any screen, and small enough to be read at once.
MOST_PIXELS = 30_000_000
# Pixels that count: letters cover more of a picture than this share, dust less.
SHARE = 0.005
BRIGHTEST = 255


def contrast_of(content: bytes) -> float | None:
    """The greatest contrast in a picture (WCAG 2.2, 1.4.3); None when it cannot be measured.

    No text in it can be more legible than its darkest shade on its lightest one.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            seen = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError):
        return None
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
