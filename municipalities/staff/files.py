"""From the bytes of a list, as Excel in French or a payroll writes it, to lines of cells."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import count, islice
from operator import methodcaller

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atn_platform.core.exceptions import ActionError
from municipalities.staff import workbook

LARGEST = 20_000_000
SEPARATORS = (";", "\t", ",", "|")
# The harmless file by which antivirus programs are tried (EICAR), cut so that this one is not it.
EICAR = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
BINARY = {
    b"\xd0\xcf\x11\xe0": gettext_lazy("un classeur d’un ancien Excel (.xls)"),
    b"%PDF": gettext_lazy("un PDF"),
    b"\x89PNG": gettext_lazy("une image"),
    b"\xff\xd8\xff": gettext_lazy("une image"),
    b"{\\rtf": gettext_lazy("un document de traitement de texte"),
}
# A web page under the name of a list, as some payrolls give; and Excel's XML of 2003.
MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|meta|table|\?xml)", re.IGNORECASE)
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
# The name of the part that holds a workbook with a password.
LOCKED = "EncryptedPackage".encode("utf-16-le")
# Excel's own first line, which it reads and never shows.
TOLD = re.compile(r'"?sep=(.)"?[;,\t|]*\n', re.IGNORECASE)
# Our own exports put « ' » before what a spreadsheet would run.
NEUTRALISED = re.compile(r"'[=+\-@＝]")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# UTF-8 that was read as Windows-1252 and saved again, or a letter that was lost.
GARBLED = re.compile("Ã[\u0080-\u00bf\u0152-\u2122©¨ªîïâä´»¼‰]|â€|ï»¿|\ufffd")


# What a list in French holds besides plain letters, whatever wrote it.
FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»’‘“”–—…°·€\u00a0")
# A capital in the middle of small letters, or the contrary: the table of another computer.
ASKEW = re.compile("[A-Za-z][À-Þ][a-z]|[a-z][À-Þ]|[A-Z][à-ÿ][A-Z]")
# MS-DOS's « É », read by the table of a Macintosh: no word but « être » begins with a small « ê ».
FROM_MSDOS = re.compile(r"\bê(?!tre|tes)")


class FileRefused(ActionError):
    """Nothing can be read of this file; the message says why, and where."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `number` is that which Excel shows, and `flaws` are by column, from 0."""

    number: int
    cells: tuple[str, ...]
    flaws: dict[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.cells) and not self.flaws


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines that hold something, in order, and what was noticed of the whole."""

    lines: list[Line]
    notes: list[str] = field(default_factory=list)


def read(content: bytes) -> list[Sheet]:
    """The sheets of a list: one for a text file. Raises FileRefused."""
    if len(content) > LARGEST:
        raise FileRefused(_("Ce fichier dépasse 20 Mo : partagez-le en plusieurs."))
    if not content.strip():
        raise FileRefused(_("Ce fichier est vide."))
    if EICAR in content:
        raise FileRefused(_("Ce fichier ressemble à un virus d’essai : il n’a pas été lu."))
    if content.startswith(ZIPPED):
        return _sheets(content)
    kind = _other_kind(content)
    if kind:
        message = _("Ce fichier est %s : enregistrez la liste en .xlsx ou en .csv.")
        raise FileRefused(message % kind)
    return [read_text(_decoded(content))]


def _other_kind(content: bytes) -> str:
    """What the bytes are when they are no list; "" when they may be one."""
    if LOCKED in content and content.startswith(b"\xd0\xcf"):
        return _("protégé par un mot de passe")
    if MARKUP.match(content):
        return _("une page web ou du XML")
    return next((str(kind) for mark, kind in BINARY.items() if content.startswith(mark)), "")


def read_text(text: str) -> Sheet:
    """Lines of a text whose cells are cut by « ; », tabs or commas, whichever it uses."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    told = TOLD.match(text)
    if told:
        text = text[told.end() :]
    separator = told[1] if told else _separator(text)
    found = (Line(number, cells) for number, cells in _rows(text, separator))
    return Sheet([_checked(_as_typed(line)) for line in found if not line.is_blank])


def _separator(text: str) -> str:
    """The one that most of the first lines use; then the one that they use most."""
    lines = (line for line in text.split("\n") if line.strip(";, \t"))
    head = [re.sub(r'"[^"]*"', "", line) for line in islice(lines, 20)]
    return max(
        SEPARATORS,
        key=lambda each: (
            sum(each in line for line in head),
            sum(map(methodcaller("count", each), head)),
        ),
    )


def _rows(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows with their number; a cell of several lines makes one row, as in Excel."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    for number in count(1):
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _("Ligne %d : un guillemet ouvert n’est pas fermé.")
            if "limit" in str(error):
                message = _(
                    "Ligne %d : une cellule a plus de 131 072 caractères, "
                    "ou un guillemet ouvert n’est pas fermé."
                )
            raise FileRefused(message % number) from None
        yield number, tuple(clean(cell) for cell in row)


def clean(cell: str) -> str:
    """A cell with plain single spaces, composed letters (NFC) and nothing at its ends."""
    return workbook.plain(cell)


def _as_typed(line: Line) -> Line:
    """The cells of a text as they were before an export of ours; those that are formulas, told."""
    flaws = {
        place: _("une formule ou une erreur de calcul, pas un texte")
        for place, cell in enumerate(line.cells)
        if cell.startswith(("=", "@", "＝"))
    }
    cells = tuple(cell[1:] if NEUTRALISED.match(cell) else cell for cell in line.cells)
    return Line(line.number, cells, flaws)


def _checked(line: Line) -> Line:
    flaws = dict(line.flaws)
    for place, cell in enumerate(line.cells):
        if place in flaws:
            continue
        if re.fullmatch(r"#[A-ZÉ/0]+[!?]?", cell):
            flaws[place] = _("une formule ou une erreur de calcul, pas un texte")
        elif GARBLED.search(cell):
            flaws[place] = _("des accents abîmés : enregistrez le fichier en UTF-8")
    return Line(line.number, line.cells, flaws)


def _sheets(content: bytes) -> list[Sheet]:
    try:
        pages = workbook.read(content)
    except workbook.WorkbookRefused as refused:
        raise FileRefused(str(refused)) from None
    sheets = []
    for page in pages:
        lines = [_checked(Line(*row)) for row in page.rows]
        sheets.append(Sheet([line for line in lines if not line.is_blank], page.notes))
    return sheets


def _decoded(content: bytes) -> str:
    """The text, by its mark (BOM), else UTF-8, else what Excel in French writes: Windows-1252, or
    the tables of a Macintosh and of MS-DOS, which its menu offers too.
    """
    for mark, name in MARKS.items():
        if content.startswith(mark):
            return _strict(content, name)
    if b"\0" in content:
        # Excel's « Texte Unicode » without its mark: every other byte of plain letters is nil.
        odd, even = content[1::2].count(0), content[::2].count(0)
        if min(odd, even) == 0 and max(odd, even) * 4 > len(content):
            return _strict(content, "utf-16-le" if odd else "utf-16-be")
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise FileRefused(_("Ligne %d : ce fichier n’est pas du texte (octet nul).") % line)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        likely = (name for name in ("cp1252", "mac_roman", "cp850") if _is_french(content, name))
        return _strict(content, next(likely, "cp1252"))


def _is_french(content: bytes, name: str) -> bool:
    """Whether the bytes read so are a list in French and nothing else."""
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return False
    if name == "mac_roman" and not _is_macintosh(text):
        return False
    return FRENCH.issuperset(re.sub("[\x00-\x7f]", "", text)) and not ASKEW.search(text)


def _is_macintosh(text: str) -> bool:
    """Whether the table of a Macintosh explains the text, and none of the others does.

    A « · » stands for the « á » of Windows (« S·nchez ») unless true accents come with it, as in
    « préposé·e ».
    """
    has_accents = re.search("[À-ÿ]", text) is not None
    return not FROM_MSDOS.search(text) and (has_accents or "·" not in text)


def _strict(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = _("Ligne %d : ces octets ne sont pas du texte. Enregistrez en « CSV UTF-8 ».")
        raise FileRefused(message % line) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileRefused(_("Ligne %d : ce fichier n’est pas du texte (octet nul).") % line)
    return text
