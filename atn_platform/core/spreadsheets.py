"""CSV and workbooks as Excel reads them in French Canada, and cells that no spreadsheet runs."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

# Excel in French reads semicolons, and needs the mark to see UTF-8.
UTF8_MARK = "\ufeff"
# A spreadsheet would run a cell that starts like one of these, full-width equal sign included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST, NARROWEST = 60, 10

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def safe(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return UTF8_MARK + out.getvalue()


def open_book(title: str, *, on: date) -> tuple["Workbook", "Format", BytesIO]:
    """A workbook, the look of its headings, and where its bytes are once it is closed.

    Text is never a formula in it; the same day makes the same bytes.
    """
    import xlsxwriter  # noqa: PLC0415 -- 7 MiB that most processes never need

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": title, "created": datetime.combine(on, time(12), UTC)})
    return book, book.add_format({"bold": True, "text_wrap": True, "valign": "top"}), buffer


def workbook(title: str, sheets: Iterable[Sheet], *, on: date) -> bytes:
    """A workbook with typed cells: text is never a formula, and is read back as it was."""
    book, bold, buffer = open_book(title, on=on)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    lines = book.add_format({"text_wrap": True, "valign": "top"})
    for each in sheets:
        sheet = book.add_worksheet(each.name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, each.headings, bold)
        for number, row in enumerate(each.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value:
                    sheet.write_string(number, column, value, lines if "\n" in value else None)
        for column, heading in enumerate(each.headings):
            longest = max((len(str(row[column] or "")) for row in each.rows), default=0)
            width = min(max(longest, len(heading) // 2, NARROWEST), WIDEST)
            sheet.set_column(column, column, width + 2)
    book.close()
    return buffer.getvalue()
