"""A scenario of departure as a file: read and checked, without the database."""

import re
from typing import Any

from django.utils.translation import gettext as _

from courses.yaml_source import Source, check_choice, check_fields, check_key
from municipalities.enums import Public

SKILL = re.compile(r"^[A-Z][1-9]$")
UNIT = re.compile(r"^[A-Z]{2,6}-\d{1,4}(/[\w-]+)?$")
FIELDS = {"public": str, "title": str, "intro": str, "situations": list}
SITUATION = {"key": str, "skill": str, "unit": str, "text": str, "choices": list}
FEWEST, MOST, FEWEST_CHOICES, HIGHEST = 3, 12, 2, 4


def read_positioning(source: Source, text: str) -> dict[str, Any]:
    """The scenario of a file; what is wrong stands in `source.problems`."""
    read = source.load(text)
    if not isinstance(read, dict):
        if not source.problems:
            source.complain((), _("le fichier est vide."))
        return {}
    check_fields(source, read, (), FIELDS, required=tuple(FIELDS))
    check_choice(source, read.get("public"), ("public",), Public.values)
    situations = read.get("situations")
    found = situations if isinstance(situations, list) else []
    if not FEWEST <= len(found) <= MOST:
        source.complain(
            ("situations",),
            _("de %(fewest)d à %(most)d situations.") % {"fewest": FEWEST, "most": MOST},
        )
    seen: set[str] = set()
    for rank, each in enumerate(found):
        _check_situation(source, each, ("situations", rank), seen)
    return read


def _check_situation(
    source: Source, each: Any, path: tuple[str | int, ...], seen: set[str]
) -> None:
    if not isinstance(each, dict):
        source.complain(path, _("une situation a %s.") % ", ".join(SITUATION))
        return
    check_fields(source, each, path, SITUATION, required=tuple(SITUATION))
    check_key(source, each.get("key"), (*path, "key"), seen)
    if not SKILL.match(str(each.get("skill"))):
        source.complain((*path, "skill"), _("écrivez le code d’une compétence : A1."))
    if not UNIT.match(str(each.get("unit"))):
        source.complain((*path, "unit"), _("écrivez un cours, ou un cours et un module : %s.")
                        % "CYB-101/mes-cles")  # fmt: skip
    choices = each.get("choices")
    if not isinstance(choices, list) or len(choices) < FEWEST_CHOICES:
        source.complain((*path, "choices"), _("deux choix au moins."))
        return
    for place, choice in enumerate(choices):
        here = (*path, "choices", place)
        if not isinstance(choice, dict):
            source.complain(here, _("un choix a « text » et « level »."))
            continue
        types = {"text": str, "level": int}
        check_fields(source, choice, here, types, required=tuple(types))
        if choice.get("level") not in range(HIGHEST + 1):
            source.complain(here, _("un niveau va de 0 à 4."))
