"""The register as one workbook, for the Commission d’accès à l’information."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.core.office_hours import QUEBEC
from atn_platform.core.spreadsheets import Sheet, workbook
from atn_platform.incidents.enums import Element
from atn_platform.incidents.models import Incident, IncidentEntry


def filename(on: date) -> str:
    return f"registre-des-incidents-{on.isoformat()}.xlsx"


def register(incidents: Iterable[Incident], *, at: datetime) -> bytes:
    """What is known of each incident, then every entry as it was written."""
    rows = list(incidents)
    entries = (entry for each in rows for entry in each.entries.all())
    sheets = [
        _sheet(_("Registre"), (each.latest for each in rows)),
        _sheet(_("Écritures"), entries),
    ]
    day = at.astimezone(QUEBEC).date()
    return workbook(_("Registre des incidents de confidentialité"), sheets, on=day)


def _sheet(name: str, entries: Iterable[IncidentEntry]) -> Sheet:
    headings = [_("Incident"), _("Écriture"), _("Écrite le"), *map(str, Element.labels)]
    return Sheet(name, headings, [_cells(entry) for entry in entries])


def _cells(entry: IncidentEntry) -> list[str]:
    written = french.day(entry.written_at.astimezone(QUEBEC))
    known = [words(entry, element) for element in Element]
    return [str(entry.incident_id), str(entry.position), written, *known]


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
