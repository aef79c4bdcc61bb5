"""Reading the ministry's list of municipalities: bytes in, facts out. No database, no clock.

The file is the open data set « Répertoire des municipalités du Québec » (MAMH, CC BY 4.0). It is
read by column names, for its columns have changed before. Names of persons are never kept: the
columns of the council only tell how many seats are filled and how many are vacant.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from atn_platform.core.exceptions import ActionError
from atn_platform.core.french import NBSP, of_place

REQUIRED = ("mcode", "munnom", "mcodedesi", "regadm", "mpopul")
ATTRIBUTION = "MAMH, Répertoire des municipalités du Québec (CC BY 4.0)"
REGIONS = {
    "01": "Bas-Saint-Laurent",
    "02": "Saguenay–Lac-Saint-Jean",
    "03": "Capitale-Nationale",
    "04": "Mauricie",
    "05": "Estrie",
    "06": "Montréal",
    "07": "Outaouais",
    "08": "Abitibi-Témiscamingue",
    "09": "Côte-Nord",
    "10": "Nord-du-Québec",
    "11": "Gaspésie–Îles-de-la-Madeleine",
    "12": "Chaudière-Appalaches",
    "13": "Laval",
    "14": "Lanaudière",
    "15": "Laurentides",
    "16": "Montérégie",
    "17": "Centre-du-Québec",
}
# Official status by designation in scope; reserves, unorganized territories and the like are not.
STATUS = {
    "01": "Municipalité du canton",
    "02": "Municipalité des cantons unis",
    "04": "Municipalité de la paroisse",
    "05": "Municipalité",
    "06": "Municipalité du village",
    "07": "Village cri",
    "08": "Village naskapi",
    "09": "Village nordique",
    "10": "Ville",
    "40": "Gouvernement régional",
}
# Cree and Naskapi villages count their people on the category IA or IA-N land of the same name.
VILLAGES_ON_LANDS = ("07", "08")
LANDS = ("21", "22")
# Loi sur le temps légal, RLRQ c. T-5.1; the second zone knows no summer time.
ZONES_BY_CODE = {"01023": "America/Halifax", "01042": "America/Halifax"}
ZONES_BY_MRC = {"982": "America/Blanc-Sablon"}
EASTERN = "America/Toronto"
NAME_LENGTH = 120
ERRORS_SHOWN = 20


class RegistryError(ActionError):
    """The file cannot be trusted. One French sentence a line, with line numbers."""


@dataclass(frozen=True, slots=True)
class MrcFacts:
    code: str
    name: str
    official_name: str
    region: str


@dataclass(frozen=True, slots=True)
class MunicipalityFacts:
    """What the platform keeps of one row. None: the file has no such column."""

    code: str
    name: str
    official_name: str
    designation: str
    region: str
    mrc: str
    population: int
    time_zone: str
    seats_filled: int | None
    seats_vacant: int | None
    official_email: str | None
    website: str | None
    next_election: date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole file, checked. `ignored` counts its rows out of scope, by designation."""

    municipalities: tuple[MunicipalityFacts, ...]
    mrcs: tuple[MrcFacts, ...]
    regions: dict[str, str]
    ignored: dict[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class RowError(Exception):
    """What is wrong with one row; the caller adds its line."""


def parse(content: bytes) -> Snapshot:
    """Read a whole file, or raise RegistryError: half a list is worse than none."""
    rows = list(_rows(_text(content)))
    errors = _duplicates(rows)
    lands, kept = _split(rows, errors)
    municipalities = list(_read(kept, lands, errors))
    if errors:
        shown = errors[:ERRORS_SHOWN]
        if hidden := len(errors) - len(shown):
            shown.append(f"… et {hidden} autres lignes fautives.")
        raise RegistryError("\n".join(shown))
    if not municipalities:
        raise RegistryError("Le fichier ne contient aucune municipalité.")
    used = {facts.region for facts in municipalities}
    return Snapshot(
        municipalities=tuple(municipalities),
        mrcs=tuple(_mrcs(kept)),
        regions={code: name for code, name in REGIONS.items() if code in used},
        ignored=dict(Counter(row["mcodedesi"] for row in rows if row["mcodedesi"] not in STATUS)),
    )


def display_name(name: str) -> str:
    """The registry's spelling made right: en dash, typographic apostrophe, œ, single spaces."""
    name = " ".join(name.split()).replace("--", "–").replace("'", "’")
    name = re.sub(r"([Cc])oeur", r"\1œur", name)
    return name.replace("Beloeil", "Belœil")


def official_name(designation: str, name: str) -> str:
    """« Ville d’Amos », « Municipalité de la paroisse de Saint-Elzéar »."""
    return f"{STATUS[designation]} {of_place(name)}"


def mrc_names(name: str) -> tuple[str, str]:
    """Short and official names from the registry's « Le Granit »: « MRC du Granit », …"""
    name = display_name(name)
    place = f"des {name[4:]}" if name.startswith("Des ") else of_place(name)
    return f"MRC {place}", f"Municipalité régionale de comté {place}"


def _text(content: bytes) -> str:
    try:
        # Not "utf-8-sig": the place it gives in an error does not count the BOM.
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RegistryError(f"Ligne {line}{NBSP}: le fichier n’est pas en UTF-8.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise RegistryError(f"Ligne {line}{NBSP}: le fichier contient un octet nul.")
    return text


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns)
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(columns):
                raise RegistryError(
                    f"Ligne {line}{NBSP}: {len(cells)} valeurs au lieu de {len(columns)}. "
                    "Le fichier est tronqué ou mal formé."
                )
            if cells:
                values = (" ".join(cell.split()) for cell in cells)
                yield Row(line, dict(zip(columns, values, strict=True)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RegistryError(f"Ligne {line}{NBSP}: le fichier est tronqué ou mal formé.") from error


def _check_columns(columns: list[str]) -> None:
    if not any(columns):
        raise RegistryError("Le fichier est vide.")
    if missing := [name for name in REQUIRED if name not in columns]:
        names = ", ".join(f"«{NBSP}{name}{NBSP}»" for name in missing)
        raise RegistryError(f"Ligne 1{NBSP}: il manque au fichier la ou les colonnes {names}.")
    if twice := [name for name, times in Counter(columns).items() if name and times > 1]:
        raise RegistryError(f"Ligne 1{NBSP}: la colonne «{NBSP}{twice[0]}{NBSP}» est répétée.")


def _duplicates(rows: list[Row]) -> list[str]:
    first: dict[str, int] = {}
    errors = []
    for row in rows:
        code = row["mcode"]
        if code and first.setdefault(code, row.line) != row.line:
            errors.append(
                f"Ligne {row.line}{NBSP}: le code {code} est déjà à la ligne {first[code]}."
            )
    return errors


def _split(rows: list[Row], errors: list[str]) -> tuple[dict[str, int], list[Row]]:
    """Population of the lands by name, and the rows of municipalities."""
    lands: dict[str, int] = {}
    kept = []
    for row in rows:
        if row["mcodedesi"] in STATUS:
            kept.append(row)
        elif row["mcodedesi"] in LANDS:
            try:
                lands[row["munnom"]] = _population(row)
            except RowError as error:
                errors.append(f"Ligne {row.line}{NBSP}: {error}")
        elif not row["mcodedesi"]:
            errors.append(f"Ligne {row.line}{NBSP}: la désignation (mcodedesi) est vide.")
    return lands, kept


def _read(
    rows: list[Row], lands: dict[str, int], errors: list[str]
) -> Iterator[MunicipalityFacts]:
    for row in rows:
        try:
            yield _municipality(row, lands)
        except RowError as error:
            errors.append(f"Ligne {row.line}{NBSP}: {error}")


def _municipality(row: Row, lands: dict[str, int]) -> MunicipalityFacts:
    code, designation = row["mcode"], row["mcodedesi"]
    if not re.fullmatch(r"[0-9]{5}", code):
        raise RowError(f"le code «{NBSP}{code}{NBSP}» n’a pas cinq chiffres.")
    if not row["munnom"] or len(row["munnom"]) > NAME_LENGTH:
        raise RowError(f"le nom de la municipalité {code} est vide ou trop long.")
    name = display_name(row["munnom"])
    mrc = _mrc_code(row)
    filled, vacant = _seats(row)
    people = _population(row)
    if designation in VILLAGES_ON_LANDS:
        people += lands.get(row["munnom"], 0)
    return MunicipalityFacts(
        code=code,
        name=name,
        official_name=official_name(designation, name),
        designation=designation,
        region=_region(row),
        mrc=mrc,
        population=people,
        time_zone=ZONES_BY_CODE.get(code) or ZONES_BY_MRC.get(mrc, EASTERN),
        seats_filled=filled,
        seats_vacant=vacant,
        official_email=_email(row),
        website=row["mweb"][:200] if "mweb" in row.cells else None,
        next_election=_day(row["datelec"]),
    )


def _region(row: Row) -> str:
    found = re.search(r"\(([0-9]{2})\)$", row["regadm"])
    if found is None or found[1] not in REGIONS:
        raise RowError(f"région inconnue «{NBSP}{row['regadm']}{NBSP}».")
    return found[1]


def _mrc_code(row: Row) -> str:
    if not row["mrc"]:
        return ""
    found = re.fullmatch(r"MRC .+ \(([0-9]{3})\)", row["mrc"])
    if found is None:
        raise RowError(f"MRC illisible «{NBSP}{row['mrc']}{NBSP}».")
    return found[1]


def _population(row: Row) -> int:
    digits = row["mpopul"].replace(" ", "")
    if not digits and row["mcodedesi"] in VILLAGES_ON_LANDS:
        return 0  # seen in 2025: the people are counted on the land alone
    if not re.fullmatch(r"[0-9]{1,8}", digits):
        raise RowError(f"la population «{NBSP}{row['mpopul']}{NBSP}» n’est pas un nombre.")
    return int(digits)


def _seats(row: Row) -> tuple[int | None, int | None]:
    """Filled and vacant seats; the names themselves are dropped here."""
    seats = [
        value.casefold() == "poste vacant"
        for column, value in row.cells.items()
        if value and re.fullmatch(r"maire|con[0-9]+", column)
    ]
    if "maire" not in row.cells:
        return None, None
    return seats.count(False), seats.count(True)


def _day(text: str) -> date | None:
    """The day, when the file gives one that can be read: nothing of ours depends on it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _email(row: Row) -> str | None:
    if "mcourriel" not in row.cells:
        return None
    address = row["mcourriel"].lower()
    return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else ""


def _mrcs(rows: list[Row]) -> Iterator[MrcFacts]:
    """Each MRC once, in order of codes, with the region of its first municipality."""
    first: dict[str, Row] = {}
    for row in rows:
        if code := _mrc_code(row):
            first.setdefault(code, row)
    for code, row in sorted(first.items()):
        bare = row["mrc"].removeprefix("MRC ").rpartition(" (")[0]
        yield MrcFacts(code, *mrc_names(bare), region=_region(row))
