"""Everything held on a person, as one ZIP: a page to read, JSON and CSV to reuse, and files."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.personal import Export, Section
from atn_platform.core.spreadsheets import csv_text

# Bumped when the JSON changes its shape.
FORMAT = 1


def archive(user: User, exports: Sequence[Export], *, at: datetime) -> bytes:
    """The ZIP. What holds nothing on the person is left out of it."""
    sections = [section for each in exports for section in each.sections if section.rows]
    files = [file for each in exports for file in each.files]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mes-donnees.html", _page(user, sections, [f.name for f in files], at))
        book.writestr("mes-donnees.json", _json(user, sections, [f.name for f in files], at))
        for number, section in enumerate(sections, 1):
            name = f"csv/{number:02d}-{slugify(section.title)}.csv"
            book.writestr(name, _csv(section))
        for file in files:
            book.writestr(file.name, file.content)
    return buffer.getvalue()


def _json(user: User, sections: list[Section], files: list[str], at: datetime) -> str:
    document = {
        "format": FORMAT,
        "person": user.get_full_name(),
        "made_at": at.isoformat(),
        "tables": [
            {
                "table": section.name,
                "title": section.title,
                "purposes": section.purposes,
                "kept": section.kept,
                "labels": dict(section.columns),
                "rows": [
                    dict(zip([name for name, __ in section.columns], row, strict=True))
                    for row in section.rows
                ],
            }
            for section in sections
        ],
        "files": files,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _csv(section: Section) -> str:
    head = [label or name for name, label in section.columns]
    return csv_text([head, *([_words(cell) for cell in row] for row in section.rows)])


def _page(user: User, sections: list[Section], files: list[str], at: datetime) -> str:
    context = {
        "person": user,
        "at": at,
        "files": files,
        "sections": [
            (section, [label for __, label in section.columns],
             [[_words(cell) for cell in row] for row in section.rows])
            for section in sections
        ],
    }  # fmt: skip
    return render_to_string("privacy/archive.html", context)


def _words(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("oui") if cell else _("non")
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)
