"""The figures of a report as its reader may see them; page, files and command all start here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.reports.enums import Audience, Breakdown, Scope
from atn_platform.reports.figures.looks import GROUP, LABELS, bare, masked
from atn_platform.reports.masking import RATE_DENOMINATOR, K, rate, rounded_down
from atn_platform.reports.periods import SHARED_KINDS, Period
from atn_platform.reports.queries import participation as queries
from atn_platform.reports.queries import past
from atn_platform.reports.queries.participation import Counts
from atn_platform.reports.queries.published import Publications
from municipalities.enums import Public

PaceOf = Callable[..., queries.Pace]

# How the municipalities of the wall are sorted: furthest first.
STATES = ("certified", "active", "enrolled", "absent")


class ReportRefused(ActionError):
    """A report that its reader may not have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a breakdown. None is a hidden cell; `share` and `coverage` go from 0 to 1."""

    key: str
    label: str
    people: int | None
    municipalities: int
    reference: int
    seats: int
    covered: int | None
    share: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Enrolments started in the period; `share`: completed in 90 days, once these are past."""

    started: int | None
    share: float | None
    complete_on: date
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """What the page says beside the tables: municipalities of the period before, minutes done."""

    before: int
    minutes: int | None
    cohort: Cohort


@dataclass(frozen=True, slots=True)
class Report:
    """`tables` by breakdown, and « group » for the four groups of strata; files have no `pace`."""

    period: Period
    scope: Scope
    audience: Audience
    reference_date: date
    registry_date: date | None
    total: Row
    tables: dict[str, tuple[Row, ...]]
    states: dict[str, int]
    pace: Pace | None
    # From when on a reader outside ATN is told of people.
    published_on: date | None


def build(
    period: Period,
    *,
    audience: Audience,
    today: date,
    scope: Scope = Scope.ORIGIN,
    pace: PaceOf | None = queries.pace,
    publications: Publications | None = None,
) -> Report:
    """Count, and hide what this reader may not see.

    By the scope of origin each fact counts for the municipality it was done in, among those of
    the period's last day; by the scope of today, for the one that took it over since, among those
    of today. `pace` counts what stands beside the tables; `publications` are what those outside
    ATN read of a closed period (actions.publish). Raises ReportRefused when someone
    outside ATN asks for months, or free dates: stretches that overlap could be subtracted.
    """
    if audience != Audience.ATN and period.kind not in SHARED_KINDS:
        raise ReportRefused(
            _("Pour l’UMQ, la période est un trimestre ou une année civile au complet.")
        )
    if not period.kind and past.is_partly_gone(period, today=today):
        raise ReportRefused(
            _("De cette année-là restent des figures, par mois, trimestre ou année : des lignes "
              "ont dépassé leur durée de conservation.")
        )  # fmt: skip
    open_eyes = audience == Audience.ATN
    look = bare(period, scope, today) if open_eyes else masked(period, scope, today, publications)
    counts, people, covered = look.counts, look.people, look.covered
    tables = {
        kind: tuple(
            _row(counts, kind, key, (people[kind].rows[i], covered[kind].rows[i]), open_eyes)
            for i, key in enumerate(labels)
        )
        for kind, labels in LABELS.items()
    }
    seen = people[Breakdown.REGION].total
    reference_date = period.ends_on if scope == Scope.ORIGIN else today
    found = pace and past.pace(period, scope=scope, today=today, live=pace)
    if found and publications:
        found = publications.read(period).beside(found)
    return Report(
        period=period,
        scope=scope,
        audience=audience,
        reference_date=reference_date,
        registry_date=queries.registry_date(reference_date),
        total=_row(counts, "total", "", (seen, covered[GROUP].total), open_eyes),
        tables=tables,
        states={state: counts.reference("state", state)[0] for state in STATES},
        pace=_pace(found, period, seen, today=today, open_eyes=open_eyes) if found else None,
        published_on=None if open_eyes else period.published_on,
    )


def _pace(
    found: queries.Pace, period: Period, seen: int | None, *, today: date, open_eyes: bool
) -> Pace:
    """`seen` is the total of people; where it is hidden, so is what they did."""
    minutes = None if seen is None else found.minutes
    cohort = _cohort(found, period, today=today, open_eyes=open_eyes)
    return Pace(found.before, minutes, cohort)


def _row(
    counts: Counts, kind: str, key: str, cells: tuple[int | None, int | None], open_eyes: bool
) -> Row:
    people, covered = cells
    # A stock: what few people add to it between two quarters would be a subtraction.
    covered = covered if open_eyes or covered is None else rounded_down(covered)
    municipalities = counts.of(kind, key)[1]
    total = counts.reference("total")
    reference, seats, _covered_raw = counts.reference(kind, key)
    if kind == Breakdown.PUBLIC:
        reference, seats = total[0], (total[1] if key == Public.ELECTED else 0)
    return Row(
        key=key,
        label=LABELS[kind][key] if kind in LABELS else _("Ensemble du Québec"),
        people=people,
        municipalities=municipalities,
        reference=reference,
        seats=seats,
        covered=covered,
        share=_share(municipalities, reference, open_eyes=open_eyes),
        coverage=_share(covered, seats, open_eyes=open_eyes),
    )


def _share(part: int | None, whole: int, *, open_eyes: bool) -> float | None:
    if open_eyes:
        return part / whole if part is not None and whole else None
    return rate(part, whole)


def _cohort(found: queries.Pace, period: Period, *, today: date, open_eyes: bool) -> Cohort:
    """Outside ATN by closed quarter alone, for months and years could be subtracted from quarters.

    Thresholds are of people: one may have begun several courses. Until it is complete, corrections
    may change what began: that is rounded down.
    """
    complete_on = period.cohort_known_on
    is_complete = today >= complete_on
    started, completed = found.cohort
    if open_eyes:
        share = _share(completed, started, open_eyes=True) if is_complete else None
        return Cohort(started, share, complete_on, is_complete)
    begun, done = found.people
    is_over = period.kind == "quarter" and period.ends_on < today
    is_seen = is_over and (begun >= K or not started)
    is_rated = is_seen and is_complete and begun >= RATE_DENOMINATOR and not 0 < done < K
    told = started if is_complete else rounded_down(started)
    return Cohort(
        told if is_seen else None,
        rate(completed, started) if is_rated else None,
        complete_on,
        is_complete,
    )


def definitions() -> dict[str, str]:
    """What each figure means, for every place where figures stand."""
    return {
        "people": _(
            "Personnes distinctes qui ont terminé au moins une leçon ou assisté à une rencontre "
            "pendant la période, comptées sous le mandat en cours ce jour-là : sa municipalité et "
            "son public. Une personne qui a deux mandats compte une fois dans chaque ligne et une "
            "fois au total. Les personnes des MRC et d’autres organisations ne sont pas comptées."
        ),
        "municipalities": _(
            "Municipalités actives à la date de référence dont au moins une personne a participé."
        ),
        "reference": _(
            "Toutes les municipalités actives à la date de référence, d’après le Répertoire des "
            "municipalités du Québec. Cette date est le dernier jour de la période; dans le "
            "périmètre du jour, c’est aujourd’hui."
        ),
        "covered": _(
            "Personnes élues en fonction à la date de référence qui ont terminé au moins un cours "
            "depuis le début de leur mandat, sur les sièges pourvus. Hors de l’ATN, ce nombre est "
            "arrondi aux cinq personnes inférieures."
        ),
        "cohort": _(
            "Part des inscriptions commencées pendant la période et terminées en 90 jours ou "
            "moins; elle est donnée quand 90 jours ont passé depuis la fin de la période. "
            "L’UMQ la lit par trimestre, pour 10 personnes ou plus."
        ),
        "hours": _("Durée prévue des leçons terminées et des rencontres suivies."),
        "scope": _(
            "Périmètre d’origine : chaque fait compte pour la municipalité où il a eu lieu; un "
            "regroupement ne change pas les rapports passés. Périmètre du jour : il compte pour "
            "la municipalité qui a succédé à celle-là, parmi celles qui sont actives "
            "aujourd’hui, ce qui permet de comparer deux périodes malgré les regroupements."
        ),
        "masking": _(
            "Une case qui compterait de 1 à 4 personnes est masquée, et d’autres avec elle, pour "
            "qu’aucune soustraction ne la redonne. Les personnes d’une période paraissent quand "
            "elle est terminée, et ne changent plus ensuite. Une année masque aussi ce que masque "
            "un de ses trimestres, et il n’y a pas de rapport par mois. Un taux demande un "
            "dénominateur de 10 ou plus."
        ),
    }
