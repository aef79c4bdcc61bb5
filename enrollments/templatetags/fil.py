"""Le fil, upright as a list and lying down as a river with its stations."""

import math
from collections.abc import Mapping
from functools import lru_cache

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from atn_platform.core import wording
from atn_platform.core.templatetags.atn import kept
from courses.enums import LessonKind
from enrollments.queries.path_stops import Opening
from enrollments.queries.thread import Station, Thread, ThreadModule

register = template.Library()

WIDTH, HEIGHT = 470, 200
LEFT, RIGHT = 26, 440
ONE_THIRD, HALF = 1 / 3, 1 / 2
Point = tuple[float, float]


@register.simple_tag
def stations(
    module: ThreadModule, code: str, linked: object, held: Mapping[str, Opening] | None = None
) -> SafeString:
    """The lines of a module's stations, in the course `code`; `held` names what opens some."""
    lines = (
        kept(
            "components/station.html",
            code=code.lower(),
            key=each.lesson["key"],
            title=each.lesson["title"],
            minutes=each.lesson["minutes"],
            done=each.is_done,
            current=each.is_current,
            meeting=each.is_meeting,
            exam=each.lesson["kind"] == LessonKind.EXAM,
            required=each.lesson["required"],
            linked=bool(linked) and not _waits(each, held),
            opened_by=named(_waits(each, held)),
        )
        for each in module.stations
    )
    return SafeString("".join(lines))


def _waits(station: Station, held: Mapping[str, Opening] | None) -> Opening | None:
    """The step of a parcours that opens a station not opened yet; None when nothing holds it."""
    return None if station.is_opened else (held or {}).get(station.lesson["uuid"])


@register.filter
def named(step: Opening | None) -> str:
    """« étape 2, « A » ou « B » », its titles said to be in French; empty without a step."""
    if step is None:
        return ""
    titles = format_html_join(
        _(" ou "), '<span lang="fr-CA">{}</span>', ((wording.quoted(e),) for e in step.titles)
    )
    said = {"number": step.number, "titles": titles}
    return SafeString(escape(_("étape %(number)s, %(titles)s")) % said)


@register.simple_tag
def river(thread: Thread) -> SafeString:
    """Draw the line; who does not see it hears the same in its accessible name."""
    marks = tuple((each.is_done, each.is_current, each.is_meeting) for each in thread.stations)
    drawing = _drawing(marks, _("Vous êtes ici"), _("Attestation"))
    return format_html('<svg class="river" aria-label="{}"{}', _words(thread), drawing)


# Done, current, meeting: all that a mark shows.
Mark = tuple[bool, bool, bool]


@lru_cache(maxsize=256)  # people stand at few places of few courses
def _drawing(stations: tuple[Mark, ...], you: str, end: str) -> SafeString:
    steps = max(1, len(stations))  # the seal stands one step after the last station
    here = next((i for i, (__, current, __) in enumerate(stations) if current), steps)
    marks = format_html_join(
        "", "{}", ((_mark(station, *_point(i / steps)),) for i, station in enumerate(stations))
    )
    return format_html(
        ' viewBox="0 0 {} {}" role="img">'
        '<g fill="none" stroke-linecap="round">'
        '<path d="{}" stroke="var(--sand)" stroke-width="22"/>'
        '<path d="{}" stroke="var(--line-strong)" stroke-width="3" stroke-dasharray="1 9"/>'
        '<path d="{}" stroke="var(--river-500)" stroke-width="5"/></g>{}{}{}{}</svg>',
        WIDTH, HEIGHT, _line(1), _line(1), _line(here / steps), marks, _seal(*_point(1)),
        _here(here / steps, you) if here < steps else "", _text(RIGHT + 22, 43, "end", end),
    )  # fmt: skip


def _words(thread: Thread) -> str:
    done = sum(station.is_done for station in thread.stations)
    text = _("Le fil du cours : étapes franchies, %(done)d sur %(total)d.") % {
        "done": done,
        "total": len(thread.stations),
    }
    if thread.current:
        text += " " + _("Vous êtes à : %s.") % thread.current.lesson["title"]
    return text


def _point(share: float) -> Point:
    """Place on the river, from 0 at its source to 1 at the seal."""
    bend = 40 * math.sin(share * math.pi * 2.15 + 0.25) * (0.6 + 0.5 * share)
    return LEFT + (RIGHT - LEFT) * share, 100 - bend


def _line(until: float) -> str:
    points = [_point(until * step / 60) for step in range(61)]
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)


def _mark(station: Mark, x: float, y: float) -> SafeString:
    done, current, meeting = station
    fill = "var(--river-500)" if done else "var(--surface)"
    stroke = "var(--river-500)" if done else "var(--line-strong)"
    width, radius = 2.5, 9
    if current:
        stroke, width, radius = "var(--sumac-500)", 5, 13
    if meeting:
        shape = '<rect x="{}" y="{}" width="{}" height="{}" rx="3" transform="rotate(45 {} {})" fill="{}" stroke="{}" stroke-width="{}"/>'  # noqa: E501
        corner = (f"{x - radius:.0f}", f"{y - radius:.0f}", 2 * radius, 2 * radius)
        return format_html(shape, *corner, f"{x:.0f}", f"{y:.0f}", fill, stroke, width)
    shape = '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="{}"/>'
    return format_html(shape, f"{x:.0f}", f"{y:.0f}", radius, fill, stroke, width)


def _here(share: float, words: str) -> SafeString:
    """Above the first hill, along the way down, then under the valley: never on the river."""
    x, y = _point(share)
    if share > HALF:
        return _text(min(x, WIDTH - 60), 172, "middle", words, kind="here")
    return _text(x, 44 if share < ONE_THIRD else y - 24, "start", words, kind="here")


def _text(x: float, y: float, anchor: str, words: str, *, kind: str = "") -> SafeString:
    text = '<text class="{}" x="{}" y="{}" text-anchor="{}" aria-hidden="true">{}</text>'
    return format_html(text, kind, f"{x:.0f}", f"{y:.0f}", anchor, words)


def _seal(x: float, y: float) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="15" fill="var(--honey-400)" stroke="var(--honey-700)"'
        ' stroke-width="2.5"/>',
        f"{x:.0f}",
        f"{y:.0f}",
    )
