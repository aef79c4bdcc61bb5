"""How ready a municipality is: counts of groups, from which nobody's own result can be worked out.

The collective criterion: the direction générale, half of the council and half of the staff have
finished the course that everybody starts with. Four things guard each person:

- what elected people keep for themselves counts as not finished: whoever also reads « Mes gens »,
  where the others are by name, could subtract;
- a group of fewer than five finished shows no number, nought included;
- days are not compared: facts count up to the last Sunday;
- the direction générale is one person. When the criterion is missed and the council is there for
  all to see, the team shows no number, however large it is; and when the direction is the whole
  team, the council shows none. Else « pas encore » would name who is missing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from atn_platform.core.french import sort_key
from atn_platform.core.office_hours import QUEBEC
from courses.models import Course
from enrollments.enums import Status
from enrollments.models import Enrollment
from enrollments.queries.sharing import facts_shown
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation

ESSENTIAL = "CYB-101"
SMALLEST_GROUP = 5
CHIEFS = ("directrice generale", "directeur general")
DEPUTY = "adjoint"


@dataclass(frozen=True, slots=True)
class Group:
    """One side of the town hall. `done` is None when the number would say too much.

    `is_half`: at least half have finished, and that may be said. `is_guarded`: the number is
    hidden whatever it is.
    """

    whole: int
    enlisted: int
    done: int | None
    is_half: bool = False
    is_guarded: bool = False

    @property
    def missing(self) -> int:
        """Seats or posts that nobody holds on the platform."""
        return self.whole - self.enlisted

    @property
    def share(self) -> float:
        return (self.done or 0) / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """`team`: the direction générale and all who work there. `until`: the last day counted."""

    organisation: Organisation
    course: Course | None
    until: date
    council: Group
    team: Group
    is_ready: bool
    has_chief: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of a municipality before anything is hidden. Never leaves this module."""

    council: int
    enlisted: int
    council_done: int
    staff: int
    staff_done: int
    has_chief: bool
    chief_done: bool

    @property
    def team(self) -> int:
        return self.staff + self.has_chief

    @property
    def council_is_half(self) -> bool:
        return self.council > 0 and 2 * self.council_done >= self.council

    @property
    def is_ready(self) -> bool:
        return self.chief_done and self.council_is_half and 2 * self.staff_done >= self.staff


def readiness(organisation: Organisation, *, on: date) -> Readiness:
    """What may be said on that day, in three queries whatever the number of people."""
    sunday = on - timedelta(days=on.isoweekday())
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    finished = Enrollment.objects.filter(
        course__code=ESSENTIAL,
        status=Status.COMPLETED,
        completed_at__lt=datetime.combine(sunday + timedelta(days=1), time(), QUEBEC),
        mandate__thread__in=mandates.filter(facts_shown()).values("thread"),
    )
    done = set(finished.values_list("learner_id", flat=True))
    rows = list(mandates.values_list("user_id", "public", "function"))
    council = {user for user, public, _ in rows if public == Public.ELECTED}
    chiefs = {user for user, public, function in rows if is_chief(public, function)}
    staff = {user for user, public, _ in rows if public != Public.ELECTED} - chiefs
    tally = Tally(
        council=max(organisation.seats_filled, len(council)),
        enlisted=len(council),
        council_done=len(council & done),
        staff=len(staff),
        staff_done=len(staff & done),
        has_chief=bool(chiefs),
        chief_done=bool(chiefs & done),
    )
    course = Course.objects.filter(code=ESSENTIAL, current_version__isnull=False).first()
    council_seen, team_seen = shown(tally)
    return Readiness(
        organisation=organisation,
        course=course,
        until=sunday,
        council=council_seen,
        team=team_seen,
        is_ready=tally.is_ready,
        has_chief=bool(chiefs),
    )


def is_chief(public: str, function: str) -> bool:
    """Whether someone is the direction générale, by the name of their function."""
    words = sort_key(function)
    return public == Public.MANAGER and words.startswith(CHIEFS) and DEPUTY not in words


def shown(tally: Tally) -> tuple[Group, Group]:
    """The council and the team as they may be seen."""
    council = Group(tally.council, tally.enlisted, tally.council_done)
    team = Group(tally.team, tally.team, tally.staff_done + tally.chief_done)
    if tally.is_ready:
        return _half(council, among=tally.council), _half(team, among=tally.staff)
    if tally.has_chief and not tally.staff:
        return _guarded(council), _guarded(team)
    seen = _masked(council)
    return seen, _guarded(team) if seen.is_half else _masked(team)


def _masked(group: Group) -> Group:
    if group.done is None or group.done < SMALLEST_GROUP:
        return replace(group, done=None)
    return replace(group, is_half=2 * group.done >= group.whole)


def _half(group: Group, *, among: int) -> Group:
    """A group known to have reached half of `among`: no number where that half could be four.

    The direction has finished too: a team's number tells of the staff alone.
    """
    done = group.done if among > 2 * (SMALLEST_GROUP - 1) else None
    return replace(group, done=done, is_half=True)


def _guarded(group: Group) -> Group:
    return replace(group, done=None, is_guarded=True)
