"""The register as one workbook, for the Commission d’accès à l’information."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.core.office_hours import QUEBEC
from atn_platform.incidents.enums import Element
from atn_platform.incidents.models import Incident, IncidentEntry

if TYPE_CHECKING:
    import xlsxwriter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filename(on: date) -> str:
    return f"registre-des-incidents-{on.isoformat()}.xlsx"


def register(incidents: Iterable[Incident], *, at: datetime) -> bytes:
    """What is known of each incident, then every entry as it was written."""
    import xlsxwriter  # noqa: PLC0415 -- 7 MiB that most processes never need

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": _("Registre des incidents de confidentialité"), "created": at})
    rows = list(incidents)
    _sheet(book, _("Registre"), (each.latest for each in rows))
    _sheet(book, _("Écritures"), (entry for each in rows for entry in each.entries.all()))
    book.close()
    return buffer.getvalue()


def _sheet(book: "xlsxwriter.Workbook", name: str, entries: Iterable[IncidentEntry]) -> None:
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 2, 14)
    sheet.set_column(3, 10, 40)
    sheet.write_row(
        0, 0, [_("Incident"), _("Écriture"), _("Écrite le"), *map(str, Element.labels)], head
    )
    for number, entry in enumerate(entries, 1):
        written = french.day(entry.written_at.astimezone(QUEBEC))
        texts = [str(entry.incident_id), str(entry.position), written]
        texts += [words(entry, element) for element in Element]
        for column, text in enumerate(texts):
            sheet.write_string(number, column, text, cell)


def words(entry: IncidentEntry, element: Element) -> str:
    """One element in one cell; what is not known is said to be so."""
    lines = [line for line in _lines(entry, element) if line]
    if element in entry.unknown:
        lines.insert(0, _("Pas encore connu."))
    return "\n".join(lines)


def known(entry: IncidentEntry) -> list[tuple[str, str]]:
    """The eight elements in words, for the page of an incident."""
    return [(str(element.label), words(entry, element)) for element in Element]


def _lines(entry: IncidentEntry, element: Element) -> Iterator[str]:
    """What is written of an element; nothing for what is not."""
    if element in (Element.DATA, Element.CIRCUMSTANCES, Element.MEASURES):
        yield getattr(entry, element.value)
    elif element == Element.PERIOD:
        yield _days(entry.happened_from, entry.happened_to)
        yield _("(approximation)") if entry.is_period_estimated else ""
    elif element == Element.AWARENESS:
        yield _days(entry.known_from, entry.known_to)
    elif element == Element.PEOPLE and entry.people_count is not None:
        yield french.number(entry.people_count)
        yield _("(approximation)") if entry.is_count_estimated else ""
    elif element == Element.RISK:
        if entry.is_serious is not None:
            yield _("Risque sérieux.") if entry.is_serious else _("Aucun risque sérieux.")
        yield entry.risk_reasons
    elif element == Element.NOTICES:
        yield from _notices(entry)


def _notices(entry: IncidentEntry) -> Iterator[str]:
    if entry.commission_told_on:
        yield _("Commission : %s.") % french.day(entry.commission_told_on)
    if entry.people_told_on:
        yield _("Personnes concernées : %s.") % french.day(entry.people_told_on)
    if entry.public_notice:
        yield _("Avis publics : %s") % entry.public_notice
    if entry.is_serious is False and not entry.commission_told_on:
        yield _("Aucun avis n’est dû : le risque n’est pas sérieux.")


def _days(first: date | None, last: date | None) -> str:
    if first is None:
        return ""
    if last is None:
        return french.day(first)
    return _("du %(first)s au %(last)s") % {"first": french.day(first), "last": french.day(last)}
