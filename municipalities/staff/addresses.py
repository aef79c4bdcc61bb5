"""Addresses typed with one slip of the finger, such as name@vile.qc.ca for name@ville.qc.ca."""

from collections.abc import Iterable

# Where people of small municipalities keep their letters, besides their town hall's own domain.
PROVIDERS = frozenset(
    {
        "bell.net", "cogeco.ca", "globetrotter.net", "gmail.com", "hotmail.ca", "hotmail.com",
        "icloud.com", "live.ca", "outlook.com", "sogetel.net", "sympatico.ca", "videotron.ca",
        "yahoo.ca", "yahoo.com",
    }
)  # fmt: skip


def domains(addresses: Iterable[str | None]) -> frozenset[str]:
    return frozenset(each.rpartition("@")[2].lower() for each in addresses if each)


def suggested(address: str, known: Iterable[str]) -> str:
    """The address with the known domain that is one slip away from its own; "" when none is.

    `known` are domains of the organisation. Only a suggestion: an unknown domain may be right.
    """
    name, _at, typed = address.rpartition("@")
    usual = {*known, *PROVIDERS}
    if typed.lower() in usual:
        return ""
    near = sorted(each for each in usual if is_one_slip(typed.lower(), each))
    return f"{name}@{near[0]}" if near else ""


def is_one_slip(one: str, other: str) -> bool:
    """Whether a letter more, less, other, or two letters swapped, make one word of the other."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    start = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[:start] + one[start : start + 2][::-1] + one[start + 2 :]
    return swapped == other or one[start + 1 :] == other[start + 1 :]
