"""Numbers of certificates, ATN-2026-000123-K, and codes of their public page.

The number is said and filed; since numbers follow each other, it opens nothing. The code is
random and opens the page: 7K4M-9TQX-2HBP-W3CD, fifteen symbols drawn at random (74 bits) and one
that checks them.
"""

import hashlib
import secrets
import unicodedata
from enum import Enum

from atn_platform.core import french

# K of a number is a check character: its ten digits, read as one integer, modulo 23, in an
# alphabet without I, O and Z. Since 23 is prime and divides no difference that one wrong digit or
# two swapped neighbours can make, it catches all of these.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXY"
# Of a code: digits, and the letters that look like no other sign. There are 31 of them, a prime,
# so that weights from 1 to 15 catch any wrong symbol and any two that changed places.
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXY"
LOOKALIKES = str.maketrans("OILZU", "0112V")
DRAWN, GROUP = 15, 4


class Fault(Enum):
    """Why what was typed cannot be a code."""

    NUMBER = "number"
    LENGTH = "length"
    CHECK = "check"


def number(year: int, rank: int) -> str:
    """The number of the certificate of that rank in its year."""
    digits = f"{year:04d}{rank:06d}"
    return f"ATN-{digits[:4]}-{digits[4:]}-{check_character(digits)}"


def check_character(digits: str) -> str:
    """The letter that belongs to these digits."""
    return ALPHABET[int(digits) % len(ALPHABET)]


def is_number(text: str) -> bool:
    """Whether this is a number of ours, however it is spaced."""
    signs = "".join(_signs(text))
    year_and_rank = signs[3:-1]
    return (
        signs.startswith("ATN")
        and len(year_and_rank) == len("2026000123")
        and year_and_rank.isdecimal()
        and signs[-1] == check_character(year_and_rank)
    )


def new_code() -> str:
    """A code that nobody can guess."""
    drawn = "".join(secrets.choice(SYMBOLS) for _ in range(DRAWN))
    return _grouped(drawn + check_symbol(drawn))


def check_symbol(drawn: str) -> str:
    """The last symbol of the code that begins with these fifteen."""
    weighed = sum(rank * SYMBOLS.index(symbol) for rank, symbol in enumerate(drawn, start=1))
    return SYMBOLS[weighed % len(SYMBOLS)]


def imprint(number: str, name: str) -> str:
    """What is kept of the name on the attestation of an erased person.

    Whoever holds the paper can show that the name on it is the right one; nobody can read the
    name back, and trying many costs much (scrypt). Accents, case and order of words do not count.
    """
    words = " ".join(sorted(french.sort_key(name).split()))
    return hashlib.scrypt(words.encode(), salt=number.encode(), n=2**14, r=8, p=1).hex()


def tidy_code(typed: str) -> str:
    """What was typed, as codes are written: an address is cut, O is 0, I and L are 1, Z is 2."""
    last = typed.strip().rstrip("/").rsplit("/", 1)[-1]
    return _grouped("".join(_signs(last)).translate(LOOKALIKES))


def fault_of(typed: str) -> Fault | None:
    """None when what was typed can be a code."""
    if is_number(typed):
        return Fault.NUMBER
    code = tidy_code(typed).replace("-", "")
    if len(code) != DRAWN + 1:
        return Fault.LENGTH
    return None if code[-1] == check_symbol(code[:-1]) else Fault.CHECK


def _signs(text: str) -> list[str]:
    """Letters and digits in upper case, whatever their width or accents."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return [sign for sign in plain if sign.isascii() and sign.isalnum()]


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))
