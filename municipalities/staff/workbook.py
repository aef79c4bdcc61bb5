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
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
UNREADABLE = (BadZipFile, DefusedXmlException, ElementTree.ParseError)


class WorkbookRefused(ValueError):
    """The message says why, in French."""


@dataclass(frozen=True, slots=True)
class Page:
    """One visible sheet: (number, cells, flaws by column) for each row, and notes on the whole."""

    rows: list[tuple[int, tuple[str, ...], dict[int, str]]]
    notes: list[str]


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
    """One kind of space, composed letters (NFC), nothing at the ends, no invisible mark."""
    text = unicodedata.normalize("NFC", text).replace("\ufeff", "").replace("\u200b", "")
    return " ".join(text.split())


def _refuse_dangerous(packed: ZipFile) -> None:
    names = packed.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused(_("Ce classeur contient des macros : enregistrez-le en .xlsx."))
    if "xl/workbook.xml" not in names:
        raise WorkbookRefused(_("Cette archive n’est pas un classeur Excel (.xlsx)."))
    if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED:
        raise WorkbookRefused(_("Ce classeur est beaucoup trop grand une fois ouvert."))


def _paths(packed: ZipFile) -> list[tuple[str, str]]:
    """(name, file in the archive) of each sheet, hidden ones left out."""
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")).lstrip("/") for link in links}
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
    hidden, merged = _hidden_and_merged(packed, path)
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise WorkbookRefused(_("Plus de 200 000 lignes : partagez la liste."))
        flaws = {place: words for place, cell in enumerate(cells) if (words := _flaw(cell))}
        texts = tuple(_text(cell.value) for cell in cells)
        flaws |= _covered(number, texts, merged)
        rows.append((number, texts, flaws))
    return Page(rows, list(_notes(hidden, merged)))


def _hidden_and_merged(packed: ZipFile, path: str) -> tuple[int, list[tuple[int, int, int, int]]]:
    """How many rows hide, and the ranges of merged cells: (left, top, right, bottom), from 1."""
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 -- as above

    hidden, merged = 0, []
    with packed.open(path) as stream:
        for __, node in ElementTree.iterparse(stream):
            if node.tag == f"{MAIN}row":
                hidden += node.get("hidden") in ("1", "true")
                node.clear()
            elif node.tag == f"{MAIN}mergeCell":
                merged.append(range_boundaries(node.get("ref")))
    return hidden, merged


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


def _notes(hidden: int, merged: list[Any]) -> Iterator[str]:
    if hidden:
        yield _("Lignes masquées dans Excel, lues comme les autres : %d.") % hidden
    if merged:
        yield _("Cellules fusionnées : %d.") % len(merged)


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
