"""The bytes of a certificate: tagged PDF/UA-1, the same for the same facts."""

import atexit
import base64
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from certificates.models import Certificate

FONTS = {"ATN Texte": "atn-texte.woff2", "ATN Titre": "atn-titre.woff2"}


def render(certificate: Certificate) -> bytes:
    """Render the certificate. Opens nothing but the fonts bundled with the project."""
    from weasyprint import HTML  # noqa: PLC0415 -- slow, and absent where nobody makes PDFs

    address = f"{settings.SITE_URL}{reverse('certificates:verify', args=[certificate.code])}"
    html = render_to_string(
        "certificates/pdf.html",
        {
            "number": certificate.number,
            "facts": certificate.facts,
            "issued_at": certificate.issued_at,
            "address": address,
            "qr_code": _qr_code(address),
        },
    )
    fetcher, fonts = _renderer()
    pdf = HTML(string=html, url_fetcher=fetcher, base_url="about:blank").write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=certificate.code.encode(),
        stylesheets=[fonts[0]],
        font_config=fonts[1],
    )
    return bytes(pdf or b"")


def _qr_code(address: str) -> str:
    """Data address of an SVG with the code."""
    buffer = io.BytesIO()
    segno.make(address, error="m").save(buffer, kind="svg", border=0, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


@lru_cache(maxsize=1)
def _renderer() -> tuple[Any, tuple[Any, Any]]:
    """Fetcher of data addresses only, and the style sheet with its fonts inside; made once."""
    from weasyprint import CSS  # noqa: PLC0415 -- as above
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    folder = Path(settings.BASE_DIR) / "static"
    faces = []
    for family, name in FONTS.items():
        data = base64.b64encode((folder / name).read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{data})"
        faces.append(f'@font-face{{font-family:"{family}";src:{source};font-weight:400 700}}')
    sheet = "\n".join(faces) + (folder / "certificat.css").read_text(encoding="utf-8")
    fetcher = URLFetcher(allowed_protocols=["data"])
    fonts = FontConfiguration()
    return fetcher, (CSS(string=sheet, font_config=fonts, url_fetcher=fetcher), fonts)


# WeasyPrint's fonts must go before the modules that free them.
atexit.register(_renderer.cache_clear)
