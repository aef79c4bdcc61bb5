"""From lines of cells to persons, each with what could not be understood of it."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from atn_platform.core import boxes, french
from atn_platform.core.names import plain_name
from municipalities.enums import Public
from municipalities.staff.columns import LABELS, Columns, people_lines
from municipalities.staff.files import Line, Sheet
from municipalities.staff.publics import is_elected, public_of

FAMILY_FIRST = re.compile(r"nom\b.*\bprenom")
# As mail programs write it: « Paul Roy <paul@…> », « Paul Roy (paul@…) », « [paul@…] ».
NAMED_ADDRESS = re.compile(r"[^<>()\[\]@]*[<(\[]([^<>()\[\]]+)[>)\]][^@]*")
# What lists say of whoever has no address, letters and digits alone.
NO_ADDRESS = frozenset(
    {"", "aucun", "aucune", "aucuncourriel", "na", "nd", "neant", "none", "pasdecourriel",
     "sanscourriel", "so"}
)  # fmt: skip
# A family name written as « ROY » or « ST-ONGE »; « J.-P. » is a first name.
CAPITALS = re.compile(r"[^\W\d_a-zß-öø-ÿ]{2}[^a-zß-öø-ÿ]*")
CODE_LENGTH = 5
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
    return [understand(line, columns, place) for line in people_lines(sheet, columns)]


def understand(line: Line, columns: Columns, place: frozenset[str]) -> Entry:
    """The person of one line, the cells read as `columns` says."""
    said = {
        name: line.cells[at] if at < len(line.cells) else "" for name, at in columns.places.items()
    }
    names = _names(said, family_first=_family_first(columns))
    public = public_of(said.get("public", ""))
    if not public and is_elected(said.get("function", "")):
        public = Public.ELECTED
    address = _address(said.get("email", ""))[: LENGTHS["email"]]
    shared = boxes.is_shared(address)
    return Entry(
        number=line.number,
        # As they are kept: a list handed in again must find nothing to change.
        first_name=plain_name(names["first_name"])[: LENGTHS["first_name"]],
        last_name=plain_name(names["last_name"])[: LENGTHS["last_name"]],
        email="" if shared else address,
        delivery=address if shared else "",
        function=said.get("function", "")[: LENGTHS["function"]],
        public=public,
        flaws=list(_flaws(line, columns, said, names, place)),
    )


def _flaws(
    line: Line, columns: Columns, said: dict[str, str], names: dict[str, str],
    place: frozenset[str],
) -> Iterator[Flaw]:  # fmt: skip
    """Every reason to keep the line out, each at its column, and one for a column."""
    unread = {name: line.flaws[at] for name, at in columns.places.items() if at in line.flaws}
    for name, words in unread.items():
        yield Flaw(LABELS[name], words)
    extra = [cell for cell in line.cells[len(columns.header.cells) :] if cell]
    if extra:
        yield Flaw("", _("plus de cellules que de colonnes : un séparateur est de trop"))
    if "full_name" not in unread:
        is_needed = bool({"first_name", "full_name"} & said.keys())
        yield from _wrong_names(names, needs_first=is_needed, unread=unread)
    yield from (each for each in _wrong_words(said, place) if each.column not in _labels(unread))


def _labels(names: Iterable[str]) -> set[str]:
    return {LABELS[name] for name in names}


def _wrong_names(
    names: dict[str, str], *, needs_first: bool, unread: Container[str]
) -> Iterator[Flaw]:
    """Cards and attestations bear both names: a heading within the list has but one."""
    needed = {"last_name", "first_name"} if needs_first and names["last_name"] else {"last_name"}
    for name, words in names.items():
        if name in unread:
            continue
        if "@" in words:
            yield Flaw(LABELS[name], _("une adresse courriel, pas un nom"))
        elif len(words) > LENGTHS[name]:
            yield Flaw(LABELS[name], _("plus de %d caractères") % LENGTHS[name])
        elif not words and name in needed:
            lacks = _("le nom manque") if name == "last_name" else _("le prénom manque")
            yield Flaw(LABELS[name], lacks)


def _wrong_words(said: dict[str, str], place: frozenset[str]) -> Iterator[Flaw]:
    address = _address(said.get("email", ""))
    if address and not _is_address(address):
        message = _("« %s » n’est pas une adresse courriel complète") % said["email"][:80]
        yield Flaw(LABELS["email"], message)
    public = said.get("public", "")
    if public and not public_of(public):
        message = _("« %s » : écrivez élu, gestionnaire ou personnel") % public[:60]
        yield Flaw(LABELS["public"], message)
    town = said.get("organisation", "")
    # A spreadsheet takes the first zero of a code away.
    code = town.zfill(CODE_LENGTH) if town.isdigit() else town.upper()
    if town and not {code, french.search_key(town)} & place:
        message = _("cette ligne nomme une autre municipalité : « %s »") % town[:80]
        yield Flaw(LABELS["organisation"], message)
    if len(said.get("function", "")) > LENGTHS["function"]:
        yield Flaw(LABELS["function"], _("plus de %d caractères") % LENGTHS["function"])


def _family_first(columns: Columns) -> bool:
    """Whether the one column of names is called « Nom et prénom », in that order."""
    at = columns.places.get("full_name")
    return at is not None and bool(FAMILY_FIRST.match(french.fold(columns.header.cells[at])))


def _names(said: dict[str, str], *, family_first: bool) -> dict[str, str]:
    """First and last name, which may share the one column of names."""
    first, last = said.get("first_name", ""), said.get("last_name", "")
    whole = said.get("full_name", "")
    if not first and ("," in last or not (whole or "first_name" in said)):
        whole, last = last, ""
    if whole and not last:
        first, last = _parted(whole, family_first=family_first)
    return {"first_name": first, "last_name": last}


def _parted(whole: str, *, family_first: bool) -> tuple[str, str]:
    """« Nom, Prénom », « NOM Prénom » and, as the title says, « Prénom Nom » or « Nom Prénom »."""
    if "," in whole:
        last, __, first = whole.partition(",")
        return first.strip(), last.strip()
    words = whole.split()
    capitals = sum(1 for __ in takewhile(CAPITALS.fullmatch, words))
    if len(words) == 1:
        return "", whole
    if 0 < capitals < len(words):
        return " ".join(words[capitals:]), " ".join(words[:capitals])
    return (" ".join(words[1:]), words[0]) if family_first else (words[0], " ".join(words[1:]))


def _address(typed: str) -> str:
    """The address of a cell, « Paul Roy <paul@…> » included; a space beside « @ » is a slip."""
    bare = re.sub(r"mailto:\s*", "", typed, flags=re.IGNORECASE)
    named = NAMED_ADDRESS.fullmatch(bare)
    bare = (named[1] if named else bare).strip(" ;,.<>()[]'\"")
    if "@" not in bare and re.sub(r"[\W_]+", "", french.fold(bare)) in NO_ADDRESS:
        return ""
    return re.sub(r" ?([@.]) ?", r"\1", bare).lower()


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LENGTHS["email"]
