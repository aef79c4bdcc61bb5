"""Lists of people as files: text in any encoding, and workbooks."""

from io import BytesIO

from openpyxl import Workbook

HEADER = ("Prénom", "Nom", "Courriel", "Fonction", "Public")
ELOISE = ("Éloïse", "L’Écuyer", "eloise@abercorn.example", "greffière", "gestionnaire")
PAUL = ("Paul", "St-Onge", "paul@abercorn.example", "voirie", "personnel")


def text(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, separator: str = ";") -> str:
    return "".join(separator.join(row) + "\r\n" for row in (header, *rows))


def listed(
    *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, encoding: str = "utf-8-sig"
) -> bytes:
    return text(*rows, header=header).encode(encoding)


def workbook(*rows, header=HEADER, prepare=None) -> bytes:
    """A workbook of one sheet; `prepare(book)` may change it before it is saved."""
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    if prepare:
        prepare(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
