"""Sentences above the pictures: rules with conditions, from what the reader sees anyway."""

from itertools import pairwise

from atn_platform.core import french
from atn_platform.reports.enums import COURSE, DAYS, SLOTS, Breakdown, Step
from atn_platform.reports.figures.journey import HOT, Journey, Stage
from atn_platform.reports.figures.looks import GROUP
from atn_platform.reports.figures.participation import Pace, Report, Row

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


# What each step is called when many are lost there.
STAIRS = {
    Step.STARTED: "la première leçon",
    Step.COMPLETED: "la fin du cours",
    Step.CERTIFIED: "la remise de l’attestation",
}
# Curves closer than this, in points of share, are called equal.
CURVES_APART = 0.03
# A day is said to stand out when it has that many times the lessons of a day on average.
BUSIER = 1.2


def of_journey(journey: Journey) -> dict[str, str]:
    """One sentence for the steps, the curves and the hours."""
    return {
        "steps": _steps(journey),
        "curves": _curves(journey),
        "hours": _hours(journey),
    }


def _steps(journey: Journey) -> str:
    stages = journey.stages(*COURSE)
    if not stages[0].count:
        return "Les personnes à chaque étape"
    if _are_all_passed(stages):
        return "Chaque marche est franchie par sept personnes sur dix ou plus"
    hot = [STAIRS[stage.step] for stage in stages if stage.is_hot]
    # Before everyone has had ninety days, people are still on their way.
    if not hot or not journey.is_complete:
        return "Les personnes à chaque étape"
    if len(hot) == 1:
        return f"Une marche à adoucir{NB}: {hot[0]}"
    *first, last = hot
    return f"Des marches à adoucir{NB}: {', '.join(first)} et {last}"


def _are_all_passed(stages: list[Stage]) -> bool:
    """Whether each step is known to keep seven people out of ten; what few lost is not said."""
    counts = [stage.count for stage in stages]
    return all(
        before is not None and count is not None and count >= (1 - HOT) * before
        for before, count in pairwise(counts)
    )


def _curves(journey: Journey) -> str:
    *before, now = journey.curves
    if now.last is None or not now.last[0]:
        return "Le rythme des inscriptions, d’un trimestre à l’autre"
    week, share = now.last
    others = [curve.weeks[week] for curve in before]
    known = [other for other in others if other is not None]
    name = now.period.label
    if not known:
        weeks = "semaine" if week == 1 else "semaines"
        return f"Inscriptions de {name}{NB}: {french.percent(share)} terminées en {week} {weeks}"
    if all(share - other >= CURVES_APART for other in known):
        return f"On termine plus vite au {name} qu’aux trimestres précédents"
    if all(other - share >= CURVES_APART for other in known):
        return f"On termine plus lentement au {name} qu’aux trimestres précédents"
    return f"Le rythme du {name} ressemble à celui des trimestres précédents"


def _hours(journey: Journey) -> str:
    """Where the busiest stretch stands out, over the week as it is shown."""
    slots = [sum(line[slot].rate or 0 for line in journey.hours) for slot in range(len(SLOTS))]
    days = [sum(hour.lessons or 0 for hour in line) for line in journey.hours]
    if not any(slots):
        return "Les heures où l’on apprend"
    start, end = SLOTS[max(range(len(slots)), key=slots.__getitem__)]
    best = DAYS[max(range(len(days)), key=days.__getitem__)]
    said = f"On apprend surtout entre {start}{NB}h et {end}{NB}h"
    weekly = sum(days) / len(days)
    return f"{said}, et le {best} plus qu’un autre jour" if max(days) >= weekly * BUSIER else said
