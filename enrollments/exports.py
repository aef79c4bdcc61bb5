"""Where the people of an organisation stand, as files; what elected people keep is not in them."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.core.spreadsheets import Cell, Sheet, csv_text, workbook
from enrollments.enums import Progress
from enrollments.queries.team import Member
from municipalities.models import Organisation

# The states that are counted, in the order of the columns.
COUNTED = (Progress.FINISHED, Progress.UNDER_WAY, Progress.WAITING, Progress.NONE)


def people_csv(members: Sequence[Member]) -> str:
    sheet = _people(members)
    return csv_text([sheet.headings, *([_text(cell) for cell in row] for row in sheet.rows)])


def functions_csv(members: Sequence[Member]) -> str:
    sheet = _functions(members)
    return csv_text([sheet.headings, *([_text(cell) for cell in row] for row in sheet.rows)])


def progress_xlsx(organisation: Organisation, members: Sequence[Member], *, on: date) -> bytes:
    """A sheet by function or service, then one of people."""
    title = _("Avancement – %(organisation)s") % {"organisation": organisation.name}
    return workbook(title, [_functions(members), _people(members)], on=on)


def _functions(members: Iterable[Member]) -> Sheet:
    """Spellings of one function agree; it is written as the first of its people has it."""
    groups: dict[str, list[Member]] = {}
    for each in members:
        groups.setdefault(french.sort_key(each.function), []).append(each)
    rows: list[list[Cell]] = []
    for key in sorted(groups):
        group = groups[key]
        counts = [sum(each.state == state for each in group) for state in COUNTED]
        apart = sum(each.state == Progress.PRIVATE for each in group)
        rows.append([group[0].function or _("(sans fonction)"), len(group), *counts, apart])
    headings = [
        _("Fonction ou service"),
        _("Personnes"),
        _("Ont terminé"),
        _("En cours"),
        _("Pas commencé"),
        _("Aucun cours"),
        _("Avec leur accord seulement"),
    ]
    return Sheet(_("Par fonction"), headings, rows)


def _people(members: Iterable[Member]) -> Sheet:
    ordered = sorted(members, key=lambda each: french.sort_key(each.function))
    rows = [
        [each.function, each.public, each.name, str(Progress(each.state).label), *_numbers(each)]
        for each in ordered
    ]
    headings = [
        _("Fonction ou service"),
        _("Public"),
        _("Nom"),
        _("Avancement"),
        _("Cours suivis"),
        _("Cours terminés"),
        _("Étapes franchies"),
        _("Étapes en tout"),
    ]
    return Sheet(_("Personnes"), headings, rows)


def _numbers(member: Member) -> list[Cell]:
    if member.state == Progress.PRIVATE:
        return [None, None, None, None]
    return [member.courses, member.courses_done, member.stations_done, member.stations_total]


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
