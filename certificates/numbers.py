"""Numbers of certificates: ATN-2026-000123-K.

K is a check character: the ten digits, read as one integer, modulo 23, in an alphabet without I,
O and Z. Since 23 is prime and divides no difference that one wrong digit or two swapped
neighbours can make, it catches all of these.
"""

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXY"


def number(year: int, rank: int) -> str:
    """The number of the certificate of that rank in its year."""
    digits = f"{year:04d}{rank:06d}"
    return f"ATN-{digits[:4]}-{digits[4:]}-{check_character(digits)}"


def check_character(digits: str) -> str:
    """The letter that belongs to these digits."""
    return ALPHABET[int(digits) % len(ALPHABET)]


def is_well_formed(text: str) -> bool:
    """Whether a number as typed could be one of ours."""
    parts = text.strip().upper().split("-")
    return (
        len(parts) == 4  # noqa: PLR2004 -- the four parts of the form above
        and parts[0] == "ATN"
        and (parts[1] + parts[2]).isdecimal()
        and parts[3] == check_character(parts[1] + parts[2])
    )
