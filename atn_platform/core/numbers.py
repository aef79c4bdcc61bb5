"""Whole numbers as addresses and forms hold them."""

# Any key of the database has fewer digits; more would be an error there, thousands one of Python.
MOST_DIGITS = 18


def whole(text: str) -> int | None:
    """The number that these digits write; None when they are none, or no number of ours."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
