"""CSV as Excel reads it in French Canada, and cells that no spreadsheet runs."""

import csv
from collections.abc import Iterable
from io import StringIO

# Excel in French reads semicolons, and needs the mark to see UTF-8.
UTF8_MARK = "\ufeff"
# A spreadsheet would run a cell that starts like one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return UTF8_MARK + out.getvalue()
