"""The words of the page: who looks, through which screen, and what they read."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from atn_platform.core.personal import Words

# A row of a screen: what it says, by label.
Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sight:
    """One screen and its rows about the person; `count` when there are more than are told."""

    screen: str
    rows: list[Facts]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Onlooker:
    """A role, in one place where it has several; no sight, no row."""

    key: str
    icon: str
    title: str
    words: list[str]
    sights: list[Sight] = field(default_factory=list)


def facts(*said: tuple[Words, object]) -> Facts:
    """Labels and words, without what the screen leaves blank."""
    return [(str(label), str(words)) for label, words in said if words not in ("", None, False)]


def shown(*sights: Sight) -> list[Sight]:
    """The screens on which the person is."""
    return [each for each in sights if each.rows]


def sight(screen: Words, rows: Iterable[Facts]) -> Sight:
    words = str(screen)
    return Sight(words[:1].upper() + words[1:], list(rows))
