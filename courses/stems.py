"""French words reduced to what a search compares: no accent, no elision, no ending.

Folding comes first, for people type without accents; PostgreSQL's own French would take « élus »
for a form of « lire » and drop it. Light by design: two forms of a word must meet, and two words
may.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from atn_platform.core import french

SHORTEST = 3
# What no search is about; one letter alone is an elision.
EMPTY = french.ARTICLES | {"qu", "que", "qui", "un", "une", "est", "ce", "se", "ne", "ou", "on"}
WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=32_768)  # texts repeat their words: an excerpt looks at each of them
def stem(word: str) -> str:
    """« municipaux », « Municipales » and « municipal » are one."""
    folded = french.fold(word)
    if len(folded) <= SHORTEST or folded.isdecimal():
        return folded
    if folded.endswith("aux"):
        folded = folded[:-2] + "l"
    folded = folded.rstrip("sx").rstrip("e") or folded
    return folded[:-1] if len(folded) > SHORTEST and folded[-1] == folded[-2] else folded


def stems(text: str) -> Iterator[str]:
    """Every word that a search may be about, in order."""
    for word in WORD.findall(text):
        if len(word) > 1 and french.fold(word) not in EMPTY:
            yield stem(word)
