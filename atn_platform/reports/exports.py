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
from atn_platform.reports.enums import (
    DAYS,
    SLOTS,
    Audience,
    Breakdown,
    JourneyTable,
    MemberColumn,
    Scope,
)
from atn_platform.reports.figures.journey import Curve, Journey, journey_definitions
from atn_platform.reports.figures.journey import Row as JourneyRow
from atn_platform.reports.figures.members import Members, member_definitions
from atn_platform.reports.figures.members import Row as MemberRow
from atn_platform.reports.figures.participation import Report, Row, definitions

CONTENT_TYPES = {**spreadsheets.CONTENT_TYPES, "json": "application/json"}
# Where a share would rest on too small a count, or on none.
NO_RATE = "–"
BY_NAMES = {"region": "region", "stratum": "taille", "public": "public"}


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
        "people_published_on": report.published_on.isoformat() if report.published_on else None,
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


def source(report: Report | Journey) -> str:
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
    scope = _scope_name(report.scope)
    return f"participation-{report.period.key.lower()}-par-{BY_NAMES[by]}{scope}.{extension}"


def _scope_name(scope: Scope) -> str:
    return "-perimetre-du-jour" if scope == Scope.TODAY else ""


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
    if report.published_on:
        yield _("Personnes publiées le"), report.published_on.isoformat()
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


def journey_csv(journey: Journey, by: Breakdown, table: JourneyTable) -> str:
    """One of the three tables, then what its numbers are."""
    sheet = _journey_sheets(journey, by)[table]
    lines = [[_csv_text(cell) for cell in row] for row in (*sheet.rows, [], *_about(journey))]
    return csv_text([sheet.headings, *lines])


def journey_xlsx(journey: Journey, by: Breakdown) -> bytes:
    notes = Sheet(_("Définitions"), [_("Sujet"), _("Définition")], _about(journey))
    sheets = [*_journey_sheets(journey, by).values(), notes]
    return workbook(journey_title(journey), sheets, on=journey.reference_date)


def journey_json(journey: Journey, by: Breakdown) -> str:
    """Figures for programs; a hidden cell is null, a share goes from 0 to 1."""
    document = {
        "by": by,
        "period": journey.period.key,
        "as": journey.audience,
        "scope": journey.scope,
        "until": journey.until.isoformat(),
        "is_complete": journey.is_complete,
        "reference_date": journey.reference_date.isoformat(),
        "rows": [{by: row.key, **_counts(row)} for row in journey.tables[by]],
        "totals": _counts(journey.total),
        "curves": [
            {
                "period": curve.period.key,
                "started": curve.started,
                "share_finished_by_week": [_rounded(share) for share in curve.weeks],
            }
            for curve in journey.curves
        ],
        "hours": [
            {"day": hour.day, "from": start, "to": end, "lessons": hour.lessons}
            for line in journey.hours
            for hour, (start, end) in zip(line, SLOTS, strict=True)
        ],
        "definitions": journey_definitions(),
        "source": source(journey),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _counts(row: JourneyRow) -> dict[str, Any]:
    return {"label": row.label, **{step.value: count for step, count in row.counts}}


def journey_title(journey: Journey) -> str:
    return _("Chemin des personnes – %(period)s") % {"period": journey.period.label}


def journey_filename(journey: Journey, by: Breakdown, table: JourneyTable, extension: str) -> str:
    """« chemin-2026-t4-etapes-par-region.csv »; a workbook holds the three tables."""
    name = f"chemin-{journey.period.key.lower()}"
    if extension == "csv":
        name += f"-{table}"
    if extension != "csv" or table == JourneyTable.STEPS:
        name += f"-par-{BY_NAMES[by]}"
    return f"{name}{_scope_name(journey.scope)}.{extension}"


def _journey_sheets(journey: Journey, by: Breakdown) -> dict[JourneyTable, Sheet]:
    hidden = _("masqué")
    rows = [(row.label, row.counts) for row in journey.tables[by]]
    steps = [step for step, _count in journey.total_of(by)]
    return {
        JourneyTable.STEPS: Sheet(
            _("Étapes"),
            [str(by.label).capitalize(), *(str(step.label).capitalize() for step in steps)],
            [
                [label, *(_or(count, hidden) for _step, count in counts)]
                for label, counts in (*rows, (journey.total.label, journey.total_of(by)))
            ],
        ),
        JourneyTable.CURVES: Sheet(
            _("Cohortes"),
            [
                _("Trimestre"),
                _("Inscriptions commencées"),
                *(_("Terminées en %s sem. (%%)") % n for n in range(len(journey.curves[0].weeks))),
            ],
            [_of_curve(curve, hidden) for curve in journey.curves],
        ),
        JourneyTable.HOURS: Sheet(
            _("Heures"),
            [_("Jour"), _("De (h)"), _("À (h)"), _("Leçons terminées")],
            [
                [str(DAYS[hour.day - 1]), *SLOTS[hour.slot], _or(hour.lessons, hidden)]
                for line in journey.hours
                for hour in line
            ],
        ),
    }


def _of_curve(curve: Curve, hidden: str) -> list[Cell]:
    shares = [NO_RATE if share is None else round(share * 100, 1) for share in curve.weeks]
    return [curve.period.label, _or(curve.started, hidden), *shares]


def _or(count: int | None, hidden: str) -> Cell:
    return hidden if count is None else count


def _about(journey: Journey) -> list[list[Cell]]:
    until = _("Ce que les gens ont fait jusqu’au %s inclusivement") % french.day(journey.until)
    notes: list[list[Cell]] = [
        [_("Rapport"), journey_title(journey)],
        [str(journey.scope.label).capitalize(), definitions()["scope"]],
        [_("Date de référence"), journey.reference_date.isoformat()],
        [_("Compté"), until],
    ]
    for label, words in journey_definitions().items():
        if label != _("Arrondi") or journey.audience != Audience.ATN:
            notes.append([label, words])
    notes.append([_("Source des municipalités"), source(journey)])
    return notes


def _csv_text(cell: Cell) -> str:
    """Excel in French reads a decimal comma."""
    return str(cell).replace(".", ",") if isinstance(cell, float) else _text(cell)
