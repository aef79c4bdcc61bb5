"""Lines pasted as people write them, without a header: « Réjean Ouellet <rejean@ville.example> »,
« Ouellet; Réjean; rejean@ville.example », « Réjean Ouellet, inspecteur, … », an address alone.
"""

import re

from django.utils.translation import gettext as _

from atn_platform.core import french
from municipalities.staff import columns, files
from municipalities.staff.columns import LABELS, Columns
from municipalities.staff.files import FileRefused, Line, Sheet

FIELDS = ("first_name", "last_name", "email", "function")
HEADER = Line(0, tuple(LABELS[name] for name in FIELDS))
ADDRESS = re.compile(r"<?\s*(?:mailto:)?([^\s<>;,]*@[^\s<>;,]*)\s*>?")
BETWEEN = re.compile(r"\s*[;,\t]\s*")
# The end of one person in the single line that a mail program gives: « …> ; » or « …ca, ».
PERSON_END = re.compile(r"(@[^\s<>;,]+>?)\s*[;,]\s*")


def find(content: bytes) -> tuple[Sheet, Columns]:
    """The columns of pasted lines, named by a header or understood from each line.

    Raises FileRefused when a header is there and lacks a column.
    """
    if b"\0" in content or not content.strip():
        raise FileRefused(_("Ces lignes ne sont pas du texte."))
    text = content.decode("utf-8")
    if _has_header(text):
        return columns.find(files.read(content))
    return read(text), columns.placed(HEADER, {name: at for at, name in enumerate(FIELDS)})


def _has_header(text: str) -> bool:
    """Whether the first line names a column, or one soon after, under a title, names two."""
    lines = [line for line in text.splitlines() if line.strip()][: columns.HEADER_WITHIN]
    named = [
        sum(columns.field_of(files.clean(cell)) is not None for cell in cells)
        for cells in map(BETWEEN.split, lines)
    ]
    return named[0] > 0 or max(named) > 1


def read(text: str) -> Sheet:
    """One person a line, the number that of the pasted line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n" not in text.strip():
        text = PERSON_END.sub(r"\1\n", text)
    lines = [
        _person(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()
    ]
    note = _(
        "Sans ligne d’en-tête, noms et fonctions sont devinés : relisez-les avant d’importer."
    )
    return Sheet([*lines], [note])


def _person(number: int, typed: str) -> Line:
    addresses = ADDRESS.findall(typed)
    address = addresses[0] if addresses else ""
    rest = BETWEEN.split(ADDRESS.sub(";", typed))
    words = [cell for each in rest if (cell := files.clean(each).strip("\"'() "))]
    first, last, function = _names(words, address)
    flaws = {}
    if len(addresses) > 1:
        flaws[2] = _("plusieurs adresses sur une ligne : une personne par ligne")
    elif first and not last:
        flaws[1] = _("prénom et nom sont tous deux nécessaires")
    return Line(number, (first, last, address, function), flaws)


def _names(words: list[str], address: str) -> tuple[str, str, str]:
    """First name, last name and function: two cells are « Nom; Prénom » unless the address or a
    name of two words says otherwise.
    """
    local = address.partition("@")[0]
    if not words:
        first, dot, last = local.partition(".")
        known = dot and first.replace("-", "").isalpha() and last.replace("-", "").isalpha()
        return (_capital(first), _capital(last), "") if known else ("", "", "")
    if len(words) > 1:
        one, other, function = words[0], words[1], ", ".join(words[2:])
        if _fits(local, other, one):
            return other, one, function
        if _fits(local, one, other):
            return one, other, function
        if " " not in one:
            return other, one, function
    first, __, last = words[0].partition(" ")
    return first, last, ", ".join(words[1:])


def _capital(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _fits(local: str, first: str, last: str) -> bool:
    """Whether the start of an address is made of this name: rouellet, rejean.ouellet, ouelletr."""
    a, b, whole = (french.sort_key(each).replace(" ", "") for each in (first, last, local))
    if not a or not b:
        return False
    return whole in (a + b, a[0] + b, b + a[0], a + b[0])
