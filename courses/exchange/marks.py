"""Marks as files write them."""

from math import isfinite

ALL = 100.0


def number(words: str) -> float | None:
    """A finite number, or None."""
    try:
        found = float(words)
    except ValueError:
        return None
    return found if isfinite(found) else None
