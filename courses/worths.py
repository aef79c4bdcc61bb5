"""Parts of a mark, in percent: what each choice of a question is worth."""

from collections.abc import Sequence
from typing import Any

WHOLE = 100.0
# Three thirds, written 33.3 each, are the whole mark.
NEARLY = 99.8


def worths(choices: Sequence[dict[str, Any]], *, several: bool) -> list[float] | None:
    """What each choice is worth, when the author gave the worth of one at least.

    A choice of which nothing is said is worth nothing; when it is right, all of the mark, or its
    share of what is left where `several` may be ticked.
    """
    given = [choice.get("worth") for choice in choices]
    if all(each is None for each in given):
        return None
    right = [choice.get("correct") is True for choice in choices]
    said = sum(each for each in given if each is not None and each > 0)
    silent = sum(is_right and each is None for is_right, each in zip(right, given, strict=True))
    rest = max(0.0, WHOLE - said) / max(1, silent) if several else WHOLE
    return [
        float(each) if each is not None else rest * is_right
        for is_right, each in zip(right, given, strict=True)
    ]
