"""Which column of a list holds what: proposed from its header, never guessed in doubt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from django.utils.translation import gettext as _

from atn_platform.core import french, wording
from municipalities.staff.files import FileRefused, Line, Sheet

# Field -> the words by which towns, payrolls, directories and Excel's English name it, as
# `words` gives them: no accent, no mark, no « s » at an end.
NAMES = {
    "first_name": "prenom|first name|firstname|given name|givenname|prenom usuel",
    "last_name": "nom|nom de famille|nom usuel|last name|lastname|surname|family name",
    "full_name": (
        "nom complet|nom au complet|prenom et nom|prenom nom|nom et prenom|nom prenom"
        "|prenom et nom de famille|nom de famille et prenom|nom de famille prenom|nom d affichage"
        "|full name|name|display name|displayname|personne|employe|employee"
    ),
    "email": (
        "courriel|adresse courriel|courriel professionnel|adresse de courriel|adresse electronique"
        "|adresse courriel professionnel|courriel municipal|courriel travail|courriel de travail"
        "|courriel du travail|courriel au travail|courrier electronique|adresse de messagerie"
        "|adresse de courrier electronique|mel|email|mail|e mail|email addres|e mail addres"
        "|work email|adresse email|adresse e mail|adresse mail|email professionnel"
    ),
    "function": (
        "fonction|titre|poste|emploi|titre d emploi|titre de l emploi|titre du poste|poste occupe"
        "|titre de fonction|titre fonction|fonction titre|fonction ou poste|fonction poste"
        "|poste fonction|intitule du poste|corp d emploi|role|job title|jobtitle|title|position"
        "|employee title"
    ),
    "public": (
        "public|public cible|type de public|categorie|categorie d emploi|categorie de personnel"
        "|groupe|group|type|category|statut"
    ),
    "organisation": (
        "municipalite|nom de la municipalite|organisation|ville|employeur|municipality"
        "|organization|code geographique"
    ),
}
# Read only where no column is named better: directories give both.
SECOND_BEST = {
    "user principal name": "email",
    "userprincipalname": "email",
    "nom d utilisateur principal": "email",
}
LABELS = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "full_name": "Nom complet",
    "email": "Courriel",
    "function": "Fonction",
    "public": "Public",
    "organisation": "Municipalité",
}
FIELD_OF = {word: name for name, words in NAMES.items() for word in words.split("|")}
# « Courriel (obligatoire) », « Last Name [Required] »; « Nom de l’employé ».
ASIDE = re.compile(r"[(\[].*?[)\]]")
WHOSE = re.compile(r" (de l |de la |du )?(employee?|personne|participante?|membre)$")
# A title and a blank line or two often stand above the header.
HEADER_WITHIN = 20
# Of shorter words, too many differ by a letter; of longer ones than this, the end is a plural.
SHORT_WORD = 4
SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the fields, from 0. `questions` wait for a person; `ignored` are left aside."""

    header: Line
    places: dict[str, int]
    questions: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    # Fields whose columns are perhaps there, one letter off.
    near: frozenset[str] = frozenset()

    @property
    def may_do(self) -> bool:
        """Whether nothing would lack if the questions were answered yes."""
        there = self.places.keys() | self.near
        return "email" in there and bool({"last_name", "full_name"} & there)

    @property
    def missing(self) -> list[str]:
        """Labels of the columns without which nobody can be told apart."""
        lacking = [] if "email" in self.places else [LABELS["email"]]
        if not {"last_name", "full_name"} & self.places.keys():
            lacking.append(LABELS["last_name"])
        return lacking


def find(sheets: Sequence[Sheet]) -> tuple[Sheet, Columns]:
    """The first sheet with a header and people under it, and its columns.

    Raises FileRefused, naming what lacks.
    """
    if not any(sheet.lines for sheet in sheets):
        raise FileRefused(_("Ce fichier est vide : il n’a que des lignes blanches."))
    found = [(sheet, columns) for sheet in sheets for columns in _headers(sheet)]
    complete = [each for each in found if not each[1].missing]
    asked = [each for each in found if each[1].questions and each[1].may_do]
    for sheet, columns in (*complete, *asked):
        if people_lines(sheet, columns):
            return sheet, columns
    if complete or asked:
        raise FileRefused(
            _("Cette liste n’a que la ligne qui nomme ses colonnes : personne n’y figure.")
        )
    best = max(found, key=lambda each: len(each[1].places), default=None)
    missing = best[1].missing if best else [LABELS["email"], LABELS["last_name"]]
    raise FileRefused(
        _(
            "Il manque la colonne %s. La première ligne nomme les colonnes : "
            "Prénom, Nom, Courriel, Fonction, Public."
        )
        % wording.quoted(_(" et ").join(missing))
    )


def placed(header: Line, places: dict[str, int]) -> Columns:
    """The columns that a person chose."""
    ignored = [
        cell for place, cell in enumerate(header.cells) if cell and place not in places.values()
    ]
    return Columns(header, places, [], ignored)


def readable(header: Sequence[str]) -> set[int]:
    """Places of the columns that are named, or nearly, after something that we read."""
    return {
        at for at, cell in enumerate(header)
        if field_of(cell) or words(cell) in SECOND_BEST or _near(words(cell))
    }  # fmt: skip


def proposed(header: Sequence[str]) -> dict[str, int]:
    """Places of the columns that are nearly named after a field, for a person to say yes."""
    near = ((_near(words(cell)), at) for at, cell in enumerate(header) if not field_of(cell))
    return {FIELD_OF[word]: at for word, at in near if word}


def people_lines(sheet: Sheet, columns: Columns) -> list[Line]:
    """The lines under the header, but for those that say it again, as printed pages do."""
    header, places = columns.header, sorted(columns.places.values())
    titles = [header.cells[at] for at in places]
    return [
        line for line in sheet.lines
        if line.number > header.number
        and [line.cells[at] for at in places if at < len(line.cells)] != titles
    ]  # fmt: skip


def words(cell: str) -> str:
    """The words of a title, folded, in the singular."""
    found = re.findall(r"[^\W_]+", french.fold(cell))
    return " ".join(
        word[:-1] if word.endswith("s") and len(word) >= SHORTEST_PLURAL else word
        for word in found
    )


def field_of(cell: str) -> str | None:
    """What a column of that title holds; None when it is not sure."""
    said, bare = words(cell), words(ASIDE.sub(" ", cell))
    tries = (said, bare, WHOSE.sub("", said))
    return next((FIELD_OF[each] for each in tries if each in FIELD_OF), None)


def _headers(sheet: Sheet) -> Iterator[Columns]:
    """Lines that name columns, then pairs of lines that do together."""
    lines = sheet.lines[:HEADER_WITHIN]
    joined = (_joined(*pair) for pair in pairwise(lines))
    for line in (*lines, *filter(None, joined)):
        columns = _understood(line)
        if columns.places or columns.questions:
            yield columns


def _joined(above: Line, below: Line) -> Line | None:
    """A header of merged cells: groups above, names below, or names above blanks.

    None when something stands below a name: that is somebody's line.
    """
    cells = list(zip_longest(above.cells, below.cells, fillvalue=""))
    if below.number != above.number + 1 or any(field_of(over) and under for over, under in cells):
        return None
    return Line(below.number, tuple(under or over for over, under in cells))


def _understood(line: Line) -> Columns:
    places: dict[str, int] = {}
    questions, ignored, nearly = [], [], set()
    named = [field_of(cell) for cell in line.cells]
    for place, cell in enumerate(line.cells):
        name = named[place]
        if name is None and (second := SECOND_BEST.get(words(cell))) not in named:
            name = second
        if name is None:
            near = _near(words(cell))
            if near and cell:
                nearly.add(FIELD_OF[near])
                label = LABELS[FIELD_OF[near]]
                questions.append(
                    _("La colonne « %(cell)s » est-elle « %(label)s »?")
                    % {"cell": cell, "label": label}
                )
            elif cell:
                ignored.append(cell)
        elif name in places:
            questions.append(
                _("Deux colonnes disent « %s » : laquelle faut-il lire?") % LABELS[name]
            )
        else:
            places[name] = place
    return Columns(line, places, questions, ignored, frozenset(nearly))


def _near(word: str) -> str:
    """The known word that differs from this one by a single letter; none for short words."""
    if len(word) <= SHORT_WORD:
        return ""
    long = (known for known in FIELD_OF if len(known) > SHORT_WORD)
    return next((known for known in long if _one_off(word, known)), "")


def _one_off(one: str, other: str) -> bool:
    """Whether a letter added, taken away, changed, or two swapped, makes one of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), None
    )
    if start is None:
        return len(one) != len(other)
    rest, end = one[start:], other[start:]
    return (
        rest[1:] == end[1:]
        or rest[1:] == end
        or rest == end[1:]
        or (rest[:2] == end[:2][::-1] and rest[2:] == end[2:])
    )
