"""Excel workbooks (.xlsx), read a row at a time: values only, and what hides among them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

# Unpacked; a workbook of 100,000 people takes some 60 MB.
LARGEST_UNPACKED = 300_000_000
MOST_ROWS = 200_000
# Of one sheet, formatted blanks included: ten columns of as many rows.
MOST_CELLS = 2_000_000
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL = f"{MAIN}c"
UNREADABLE = (BadZipFile, DefusedXmlException, ElementTree.ParseError)
# The menu « Classeur Open XML strict » of Excel, whose names are others.
STRICT = b"http://purl.oclc.org/ooxml/"
# Controls, soft hyphens, marks of width and of direction: pasted along, and never seen. Those
# above U+0080 stay: they tell letters that were read by a wrong table.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff]"
)
# A header stands among the first lines; a remark beside the table must not make it too short.
WIDENED = 20


class WorkbookRefused(ValueError):
    """The message says why, in French."""


@dataclass(frozen=True, slots=True)
class Page:
    """One visible sheet: (number, cells, flaws by column) for each row, and notes on the whole."""

    rows: list[tuple[int, tuple[str, ...], dict[int, str]]]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Marks:
    """What a sheet hides, and its merged cells: (left, top, right, bottom), from 1."""

    hidden_rows: int
    hidden_columns: list[range]
    merged: list[tuple[int, int, int, int]]


def read(content: bytes) -> list[Page]:
    """Every sheet of a workbook, in its order. Raises WorkbookRefused."""
    from openpyxl import load_workbook  # noqa: PLC0415 -- 18 MiB that most processes never need

    try:
        with ZipFile(BytesIO(content)) as packed:
            _refuse_dangerous(packed)
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        try:
            with ZipFile(BytesIO(content)) as packed:
                paths = _paths(packed)
                return [_page(book[name], packed, path) for name, path in paths if name in book]
        finally:
            book.close()
    except (*UNREADABLE, KeyError, ValueError, OSError) as error:
        if isinstance(error, WorkbookRefused):
            raise
        raise WorkbookRefused(_("Ce classeur est abîmé : il ne s’ouvre pas.")) from None


def plain(text: str) -> str:
    """One kind of space, composed letters (NFC), nothing at the ends, nothing invisible."""
    return " ".join(UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def _refuse_dangerous(packed: ZipFile) -> None:
    names = packed.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused(_("Ce classeur contient des macros : enregistrez-le en .xlsx."))
    if "xl/workbook.xml" not in names:
        raise WorkbookRefused(_other_kind(packed, names))
    if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED:
        raise WorkbookRefused(_("Ce classeur est beaucoup trop grand une fois ouvert."))
    if STRICT in packed.read("xl/workbook.xml"):
        raise WorkbookRefused(
            _(
                "Ce classeur est un « Classeur Open XML strict » : "
                "enregistrez-le en « Classeur Excel (.xlsx) »."
            )
        )


def _other_kind(packed: ZipFile, names: list[str]) -> str:
    """What an archive that is no workbook is, and what to do of it."""
    if "xl/workbook.bin" in names:
        return _("Ce classeur est d’un format binaire (.xlsb) : enregistrez-le en .xlsx.")
    if "mimetype" in names and packed.read("mimetype").endswith(b"opendocument.spreadsheet"):
        return _("Ce fichier vient de LibreOffice (.ods) : enregistrez-le en .xlsx.")
    return _("Cette archive n’est pas un classeur Excel (.xlsx).")


def _paths(packed: ZipFile) -> list[tuple[str, str]]:
    """(name, file in the archive) of each sheet of cells, hidden ones and charts left out."""
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {
        link.get("Id"): str(link.get("Target")).lstrip("/")
        for link in links
        if str(link.get("Type")).endswith("/worksheet")
    }
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    reference = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    found = []
    for sheet in book.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(reference), "")
        path = target if target.startswith("xl/") else f"xl/{target}"
        if sheet.get("state", "visible") == "visible" and path in packed.namelist():
            found.append((str(sheet.get("name")), path))
    return found


def _page(sheet: Any, packed: ZipFile, path: str) -> Page:
    marks = _marks(packed, path)
    # The size that the file declares is wrong in what some payrolls write.
    sheet.reset_dimensions()
    rows: list[tuple[int, tuple[str, ...], dict[int, str]]] = []
    filled: set[int] = set()
    read = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if not cells:
            continue
        read += len(cells)
        _refuse_too_many(read)
        flaws = {place: words for place, cell in enumerate(cells) if (words := _flaw(cell))}
        texts = tuple(_text(cell.value) for cell in cells)
        flaws |= _covered(number, texts, marks.merged)
        if not flaws and not any(texts):
            continue
        if len(rows) == MOST_ROWS:
            raise WorkbookRefused(_("Plus de 200 000 lignes : partagez la liste."))
        rows.append((number, texts, flaws))
        filled.update(place for place, words in enumerate(texts) if words)
    width = max(filled, default=-1) + 1
    rows[:WIDENED] = [(at, _wide(texts, width), flaws) for at, texts, flaws in rows[:WIDENED]]
    return Page(rows, list(_notes(marks, filled)))


def _refuse_too_many(cells: int) -> None:
    if cells > MOST_CELLS:
        raise WorkbookRefused(
            _("Trop de cellules : gardez les colonnes de la liste, et effacez les autres.")
        )


def _wide(texts: tuple[str, ...], width: int) -> tuple[str, ...]:
    return texts + ("",) * (width - len(texts))


def _marks(packed: ZipFile, path: str) -> Marks:
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 -- as above

    hidden_rows, hidden_columns, merged, cells = 0, [], [], 0
    with packed.open(path) as stream:
        for __, node in ElementTree.iterparse(stream):
            hides = node.get("hidden") in ("1", "true")
            cells += node.tag == CELL
            if node.tag == f"{MAIN}row":
                _refuse_too_many(cells)
                hidden_rows += hides
                node.clear()
            elif node.tag == f"{MAIN}col" and hides:
                hidden_columns.append(range(int(node.get("min")) - 1, int(node.get("max"))))
            elif node.tag == f"{MAIN}mergeCell":
                merged.append(range_boundaries(node.get("ref")))
    return Marks(hidden_rows, hidden_columns, merged)


def _covered(
    number: int, texts: tuple[str, ...], merged: list[tuple[int, int, int, int]]
) -> dict[int, str]:
    """Blanks that a merged cell covers from above: whose value they are, nobody knows."""
    words = _("une cellule fusionnée avec celle d’en haut : répétez-en la valeur")
    return {
        place - 1: words
        for left, top, right, bottom in merged
        if top < number <= bottom
        for place in range(left, right + 1)
        if place <= len(texts) and not texts[place - 1]
    }


def _notes(marks: Marks, filled: set[int]) -> Iterator[str]:
    if marks.hidden_rows:
        yield _("Lignes masquées dans Excel, lues comme les autres : %d.") % marks.hidden_rows
    columns = sum(any(place in each for each in marks.hidden_columns) for place in filled)
    if columns:
        yield _("Colonnes masquées dans Excel, lues comme les autres : %d.") % columns
    if marks.merged:
        yield _("Cellules fusionnées : %d.") % len(marks.merged)


def _flaw(cell: Any) -> str:
    if cell.data_type == "f":
        return _("une formule : remplacez-la par sa valeur")
    if cell.data_type == "e":
        return _("une erreur de calcul (%s)") % str(cell.value)
    return ""


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return plain(re.sub(r"_x000[dD]_", " ", str(value)))
