"""What an elected person brings to the council meeting."""

from typing import Any

from django.template.loader import render_to_string

from atn_platform.core.pdf import write
from enrollments.queries.readiness import Readiness

SHEET = "resume.css"


def readiness(state: Readiness, words: dict[str, Any]) -> bytes:
    """The state of readiness on one page; `words` are those of headlines.of()."""
    html = render_to_string("enrollments/readiness_pdf.html", {"state": state, **words})
    identifier = f"{state.organisation.handle}-{state.until:%Y%m%d}"
    return write(html, identifier=identifier, sheet=SHEET)
