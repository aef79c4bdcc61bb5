"""The catalogue: what was asked, the courses that answer, and what each filter would leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from courses.enums import Mode, Topic
from courses.models import CourseVersion
from municipalities.enums import Public

HOUR, HALF_DAY = 60, 240
LENGTHS = {
    "court": (_("une heure ou moins"), 0, HOUR),
    "moyen": (_("de une à quatre heures"), HOUR + 1, HALF_DAY),
    "long": (_("plus de quatre heures"), HALF_DAY + 1, 100_000),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet; `query` is the address that takes it, or leaves it when taken."""

    label: str
    count: int
    taken: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    label: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class Catalogue:
    versions: list[CourseVersion]
    facets: list[Facet]
    typed: str
    filtered: bool


def catalogue(everything: list[CourseVersion], asked: Mapping[str, str]) -> Catalogue:
    """Of the courses offered, those that match; unknown values of a filter are ignored."""
    typed = asked.get("q", "").strip()[:100]
    words = french.sort_key(typed).split()
    # Nothing typed, nothing to fold: that was a ninth of the page.
    found = [each for each in everything if _matches(each, words)] if words else everything
    taken = {name: asked[name] for name in _FACETS if asked.get(name) in _FACETS[name][1]}
    return Catalogue(
        versions=[version for version in found if _passes(version, taken)],
        facets=[_facet(name, found, taken, typed) for name in _FACETS],
        typed=typed,
        filtered=bool(taken or typed),
    )


def _matches(version: CourseVersion, words: list[str]) -> bool:
    front = version.front
    said = [front["code"], front["title"], front["summary"], *front["objectives"]]
    text = _folded(" ".join(said))
    return all(word.rstrip("s") in text for word in words)


_folded = lru_cache(maxsize=256)(french.sort_key)


def _passes(version: CourseVersion, taken: Mapping[str, str]) -> bool:
    return all(_has(version, name, value) for name, value in taken.items())


def _has(version: CourseVersion, name: str, value: str) -> bool:
    if name == "theme":
        return version.front["topic"] == value
    if name == "mode":
        return version.front["mode"] == value
    if name == "public":
        return value in version.front["publics"]
    __, shortest, longest = LENGTHS[value]
    return shortest <= version.minutes <= longest


def _facet(name: str, found: list[CourseVersion], taken: dict[str, str], typed: str) -> Facet:
    label, choices = _FACETS[name]
    others = {key: value for key, value in taken.items() if key != name}
    candidates = [version for version in found if _passes(version, others)]
    options = []
    for value, words in choices.items():
        count = sum(_has(version, name, value) for version in candidates)
        chosen = taken.get(name) == value
        if count or chosen:
            query = others if chosen else {**others, name: value}
            options.append(Option(str(words), count, chosen, _query(query, typed)))
    return Facet(str(label), options)


def _query(values: dict[str, str], typed: str) -> str:
    return urlencode({**values, **({"q": typed} if typed else {})})


_FACETS: dict[str, tuple[Any, dict[str, Any]]] = {
    "theme": (_("Thème"), dict(Topic.choices)),
    "public": (_("Public"), dict(Public.choices)),
    "mode": (_("Mode"), dict(Mode.choices)),
    "duree": (_("Durée"), {key: label for key, (label, *__) in LENGTHS.items()}),
}
