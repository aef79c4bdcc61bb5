"""What a file of another system says, before we ask whether we can hold it.

Richer than our own questions on purpose: what we cannot represent must first be read, to be named.
"""

from dataclasses import dataclass, field
from enum import Enum


class ItemKind(Enum):
    """Kinds that the formats know; several have no equal among our questions."""

    CATEGORY = "category"
    DESCRIPTION = "description"
    ESSAY = "essay"
    TRUE_FALSE = "true-false"
    CHOICE = "choice"
    SHORT = "short"
    NUMERICAL = "numerical"
    MATCHING = "matching"
    ORDERING = "ordering"  # `answers` in the right order
    HOTSPOT = "hot-spot"  # `picture`, and the `area` of each answer
    CLOZE = "cloze"  # `gaps`, which stand at [[1]], [[2]]… in the stem
    UNREADABLE = "unreadable"  # as it stands in `stem`; `foreign` says why
    OTHER = "other"  # a kind of that system alone: `Item.foreign` names it


@dataclass(frozen=True, slots=True)
class Text:
    """Words and their markup: "moodle" (plain, or what the site makes of it), "html"…"""

    words: str
    markup: str = "moodle"


@dataclass(frozen=True, slots=True)
class Span:
    """A number that is right: exactly, within `tolerance`, or from `low` to `high`."""

    low: float
    high: float
    value: float | None = None
    tolerance: float | None = None

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, and how far from it a number may be."""
        if self.value is not None:
            return self.value, self.tolerance or 0
        return (self.low + self.high) / 2, (self.high - self.low) / 2

    @classmethod
    def around(cls, value: float, tolerance: float | None = None) -> "Span":
        slack = tolerance or 0
        return cls(value - slack, value + slack, value, tolerance)


@dataclass(frozen=True, slots=True)
class Answer:
    """`weight`, in percent of the mark, when the file gives one; `span` for numbers.

    `area` is left, top, width and height in percent of a picture.
    """

    right: bool
    text: Text
    weight: float | None = None
    feedback: Text | None = None
    span: Span | None = None
    area: str = ""

    @property
    def worth(self) -> float:
        """Percent of the mark: what is right is worth all of it when nothing else is said."""
        return self.weight if self.weight is not None else (100.0 if self.right else 0.0)


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole of a text, filled as a question of its own: CHOICE, SHORT or NUMERICAL."""

    kind: ItemKind
    answers: tuple[Answer, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides that belong together; an empty left side makes the right one a distractor."""

    left: Text
    right: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a file. `line` is where it begins, from 1.

    `blank`: the answer stands inside the sentence, where `stem` shows a line of dashes.
    `several`: more than one choice may be ticked, for a format that says so apart from the marks.
    `whole`: it is right as a whole or not at all, where each part would have earned its share.
    `aside`: what the file also says of it, and items have no place for, in words.
    `truth` is that of a true-false question; the two `verdicts` are shown to whoever errs, and to
    whoever is right; `partly`, to whoever is right in part.
    """

    kind: ItemKind
    line: int
    title: str | None = None
    stem: Text = field(default_factory=lambda: Text(""))
    blank: bool = False
    answers: tuple[Answer, ...] = ()
    pairs: tuple[Pair, ...] = ()
    gaps: tuple[Gap, ...] = ()
    truth: bool | None = None
    verdicts: tuple[Text | None, Text | None] = (None, None)
    partly: Text | None = None
    general: Text | None = None
    id: str | None = None
    tags: tuple[str, ...] = ()
    several: bool = False
    whole: bool = False
    foreign: str = ""
    # What zones are drawn on, or what is seen under the stem: its place beside the file, then its
    # name in the bank; and what it shows. `shown` is its address inside the stem, if it is there.
    picture: str = ""
    alt: str = ""
    shown: str = ""
    # What comes with the item in its own file, by name.
    files: tuple[tuple[str, bytes], ...] = ()
    aside: tuple[str, ...] = ()
