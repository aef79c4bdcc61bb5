"""Numbers as people write them here: « 3,5 », « 1 104 », « 25 % »; and those accepted."""

import re
from dataclasses import dataclass
from decimal import Decimal

from atn_platform.core.french import NBSP

LONGEST = 30
WHOLE = 100
SIDES = ("left", "top", "width", "height")
# Among the answers expected in a gap: any other one.
ANY = "*"
# Spaces by thousands only: « 1 2 » is no number.
_NUMBER = r"[-−]?(?:[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?"
_ALONE = re.compile(rf"({_NUMBER})[ \u00a0]?[%$]?")
_AROUND = re.compile(rf"({_NUMBER})\s*(?:±|\+/-)\s*({_NUMBER})")
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})?")
_BETWEEN = re.compile(rf"({_NUMBER})\s+à\s+({_NUMBER})")


@dataclass(frozen=True, slots=True)
class Accepted:
    """Every number from `low` to `high`, both included."""

    low: Decimal
    high: Decimal

    def __contains__(self, number: Decimal) -> bool:
        return self.low <= number <= self.high


def read_number(text: str) -> Decimal | None:
    """The number typed, with a comma or a point; None when it is none."""
    text = text.strip()
    found = _ALONE.fullmatch(text) if len(text) <= LONGEST else None
    return _decimal(found[1]) if found else None


def read_accepted(text: str) -> Accepted | None:
    """What « 72 », « 3,5 ± 0,1 » or « 4 à 6 » accepts; None when the text is none of them."""
    text = text.strip()
    if found := _AROUND.fullmatch(text):
        value, slack = _decimal(found[1]), abs(_decimal(found[2]))
        return Accepted(value - slack, value + slack)
    if found := _BETWEEN.fullmatch(text):
        low, high = sorted(map(_decimal, found.groups()))
        return Accepted(low, high)
    number = read_number(text)
    return None if number is None else Accepted(number, number)


def parts(text: str) -> tuple[str, Decimal, Decimal] | None:
    """The words of read_accepted() taken apart: « ± » or « à », and the number on each side.

    A number alone is itself ± 0.
    """
    text = text.strip()
    for sign, pattern in (("±", _AROUND), ("à", _BETWEEN)):
        if found := pattern.fullmatch(text):
            return sign, _decimal(found[1]), _decimal(found[2])
    number = read_number(text)
    return None if number is None else ("±", number, Decimal(0))


def written(number: float | Decimal) -> str:
    """With a comma and without needless zeros, as read_number() reads it back."""
    words = format(Decimal(str(number)), "f")
    whole, point, rest = words.partition(".")
    rest = rest.rstrip("0")
    return f"{whole},{rest}" if point and rest else whole


def is_inside(area: list[str]) -> bool:
    """Whether four percents say a place inside a picture, each in digits alone.

    They are put in drawings as they stand, where « 10 % » or « 5,5 » says nothing.
    """
    if len(area) != len(SIDES) or not all(map(_PERCENT.fullmatch, area)):
        return False
    left, top, width, height = map(float, area)
    fits = left + width <= WHOLE and top + height <= WHOLE
    return fits and min(width, height) > 0


def plain_number(number: float) -> float:
    """The same number, without a fraction when it has none: it is then written as people do."""
    return int(number) if number == int(number) else number


def _decimal(words: str) -> Decimal:
    plain = words.replace(" ", "").replace(NBSP, "").replace("\u202f", "")
    return Decimal(plain.replace("−", "-").replace(",", "."))
