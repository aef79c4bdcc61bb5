"""The framework of competencies as a file: read and checked, without the database."""

import re
from typing import Any

from django.utils.translation import gettext as _

from courses.enums import Level
from courses.yaml_source import Source, check_choice, check_fields
from municipalities.enums import Public

# A competency and a level of it, as courses and questions name them: A1-2.
GOAL = re.compile(r"^[A-Z][1-9]-[1-4]$")
FIELDS = {"letter": str, "title": str, "expected": dict, "crcn": str, "digcomp": str,
          "skills": dict}  # fmt: skip


def read_framework(source: Source, text: str) -> list[dict[str, Any]]:
    """The domains of a file; what is wrong stands in `source.problems`."""
    rows = source.load(text)
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not source.problems and (not found or len(found) != len(rows)):
        source.complain((), _("le fichier est une liste de domaines."))
    for rank, row in enumerate(found):
        check_fields(source, row, (rank,), FIELDS, required=tuple(FIELDS))
        _check_levels(source, row.get("expected"), (rank, "expected"))
        _check_skills(source, row.get("skills"), (rank, "skills"), str(row.get("letter")))
    return found


def _check_levels(source: Source, levels: Any, path: tuple[str | int, ...]) -> None:
    for public in Public.values:
        level = levels.get(public) if isinstance(levels, dict) else None
        if level not in Level.values:
            source.complain(path, _("« %s » attend un niveau de 1 à 4.") % public)


def _check_skills(source: Source, skills: Any, path: tuple[str | int, ...], letter: str) -> None:
    for code in skills if isinstance(skills, dict) else ():
        check_choice(source, code, (*path, code), [f"{letter}{rank}" for rank in range(1, 10)])


def check_goals(source: Source, value: Any, path: tuple[str | int, ...]) -> None:
    """Complain of what a list holds that is not a competency and its level."""
    for rank, each in enumerate(value if isinstance(value, list) else ()):
        if isinstance(each, str) and not GOAL.match(each):
            source.complain(
                (*path, rank), _("« %s » : écrivez la compétence et son niveau, A1-2.") % each
            )
