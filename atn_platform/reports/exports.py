"""A report as JSON, CSV and XLSX: the same figures, hidden in the same places."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.core import french, spreadsheets
from atn_platform.core.spreadsheets import (
    UTF8_MARK,
    Cell,
    Sheet,
    csv_text,
    open_book,
    safe,
    workbook,
)
from atn_platform.reports.enums import Audience, Breakdown, MemberColumn, Scope
from atn_platform.reports.figures.members import Members, member_definitions
from atn_platform.reports.figures.members import Row as MemberRow
from atn_platform.reports.figures.participation import Report, Row, definitions

CONTENT_TYPES = {**spreadsheets.CONTENT_TYPES, "json": "application/json"}
# Where a share would rest on too small a count, or on none.
NO_RATE = "–"


def as_json(report: Report, by: Breakdown) -> str:
    """Figures for programs; a hidden cell is null, a share goes from 0 to 1."""
    document = {
        "by": by,
        "from": report.period.starts_on.isoformat(),
        "to": report.period.ends_on.isoformat(),
        "as": report.audience,
        "scope": report.scope,
        "reference_date": report.reference_date.isoformat(),
        "registry_date": report.registry_date.isoformat() if report.registry_date else None,
        "rows": [{by: row.key, **_object(row)} for row in report.tables[by]],
        "totals": _object(report.total),
        "definitions": definitions(),
        "source": source(report),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _object(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "people": row.people,
        "municipalities": row.municipalities,
        "municipalities_of_reference": row.reference,
        "share_of_municipalities": _rounded(row.share),
        "seats_filled": row.seats,
        "elected_with_a_completed_course": row.covered,
        "share_of_elected": _rounded(row.coverage),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def as_csv(report: Report, by: Breakdown) -> Iterator[str]:
    """Lines as Excel reads them in French Canada: byte-order mark, semicolons, decimal commas."""
    yield UTF8_MARK + _line(_headings(by))
    for row in (*report.tables[by], report.total):
        yield _line([_csv_cell(value) for value in _cells(row)])
    yield _line([])
    for label, text in _notes(report):
        yield _line([label, text])


def _line(cells: list[str]) -> str:
    return ";".join(_quoted(safe(cell)) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    if set(cell).isdisjoint(';"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _csv_cell(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value * 100:.1f}".replace(".", ",")
    return str(value)


def as_xlsx(report: Report, by: Breakdown) -> bytes:
    """A workbook with typed cells: the table, then « Définitions »."""
    book, bold, buffer = open_book(title(report), on=report.reference_date)
    formats = {
        int: book.add_format({"num_format": "# ##0"}),
        float: book.add_format({"num_format": "0.0 %"}),
    }
    sheet = book.add_worksheet(_("Participation"))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 7, 16)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, _headings(by), bold)
    for number, row in enumerate((*report.tables[by], report.total), 1):
        for column, value in enumerate(_cells(row)):
            if isinstance(value, str):
                sheet.write_string(number, column, safe(value))
            else:
                sheet.write_number(number, column, value, formats[type(value)])
    notes = book.add_worksheet(_("Définitions"))
    notes.set_column(0, 0, 34)
    notes.set_column(1, 1, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, (label, text) in enumerate(_notes(report)):
        notes.write_string(number, 0, label, bold)
        notes.write_string(number, 1, safe(text))
    book.close()
    return buffer.getvalue()


def title(report: Report) -> str:
    return _("Participation des municipalités – %(period)s") % {"period": report.period.label}


def source(report: Report) -> str:
    """Where the reference municipalities come from, as their licence asks (CC BY 4.0)."""
    read = _("liste du %(day)s") % {
        "day": french.day(report.registry_date or report.reference_date)
    }
    return _(
        "Répertoire des municipalités du Québec, ministère des Affaires municipales et de "
        "l’Habitation, CC BY 4.0, %(read)s"
    ) % {"read": read if report.registry_date else _("échantillon de démonstration")}


def filename(report: Report, by: Breakdown, extension: str) -> str:
    """« participation-2026-t4-par-region.csv », and « -perimetre-du-jour » when it is."""
    words = {"region": "region", "stratum": "taille", "public": "public"}
    scope = "-perimetre-du-jour" if report.scope == Scope.TODAY else ""
    return f"participation-{report.period.key.lower()}-par-{words[by]}{scope}.{extension}"


def _headings(by: Breakdown) -> list[str]:
    return [
        str(by.label).capitalize(),
        _("Personnes participantes"),
        _("Municipalités participantes"),
        _("Municipalités de référence"),
        _("Part des municipalités (%)"),
        _("Sièges pourvus"),
        _("Personnes élues ayant terminé un cours"),
        _("Couverture des personnes élues (%)"),
    ]


def _cells(row: Row) -> list[str | int | float]:
    hidden = _("masqué")
    return [
        row.label,
        hidden if row.people is None else row.people,
        row.municipalities,
        row.reference,
        NO_RATE if row.share is None else row.share,
        row.seats,
        hidden if row.covered is None else row.covered,
        NO_RATE if row.coverage is None else row.coverage,
    ]


def _notes(report: Report) -> Iterator[tuple[str, str]]:
    named = definitions()
    yield _("Rapport"), title(report)
    yield str(report.scope.label).capitalize(), named["scope"]
    yield _("Date de référence"), report.reference_date.isoformat()
    if report.audience != Audience.ATN:
        yield _("Confidentialité"), named["masking"]
    yield _("Personnes participantes"), named["people"]
    yield _("Municipalités participantes"), named["municipalities"]
    yield _("Municipalités de référence"), named["reference"]
    yield _("Couverture des personnes élues"), named["covered"]
    yield _("Source des municipalités"), source(report)


def members_csv(found: Members) -> str:
    """The municipalities of an MRC and all of them together, then what the numbers are."""
    sheet, notes = _members_sheet(found), _members_notes(found)
    lines = [[_text(cell) for cell in row] for row in (*sheet.rows, [], *notes)]
    return csv_text([sheet.headings, *lines])


def members_xlsx(found: Members) -> bytes:
    notes = Sheet(_("Définitions"), [_("Sujet"), _("Définition")], _members_notes(found))
    title = _("Municipalités – %(mrc)s") % {"mrc": found.mrc.name}
    return workbook(title, [_members_sheet(found), notes], on=found.until)


def _members_sheet(found: Members) -> Sheet:
    hidden = _("masqué")
    rows: list[list[Cell]] = [
        [
            row.label or _("Ensemble"),
            *(hidden if count is None else count for _label, count in row.steps),
            _responsable(row) if row.label else None,
        ]
        for row in (*found.rows, found.total)
    ]
    headings = [str(column.label).capitalize() for column in MemberColumn]
    return Sheet(_("Municipalités"), [*headings, _("Responsable de la formation")], rows)


def _responsable(row: MemberRow) -> str:
    return _("oui") if row.is_answered else _("pas encore")


def _members_notes(found: Members) -> list[list[Cell]]:
    until = _("Formation comptée jusqu’au %s inclusivement") % french.day(found.until)
    notes: list[list[Cell]] = [[_("Date"), until]]
    for label, words in member_definitions().items():
        notes.append([label, words])
    return notes


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
