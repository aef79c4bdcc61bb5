"""From lines of cells to persons, each with what could not be understood of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from atn_platform.core import boxes, french
from municipalities.enums import Public
from municipalities.staff.columns import LABELS, Columns
from municipalities.staff.files import Line, Sheet

# What lists write in the column « Public », without accents.
PUBLICS = {
    Public.ELECTED: (
        "elu|elue|elus|elues|elu(e)|elu(e)s|elu·e|elu·es|elue ou elu|elues et elus|elus et elues"
        "|personne elue|conseil|conseiller|conseillere|maire|mairesse|elected|elected official"
    ),
    Public.MANAGER: (
        "gestionnaire|gestionnaires|cadre|cadres|direction|directeur|directrice|manager|managers"
    ),
    Public.STAFF: (
        "personnel|personnel municipal|membre du personnel|employe|employee|employe(e)|employes"
        "|employees|employe(e)s|employe·e|employe·es|employe municipal|employee municipale"
        "|employes municipaux|staff|col bleu|col blanc|salarie|salariee"
    ),
}
PUBLIC_OF = {word: public for public, words in PUBLICS.items() for word in words.split("|")}
# Folded functions that only elected people have: « conseillère en communication » is not one.
ELECTED = re.compile(
    r"(maire|mairesse|prefet|prefete)\b.*"
    r"|conseill(er|ere)( municipale?)?(\W+(siege|poste|district|quartier)\b.*)?"
)
FAMILY_FIRST = re.compile(r"nom\b.*\bprenom")
NAMED_ADDRESS = re.compile(r"[^<>@]*<([^<>]+)>")
LENGTHS = {"first_name": 100, "last_name": 100, "function": 120, "email": 254}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in a cell: `column` is the label of the field, or "" for the whole line."""

    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.column} : {self.message}." if self.column else f"{self.message}."


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as a line says it. Blank when unsaid; `flaws` keep the line out."""

    number: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    # A box of several people, kept apart: it is nobody's own address.
    delivery: str = ""
    function: str = ""
    public: str = ""
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def name_key(self) -> str:
        """Equal for the same name with or without accents, composed or not."""
        return french.sort_key(f"{self.last_name} {self.first_name}")


def entries(sheet: Sheet, columns: Columns, place: frozenset[str]) -> list[Entry]:
    """A person for each line after the header; `place` holds the ways to name the town."""
    after = (line for line in sheet.lines if line.number > columns.header.number)
    return [understand(line, columns, place) for line in after]


def understand(line: Line, columns: Columns, place: frozenset[str]) -> Entry:
    """The person of one line, the cells read as `columns` says."""
    said = {
        name: line.cells[at] if at < len(line.cells) else "" for name, at in columns.places.items()
    }
    entry = Entry(number=line.number, flaws=list(_flaws(line, columns, said, place)))
    first, last = _names(said, family_first=_family_first(columns))
    public = PUBLIC_OF.get(french.fold(said.get("public", "")), "")
    if not public and ELECTED.fullmatch(french.fold(said.get("function", ""))):
        public = Public.ELECTED
    address = _address(said.get("email", ""))[: LENGTHS["email"]]
    shared = boxes.is_shared(address)
    return replace(
        entry,
        first_name=first[: LENGTHS["first_name"]],
        last_name=last[: LENGTHS["last_name"]],
        email="" if shared else address,
        delivery=address if shared else "",
        function=said.get("function", "")[: LENGTHS["function"]],
        public=public,
    )


def _flaws(
    line: Line, columns: Columns, said: dict[str, str], place: frozenset[str]
) -> Iterator[Flaw]:
    """Every reason to keep the line out, each at its column."""
    for name, at in columns.places.items():
        if at in line.flaws:
            yield Flaw(LABELS[name], line.flaws[at])
    extra = [cell for cell in line.cells[len(columns.header.cells) :] if cell]
    if extra:
        yield Flaw("", _("plus de cellules que de colonnes : un séparateur est de trop"))
    if not any(_names(said)) and not line.flaws:
        yield Flaw(LABELS["last_name"], _("le nom manque"))
    yield from _wrong_words(said, place)


def _wrong_words(said: dict[str, str], place: frozenset[str]) -> Iterator[Flaw]:
    address = _address(said.get("email", ""))
    if address and not _is_address(address):
        message = _("« %s » n’est pas une adresse courriel complète") % said["email"][:80]
        yield Flaw(LABELS["email"], message)
    public = said.get("public", "")
    if public and french.fold(public) not in PUBLIC_OF:
        message = _("« %s » : écrivez élu, gestionnaire ou personnel") % public[:60]
        yield Flaw(LABELS["public"], message)
    town = said.get("organisation", "")
    if town and not {town.upper(), french.search_key(town)} & place:
        message = _("cette ligne nomme une autre municipalité : « %s »") % town[:80]
        yield Flaw(LABELS["organisation"], message)
    for name, most in LENGTHS.items():
        if len(said.get(name, "")) > most:
            yield Flaw(LABELS[name], _("plus de %d caractères") % most)


def _family_first(columns: Columns) -> bool:
    """Whether the one column of names is called « Nom et prénom », in that order."""
    at = columns.places.get("full_name")
    return at is not None and bool(FAMILY_FIRST.match(french.fold(columns.header.cells[at])))


def _names(said: dict[str, str], *, family_first: bool = False) -> tuple[str, str]:
    """First and last name; « Nom, Prénom » and, as its column says, « Prénom Nom » or « Nom
    Prénom » when they share it.
    """
    first, last = said.get("first_name", ""), said.get("last_name", "")
    whole = said.get("full_name", "")
    if last or not whole:
        return first, last
    if "," in whole:
        last, __, first = whole.partition(",")
    else:
        first, __, last = whole.partition(" ")
        if family_first:
            first, last = last, first
    return first.strip(), last.strip()


def _address(typed: str) -> str:
    """The address of a cell, « Paul Roy <paul@…> » included; a space beside « @ » is a slip."""
    bare = NAMED_ADDRESS.sub(r"\1", typed).removeprefix("mailto:").strip(" ;,<>")
    return re.sub(r" ?([@.]) ?", r"\1", bare).lower()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
