"""Sentences above the pictures: rules with conditions, from what the reader sees anyway."""

from atn_platform.core import french
from atn_platform.reports.enums import Breakdown
from atn_platform.reports.figures.participation import GROUP, Pace, Report, Row

HALF, THIRD, TWO_THIRDS, TENTH = 1 / 2, 1 / 3, 2 / 3, 1 / 10
# Differences smaller than these, in points of share, are called equal.
REGIONS_APART, SIZES_APART = 0.2, 0.1
NB = french.NBSP


def of(report: Report) -> dict[str, str]:
    """One sentence for the wall, the regions, the sizes and the publics."""
    return {
        "wall": _wall(report),
        "regions": _regions(report),
        "sizes": _sizes(report),
        "publics": _publics(report),
    }


def _wall(report: Report) -> str:
    share = report.total.municipalities / report.total.reference if report.total.reference else 0
    if not share:
        return "Aucune municipalité n’a encore participé pendant cette période."
    if share >= TWO_THIRDS:
        start = "Plus de deux municipalités sur trois ont participé"
    elif share > HALF:
        start = "Plus d’une municipalité sur deux a participé"
    elif share >= THIRD:
        start = "Plus d’une municipalité sur trois a participé"
    elif share >= TENTH:
        start = f"Une municipalité sur {round(1 / share)} environ a participé"
    else:
        start = "Moins d’une municipalité sur dix a participé"
    return f"{start}, {_change(report, report.pace)}." if report.pace else f"{start}."


def _change(report: Report, pace: Pace) -> str:
    more = report.total.municipalities - pace.before
    before = f"à la période précédente ({report.period.previous.label})"
    if more == 0:
        return f"autant qu’{before}"
    word = "de plus" if more > 0 else "de moins"
    return f"{french.number(abs(more))} {word} qu’{before}"


def _regions(report: Report) -> str:
    known = [row for row in report.tables[Breakdown.REGION] if row.share is not None]
    if not report.total.municipalities or len(known) < 2:  # noqa: PLR2004 -- two to compare
        return "Les municipalités participantes, par région"
    best, last = max(known, key=_share), min(known, key=_share)
    if _share(best) - _share(last) < REGIONS_APART:
        return "Les régions avancent d’un même pas"
    return f"{best.label}{NB}: la plus forte participation; {last.label}{NB}: la plus faible"


def _sizes(report: Report) -> str:
    small, *larger = report.tables[GROUP]
    rest = sum(row.reference for row in larger)
    taking_part = sum(row.municipalities for row in larger)
    if not report.total.municipalities or not small.reference or not rest:
        return "Les municipalités participantes, par taille"
    missing = french.number(small.reference - small.municipalities)
    if taking_part / rest - small.municipalities / small.reference >= SIZES_APART:
        whole = french.number(small.reference)
        return f"Sous 2{NB}000 habitants, {missing} municipalités sur {whole} restent à joindre"
    return "Les petites municipalités participent autant que les grandes"


def _publics(report: Report) -> str:
    shown = [row for row in report.tables[Breakdown.PUBLIC] if row.people]
    whole = report.total.people
    if not shown or not whole:
        return "Les personnes participantes, par public"
    first = max(shown, key=lambda row: row.people or 0)
    share = (first.people or 0) / whole
    name = {"elected": "élues et élus", "manager": "gestionnaires", "staff": "personnel"}
    if share > HALF:
        return f"Plus de la moitié des personnes{NB}: {name[first.key]}"
    return f"Le public le plus présent{NB}: {name[first.key]}"


def _share(row: Row) -> float:
    return row.share or 0.0
