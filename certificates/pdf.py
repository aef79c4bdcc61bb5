"""The bytes of a certificate: tagged PDF/UA-1, the same for the same facts."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from atn_platform.core import french, wording
from atn_platform.core.drawings import Drawing, drawing, qr_code
from atn_platform.core.pdf import static, write
from certificates.figures import HOURS, headings, line, title
from certificates.models import Certificate
from courses.enums import Level
from municipalities.enums import Public
from municipalities.models import Organisation

SHEET = "certificat.css"
# Signs from which each is set smaller, so that one page holds it whatever its length.
LONG = {
    "name": (30, 55, 110),
    "capacity": (110, 200),
    "title": (52, 110),
    "goals": (420, 650, 950),
}
GOALS, GOAL_LENGTH = 5, 130
SKILLS, SKILL_LENGTH = 4, 70
# The thread: a drawing of 470 by 200, with the seal at its end.
WIDTH, HEIGHT, LEFT, RIGHT = 470, 200, 14, 412
# Of the eight masks of a QR code, the best on average for our addresses: 2 % worse than the best
# of each, by the penalties of ISO/IEC 18004. To weigh all eight took a fifteenth of the time.
MASK = 4
RIVER, PALE, HONEY, INK = "#8FC1CB", "#115266", "#F2B632", "#0A2E3A"


@override(wording.FRENCH)
def render(certificate: Certificate) -> bytes:
    """Set the certificate. Opens nothing but the fonts bundled with the project."""
    facts = certificate.facts
    goals = [_shortened(goal) for goal in facts["objectives"][:GOALS]]
    skills = [_skill(each) for each in facts.get("skills", [])[:SKILLS]]
    texts = {
        "name": facts["name"],
        "capacity": capacity(facts),
        "title": facts["course_title"],
        "goals": "".join([*goals, *skills]),
    }
    address = f"{settings.SITE_URL}{reverse('certificates:verify', args=[certificate.code])}"
    html = render_to_string(
        "certificates/pdf.html",
        {
            "certificate": certificate,
            "facts": facts,
            "goals": goals,
            "skills": "; ".join(skills),
            "capacity": texts["capacity"],
            "period": _period(facts),
            "sizes": {key: _size(key, text) for key, text in texts.items()},
            "address": address,
        },
    )
    drawings = {
        "code": qr_code(address, mask=MASK),
        "thread": drawing(thread(facts.get("stations", []))),
        "relief": relief(),
        "mark": drawing((static() / "marque.svg").read_bytes()),
    }
    return write(html, identifier=certificate.code, sheet=SHEET, drawings=drawings)


def warm() -> None:
    """Set a page that says nothing: the first of a process takes thrice the time of the next."""
    day = "2026-01-01"
    facts = defaultdict(
        str, started_on=day, completed_on=day, minutes=60, objectives=["a"], course_title="a",
        signatories=[{}],
    )  # fmt: skip
    moment = datetime.fromisoformat(f"{day}T00:00Z")
    render(Certificate(number="-", code="-", facts=facts, issued_at=moment))


@cache
def relief() -> Drawing:
    """The contour lines, their curves as PDF writes them, on whole numbers.

    PDF has no quadratic curves: left to WeasyPrint, each became three points of six decimals, a
    seventh of the file.
    """
    svg = (static() / "contours.svg").read_text()
    here = (0, 0)

    def written(step: re.Match[str]) -> str:
        nonlocal here
        start, here = here, (int(step[4] or step[2]), int(step[5] or step[3]))
        if step[1] != "Q":
            return step[0]
        bend = (int(step[2]), int(step[3]))
        near = [
            round((each + 2 * by) / 3)
            for end in (start, here)
            for each, by in zip(end, bend, strict=True)
        ]
        return "C" + " ".join(map(str, [*near, *here]))

    return drawing(re.sub(r"([MLQ])(\d+) (\d+)(?: (\d+) (\d+))?", written, svg).encode())


@override(wording.FRENCH)
def statement(organisation: Organisation, year: int, rows: Iterable[Certificate]) -> bytes:
    """The year's proofs as a table to sign and keep; see figures for its columns."""
    lines = [line(each) for each in rows]
    facts = {
        "title": title(organisation, year),
        "headings": headings(),
        "lines": lines,
        "hours": sum(float(str(each[HOURS])) for each in lines),
    }
    html = render_to_string("certificates/statement.html", facts)
    return write(html, identifier=f"{organisation.handle}-{year}", sheet="releve.css")


def capacity(facts: dict[str, Any]) -> str:
    """« Conseillère de la Ville d’Amos, siège 3 »: what the person was, and where."""
    organisation = french.typography(facts["organisation"])
    function = facts["function"]
    if not function and facts["public"] == str(Public.ELECTED.label):
        function = _("membre du conseil")
    if not function:
        return organisation
    what, comma, detail = french.typography(function).partition(",")
    return f"{what[:1].upper()}{what[1:]} {french.of_body(organisation)}{comma}{detail}"


def thread(kinds: list[str]) -> bytes:
    """Le fil as SVG: a circle for a lesson, a diamond for a meeting, the seal at the end."""
    steps = max(1, len(kinds))
    radius = min(8.0, 150 / steps)
    # The last tenth is the way to the seal.
    marks = [_mark(kind, *_point(0.9 * rank / steps), radius) for rank, kind in enumerate(kinds)]
    course = "M" + "L".join("{:.0f} {:.0f}".format(*_point(step / 32)) for step in range(33))
    x, y = _point(1)
    seal = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="46" fill="{INK}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="42" fill="{HONEY}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="34" fill="none" stroke="{INK}" stroke-width="1.5"'
        ' stroke-dasharray="1 4" stroke-linecap="round"/>'
        f'<path d="M{x - 15:.1f} {y + 1:.1f}l10 11l20-23" fill="none" stroke="{INK}"'
        ' stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    lines = (
        f'<path d="{course}" fill="none" stroke="{PALE}" stroke-width="16"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
        f'<path d="{course}" fill="none" stroke="{RIVER}" stroke-width="3"/>'
    )
    body = lines + "".join(marks) + seal
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{body}</svg>'
    ).encode()


def _point(share: float) -> tuple[float, float]:
    """Place on the thread, from 0 at its source to 1 at the seal."""
    bend = 24 * math.sin(share * math.pi * 2.2 + 0.2)
    return LEFT + (RIGHT - LEFT) * share, 46 - bend + 118 * share**3


def _mark(kind: str, x: float, y: float, radius: float) -> str:
    look = f'fill="{RIVER}" stroke="{INK}" stroke-width="{radius / 4:.2f}"'
    if kind != "meeting":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {look}/>'
    corner = f'x="{x - radius:.1f}" y="{y - radius:.1f}"'
    side = f'width="{2 * radius:.1f}" height="{2 * radius:.1f}"'
    return f'<rect {corner} {side} rx="1.5" transform="rotate(45 {x:.1f} {y:.1f})" {look}/>'


def _period(facts: dict[str, Any]) -> str:
    """« Le 3 novembre 2026 », or from one day to another."""
    first, last = (date.fromisoformat(facts[key]) for key in ("started_on", "completed_on"))
    if first >= last:
        return _("Le %s") % french.day(last)
    return _("Du %(first)s au %(last)s") % {"first": french.day(first), "last": french.day(last)}


def _size(key: str, text: str) -> int:
    """How many times smaller than usual to set a text."""
    return sum(len(text) > bound for bound in LONG[key])


def _skill(skill: dict[str, Any]) -> str:
    """« A1 reconnaître l’hameçonnage et la fraude (niveau 2, appliquer) »."""
    facts = {
        "code": skill["code"],
        "title": _shortened(skill["title"], SKILL_LENGTH),
        "level": skill["level"],
        "word": Level(skill["level"]).label,
    }
    return _("%(code)s %(title)s (niveau %(level)s, %(word)s)") % facts


def _shortened(words: str, length: int = GOAL_LENGTH) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
