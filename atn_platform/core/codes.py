"""Codes that people copy from paper: no two characters of them can be taken for one another."""

from hashlib import sha256

# Without 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V W.
ALPHABET = "ACEFGHJKMNPRTXY34679"
GROUP = 4


def drawn(seed: str, length: int) -> str:
    """`length` characters out of a secret seed; the same seed gives the same ones."""
    number = int.from_bytes(sha256(seed.encode()).digest())
    found = []
    for _rank in range(length):
        number, rest = divmod(number, len(ALPHABET))
        found.append(ALPHABET[rest])
    return "".join(found)


def spelled(code: str) -> str:
    """In groups of four, easier to copy: ACEF-GHJK-MNPR."""
    return "-".join(code[first : first + GROUP] for first in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """What was meant by what was typed: capitals, without spaces or dashes."""
    return "".join(each for each in typed.upper() if each.isalnum())
