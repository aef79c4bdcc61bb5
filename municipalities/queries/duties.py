"""What the law asks of elected people to have learned, by when, and what they declared of it.

Ethics: Loi sur l'éthique et la déontologie en matière municipale (RLRQ, c. E-15.1.0.1), art. 15:
within six months of the beginning of a first mandate, nine of a later one; northern, Cree and
Naskapi villages are left out. Municipal system: RLRQ, c. M-22.1, art. 8: within nine months of
each mandate. Both are declared to the clerk within thirty days, and both lists are public.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from atn_platform.accounts.models import User
from municipalities.enums import UNDER_AGREEMENTS, Duty, Kind, Public
from municipalities.models import DeclaredTraining, Mandate, Organisation

FIRST_TERM_MONTHS, LATER_TERM_MONTHS, SYSTEM_MONTHS = 6, 9, 9
DECLARE_DAYS = 30
REMINDED_AT = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One training that one mandate asks for. `declared` is what the person said of it, if any."""

    mandate: Mandate
    duty: Duty
    deadline: date
    declared: DeclaredTraining | None

    def days_left(self, on: date) -> int:
        return (self.deadline - on).days

    @property
    def declare_by(self) -> date | None:
        """The last day to hand the declaration in."""
        if self.declared is None:
            return None
        return self.declared.followed_on + timedelta(days=DECLARE_DAYS)


@dataclass(frozen=True, slots=True)
class CouncilRow:
    """One elected person and their lines, for whoever keeps the list."""

    mandate: Mandate
    lines: list[DutyLine]


def seats(*, on: date) -> QuerySet[Mandate]:
    """Mandates of the councils of municipalities, in force that day, with what was declared."""
    live = DeclaredTraining.objects.live().order_by("pk")
    return (
        Mandate.objects.in_force(on=on)
        .filter(public=Public.ELECTED, organisation__kind=Kind.MUNICIPALITY)
        .select_related("user", "organisation")
        .prefetch_related(Prefetch("declared_trainings", queryset=live, to_attr="live_trainings"))
        .order_by("user__sort_key", "pk")
    )


def duties_of(user: User, *, on: date) -> list[DutyLine]:
    """What this person's own seats ask for."""
    return list(lines(seats(on=on).filter(user=user)))


def council(organisation: Organisation, *, on: date) -> list[CouncilRow]:
    """The council by name: the trainings that the law makes public, and nothing else."""
    mandates = list(seats(on=on).filter(organisation=organisation))
    rows: dict[int, CouncilRow] = {each.pk: CouncilRow(each, []) for each in mandates}
    for line in lines(mandates):
        rows[line.mandate.pk].lines.append(line)
    return list(rows.values())


def lines(mandates: Iterable[Mandate]) -> Iterator[DutyLine]:
    """The duties of rows of seats(), in one query more."""
    mandates = list(mandates)
    veterans = _veterans(mandates)
    for mandate in mandates:
        declared = {each.duty: each for each in mandate.live_trainings}  # type: ignore[attr-defined]
        for duty in duties(mandate.organisation):
            due = deadline(mandate, duty, is_first=mandate.pk not in veterans)
            yield DutyLine(mandate, duty, due, declared.get(duty))


def duties(organisation: Organisation) -> list[Duty]:
    exempt = organisation.designation in UNDER_AGREEMENTS
    return [duty for duty in Duty if not (exempt and duty == Duty.ETHICS)]


def deadline(mandate: Mandate, duty: Duty, *, is_first: bool) -> date:
    """The last day to follow that training."""
    if duty == Duty.SYSTEM:
        return add_months(mandate.starts_on, SYSTEM_MONTHS)
    months = FIRST_TERM_MONTHS if is_first else LATER_TERM_MONTHS
    return add_months(mandate.starts_on, months)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _veterans(mandates: list[Mandate]) -> set[int]:
    """Those of these mandates whose holder sat on a council before, as far as we know."""
    before = Mandate.objects.filter(
        user__in={each.user_id for each in mandates}, public=Public.ELECTED
    )
    first: dict[int, date] = {}
    for user, starts_on in before.values_list("user_id", "starts_on"):
        first[user] = min(starts_on, first.get(user, starts_on))
    return {each.pk for each in mandates if first[each.user_id] < each.starts_on}
