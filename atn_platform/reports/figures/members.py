"""The municipalities of an MRC as its responsables may see them: counts, rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from atn_platform.reports.enums import MemberColumn
from atn_platform.reports.masking import rounded
from atn_platform.reports.queries import members as queries
from municipalities.models import Organisation

STEPS = (
    MemberColumn.PEOPLE,
    MemberColumn.ENROLLED,
    MemberColumn.STARTED,
    MemberColumn.FINISHED,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One municipality, or all of them. `counts` in the order of STEPS; None is a hidden one."""

    label: str
    counts: tuple[int | None, ...]
    is_answered: bool = True

    @property
    def steps(self) -> list[tuple[str, int | None]]:
        """Each count under the name of its column."""
        return [(str(step.label), n) for step, n in zip(STEPS, self.counts, strict=True)]


@dataclass(frozen=True, slots=True)
class Members:
    """`until`: training counts up to that day. `answered`: municipalities with a responsable."""

    mrc: Organisation
    until: date
    rows: Sequence[Row]
    total: Row
    answered: int


def members(mrc: Organisation, *, on: date, by: MemberColumn = MemberColumn.NAME) -> Members:
    """Count, round, then sort by what is shown: hidden counts come last, by name."""
    found = queries.members(mrc, on=on)
    columns = [rounded([getattr(each, step.name.lower()) for each in found]) for step in STEPS]
    rows = [
        Row(
            each.place.name,
            tuple(column.rows[rank] for column in columns),
            each.is_answered,
        )
        for rank, each in enumerate(found)
    ]
    if by in STEPS:
        # By name already, and sorting keeps that order among equals.
        rows.sort(key=lambda row: _descending(row.counts[STEPS.index(by)]))
    return Members(
        mrc=mrc,
        until=queries.last_sunday(on),
        rows=rows,
        total=Row("", tuple(column.total for column in columns)),
        answered=sum(each.is_answered for each in found),
    )


def member_definitions() -> dict[str, str]:
    """What each number is, for the page and its files."""
    return {
        _("Personnes"): _(
            "Les gens de la municipalité aujourd’hui, conseil compris. Qui travaille dans deux "
            "municipalités compte dans chacune."
        ),
        _("Inscrites, commencé, terminé"): _(
            "Au moins un cours suivi pour la municipalité. Les personnes élues n’y comptent "
            "qu’avec leur accord."
        ),
        _("Arrondi"): _(
            "Les nombres sont arrondis aux cinq inférieurs, et l’ensemble à davantage, pour que "
            "d’une semaine à l’autre personne ne se compte. Sous cinq, aucun nombre n’est dit."
        ),
    }


def _descending(count: int | None) -> tuple[bool, int]:
    return count is None, -(count or 0)
