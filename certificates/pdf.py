"""The bytes of a certificate: tagged PDF/UA-1, the same for the same facts."""

import atexit
import base64
import io
import math
import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from atn_platform.core import french
from certificates.models import Certificate
from municipalities.enums import Public

EPOCH = "1767225600"  # 2026-01-01; the convention of reproducible builds
# Families, files and the weights that certificat.css asks for.
FONTS = (
    ("ATN Texte", "atn-texte.woff2", 400),
    ("ATN Texte", "atn-texte.woff2", 700),
    ("ATN Titre", "atn-titre.woff2", 400),
)
# Signs from which each is set smaller, so that one page holds it whatever its length.
LONG = {"name": (30, 55, 110), "capacity": (110, 200), "title": (52, 110), "goals": (420, 650)}
GOALS, GOAL_LENGTH = 5, 130
# The thread: a drawing of 470 by 200, with the seal at its end.
WIDTH, HEIGHT, LEFT, RIGHT = 470, 200, 14, 412
RIVER, PALE, HONEY, INK = "#8FC1CB", "#115266", "#F2B632", "#0A2E3A"


def render(certificate: Certificate) -> bytes:
    """Set the certificate. Opens nothing but the fonts bundled with the project."""
    facts = certificate.facts
    goals = [_shortened(goal) for goal in facts["objectives"][:GOALS]]
    texts = {
        "name": facts["name"],
        "capacity": capacity(facts),
        "title": facts["course_title"],
        "goals": "".join(goals),
    }
    address = f"{settings.SITE_URL}{reverse('certificates:verify', args=[certificate.code])}"
    html = render_to_string(
        "certificates/pdf.html",
        {
            "certificate": certificate,
            "facts": facts,
            "goals": goals,
            "capacity": texts["capacity"],
            "period": _period(facts),
            "sizes": {key: _size(key, text) for key, text in texts.items()},
            "address": address,
            "qr_code": _data(_qr_code(address)),
            "thread": _data(thread(facts.get("stations", []))),
            "relief": _data((_static() / "contours.svg").read_bytes()),
            "mark": _data((_static() / "marque.svg").read_bytes()),
        },
    )
    return write(html, identifier=certificate.code)


def write(html: str, *, identifier: str) -> bytes:
    """The PDF of a page whose style is that of certificates. Nothing outside it is fetched."""
    from weasyprint import HTML  # noqa: PLC0415 -- slow, and absent where nobody makes PDFs

    fetcher, fonts = _renderer()
    pdf = HTML(string=html, url_fetcher=fetcher, base_url="about:blank").write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=identifier.encode(),
        stylesheets=[fonts[0]],
        font_config=fonts[1],
    )
    return bytes(pdf or b"")


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
    course = "M" + "L".join("{:.1f} {:.1f}".format(*_point(step / 60)) for step in range(61))
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
        ' stroke-linecap="round"/>'
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


def _shortened(goal: str) -> str:
    return goal if len(goal) <= GOAL_LENGTH else goal[: GOAL_LENGTH - 1].rstrip() + "…"


def _qr_code(address: str) -> bytes:
    buffer = io.BytesIO()
    segno.make(address, error="m").save(buffer, kind="svg", border=0, xmldecl=False, svgns=True)
    return buffer.getvalue()


def _data(svg: bytes) -> str:
    """Data address of a drawing."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"


@lru_cache(maxsize=1)
def _renderer() -> tuple[Any, tuple[Any, Any]]:
    """Fetcher of data addresses only, and the style sheet with its fonts inside; made once."""
    from weasyprint import CSS  # noqa: PLC0415 -- as above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    # Fonts that are cut to the letters used carry the moment of cutting, unless told otherwise.
    os.environ.setdefault("SOURCE_DATE_EPOCH", EPOCH)
    faces = (
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f"src:url(data:font/ttf;base64,{base64.b64encode(_font(name, weight)).decode()})}}"
        for family, name, weight in FONTS
    )
    sheet = "\n".join(faces) + (_static() / "certificat.css").read_text(encoding="utf-8")
    fetcher = URLFetcher(allowed_protocols=["data"])
    fonts = FontConfiguration()
    return fetcher, (CSS(string=sheet, font_config=fonts, url_fetcher=fetcher), fonts)


def _font(name: str, weight: int) -> bytes:
    """A bundled font at one weight; out of the variable one, WeasyPrint cuts it for each PDF."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- as above
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    font = TTFont(_static() / name, recalcTimestamp=False)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


# WeasyPrint's fonts must go before the modules that free them.
atexit.register(_renderer.cache_clear)
