"""Dates, hours, numbers and quotation marks, in the language of whoever reads.

French unless the person reads in English: docs/languages.md. What must be French whoever reads
(attestations, reports, registers) calls french.py itself.
"""

from datetime import date, datetime, time

from django.utils.translation import get_language

from atn_platform.core import english, french

FRENCH, ENGLISH = "fr-ca", "en-ca"
# As HTML and MIME write them (BCP 47).
TAGS = {FRENCH: "fr-CA", ENGLISH: "en-CA"}


def in_english() -> bool:
    """Whether whoever reads what is being written chose English."""
    return get_language() == ENGLISH


def language_tag() -> str:
    return TAGS[ENGLISH if in_english() else FRENCH]


def day(value: date, *, weekday: bool = False) -> str:
    return (
        english.day(value, weekday=weekday) if in_english() else french.day(value, weekday=weekday)
    )


def short_month(value: date) -> str:
    return english.short_month(value) if in_english() else french.short_month(value)


def hour(value: time | datetime) -> str:
    return english.hour(value) if in_english() else french.hour(value)


def span(start: datetime, end: datetime) -> str:
    return english.span(start, end) if in_english() else french.span(start, end)


def zone(name: str) -> str:
    return english.zone(name) if in_english() else french.zone(name)


def duration(minutes: int) -> str:
    return english.duration(minutes) if in_english() else french.duration(minutes)


def seconds(length: int) -> str:
    return english.seconds(length) if in_english() else french.seconds(length)


def number(value: float, decimals: int = 0) -> str:
    return english.number(value, decimals) if in_english() else french.number(value, decimals)


def percent(share: float) -> str:
    return english.percent(share) if in_english() else french.percent(share)


def weight(size: int) -> str:
    return english.weight(size) if in_english() else french.weight(size)


def of(name: object) -> str:
    """« d’Amos », « des Cèdres »; in English the name alone, after its sentence’s own « of »."""
    return str(name) if in_english() else french.of_place(str(name))


def quoted(text: str) -> str:
    return english.quoted(text) if in_english() else french.quoted(text)
