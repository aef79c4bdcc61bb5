"""Finding words in titles, objectives and lessons; accents, plurals and elisions do not count."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from courses.documents import BlockDoc, CourseDoc, LessonDoc, parts_html, stations
from courses.models import Course, SearchEntry
from courses.stems import WORD, stem, stems

MOST = 20
LONGEST = 100
AROUND = 90
TAG = re.compile(r"<[^>]+>")
# Written as two words in texts.
HYPHENED = re.compile(r"\b(wi)(fi)\b", re.IGNORECASE)
DOUBLE_CONSONANTS = "bcdfgklmnprst"
DOUBLED = re.compile(rf"([{DOUBLE_CONSONANTS}])\1")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an excerpt; `found` are the words that were asked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A course, or a lesson of it, with the place where the words stand."""

    entry: SearchEntry
    title: list[Piece]
    excerpt: list[Piece]


def find(typed: str) -> list[Hit]:
    """The best places of the courses in force; one query, none when no word is left.

    A second one where nothing is found: words with one consonant for two, or two for one.
    """
    asked = list(dict.fromkeys(stems(HYPHENED.sub(r"\1-\2", typed[:LONGEST]))))
    if not asked:
        return []
    if hits := _hits([[word] for word in asked]):
        return hits
    return _hits([spellings(word) for word in asked])


def spellings(word: str) -> list[str]:
    """The commonest slips of French: « apeler », « hameçonage », « addresse »."""
    single = DOUBLED.sub(r"\1", word)
    inner = range(1, len(single) - 1)
    doubled = [single[: at + 1] + single[at:] for at in inner if single[at] in DOUBLE_CONSONANTS]
    return list(dict.fromkeys([word, single, *doubled]))


def _hits(asked: list[list[str]]) -> list[Hit]:
    words = " & ".join("(" + " | ".join(f"{each}:*" for each in forms) + ")" for forms in asked)
    query = SearchQuery(words, config="simple", search_type="raw")
    rows = SearchEntry.objects.filter(words=query, course__in=Course.objects.published())
    ranked = rows.annotate(rank=SearchRank(F("words"), query)).select_related("course")
    best = ranked.defer("words").order_by("-rank", "pk")[:MOST]
    every = [each for forms in asked for each in forms]
    return [Hit(each, _marked(each.title, every), _excerpt(each.text, every)) for each in best]


def entries(document: CourseDoc) -> Iterator[tuple[LessonDoc | None, str, str, str]]:
    """(lesson, title, objectives, text) of what a version lets people find; meetings too."""
    yield None, document["title"], " ".join(document["objectives"]), document["summary"]
    for lesson in stations(document):
        text = " ".join(filter(None, map(words, lesson["blocks"])))
        yield lesson, lesson["title"], lesson["objective"], text


def words(block: BlockDoc) -> str:
    """What a block says, as plain text; never the questions, whose answers would show."""
    said = [
        block.get(name, "")
        for name in ("title", "html", "transcript_html", "equivalent_html", "caption")
    ]
    said += parts_html(block)
    said += [clue["text"] for clue in block.get("clues", ())]
    said += [scene["text_html"] for scene in block.get("scenes", ())]
    return " ".join(plain(str(part)) for part in said if part)


def plain(markup: str) -> str:
    return " ".join(html.unescape(TAG.sub(" ", markup)).split())


def _excerpt(text: str, asked: list[str]) -> list[Piece]:
    """Some words on each side of the first that was asked for; the beginning when none stands."""
    first = next((m.start() for m in WORD.finditer(text) if _is_asked(m.group(), asked)), 0)
    start = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.find(" ", first + AROUND)
    kept = text[start : end if end > 0 else len(text)]
    before, after = "… " if start else "", " …" if 0 < end < len(text) else ""
    return [Piece(before, found=False), *_marked(kept, asked), Piece(after, found=False)]


def _marked(text: str, asked: list[str]) -> list[Piece]:
    pieces, last = [], 0
    for match in WORD.finditer(text):
        if _is_asked(match.group(), asked):
            pieces += [
                Piece(text[last : match.start()], found=False),
                Piece(match.group(), found=True),
            ]
            last = match.end()
    return [*pieces, Piece(text[last:], found=False)]


def _is_asked(word: str, asked: list[str]) -> bool:
    return stem(word).startswith(tuple(asked))
