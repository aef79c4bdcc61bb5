"""Pages set as tagged PDF/UA-1: the same bytes for the same page, and nothing fetched."""

import atexit
import base64
import io
import os
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from atn_platform.core.drawings import Drawing

EPOCH = "1767225600"  # 2026-01-01; the convention of reproducible builds
# Families, files and the weights that our sheets ask for.
FONTS = (
    ("ATN Texte", "atn-texte.woff2", 400),
    ("ATN Texte", "atn-texte.woff2", 700),
    ("ATN Titre", "atn-titre.woff2", 400),
    # Capitals, figures and dash only: the codes of cards.
    ("ATN Code", "atn-code.woff2", 700),
)


def write(
    html: str, *, identifier: str, sheet: str, drawings: Mapping[str, Drawing] | None = None
) -> bytes:
    """The PDF of a page whose style is a file of static/. Nothing outside it is fetched.

    The page and its style name a drawing as an image at `drawing:NAME`.
    """
    from weasyprint import HTML  # noqa: PLC0415 -- slow, and absent where nobody makes PDFs

    fetcher, style, fonts = renderer(sheet)
    pdf = HTML(string=html, url_fetcher=fetcher, base_url="about:blank").write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=identifier.encode(),
        stylesheets=[style],
        font_config=fonts,
        # What is in its cache is an image that it does not fetch.
        cache={f"drawing:{name}": each for name, each in (drawings or {}).items()},
    )
    return bytes(pdf or b"")


def static() -> Path:
    return Path(settings.BASE_DIR) / "static"


@lru_cache(maxsize=4)
def renderer(sheet: str) -> tuple[Any, Any, Any]:
    """Fetcher of data addresses only, the style with its fonts inside, and the fonts."""
    from weasyprint import CSS  # noqa: PLC0415 -- as above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    # Fonts that are cut to the letters used carry the moment of cutting, unless told otherwise.
    os.environ.setdefault("SOURCE_DATE_EPOCH", EPOCH)
    text = _faces() + (static() / sheet).read_text(encoding="utf-8")
    fetcher = URLFetcher(allowed_protocols=["data"])
    fonts = FontConfiguration()
    return fetcher, CSS(string=text, font_config=fonts, url_fetcher=fetcher), fonts


def prepare() -> None:
    """Load what every PDF needs and leave no font open: processes forked after this share it."""
    from weasyprint import HTML  # noqa: PLC0415 -- as above

    _faces()
    HTML(string="<p>a</p>").write_pdf(pdf_variant="pdf/ua-1")


@cache
def _faces() -> str:
    """The bundled fonts in a style sheet. Cutting a weight out of one takes half a second."""
    faces = (
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f"src:url(data:font/ttf;base64,{base64.b64encode(_font(name, weight)).decode()})}}"
        for family, name, weight in FONTS
    )
    return "\n".join(faces)


def _font(name: str, weight: int) -> bytes:
    """A bundled font at one weight; out of the variable one, WeasyPrint cuts it for each PDF."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- as above
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    font = TTFont(static() / name, recalcTimestamp=False)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


# WeasyPrint's fonts must go before the modules that free them.
atexit.register(renderer.cache_clear)
