"""The people of an organisation and where their courses stand: facts, never answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from atn_platform.core import french
from enrollments.enums import Progress, Status
from enrollments.models import Enrollment
from enrollments.queries.sharing import facts_shown
from municipalities.enums import Public
from municipalities.models import Mandate, MandateQuerySet, Organisation

# Courses taken up under a mandate, or under one that it prolongs: a term before, a merger.
ALONG = Q(user__enrollments__mandate__thread=F("thread"))
ONCE = ALONG & Q(user__enrollments__duplicate_of__isnull=True)
LIVE = ONCE & ~Q(user__enrollments__status=Status.WITHDRAWN)
NUMBERS = ("state", "courses", "courses_done", "stations_done", "stations_total")
DONE = ONCE & Q(user__enrollments__status=Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class TeamCounts:
    """People of an organisation, each counted once however many courses they follow.

    `apart` are the elected people who keep their facts for themselves: they are in no other
    count than `people`.
    """

    people: int
    started: int
    finished: int
    apart: int = 0

    @property
    def shown(self) -> int:
        return self.people - self.apart


@dataclass(frozen=True, slots=True)
class Member:
    """One person of an organisation, for a file; the numbers mean nothing when it is private."""

    person: int
    name: str
    function: str
    public: str
    state: str
    courses: int
    courses_done: int
    stations_done: int
    stations_total: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the people one looks at; everything empty is everyone.

    `function` is a folded function (french.sort_key), so that spellings of one service agree.
    """

    state: str = ""
    public: str = ""
    function: str = ""
    name: str = ""

    @classmethod
    def read(cls, asked: dict[str, str]) -> "Choice":
        """What an address asks for; what we do not know asks for nothing."""
        state, public = asked.get("etat", ""), asked.get("public", "")
        return cls(
            state=state if state in Progress.values else "",
            public=public if public in Public.values else "",
            function=french.sort_key(asked.get("fonction", "")),
            name=asked.get("q", "").replace("\x00", "").strip()[:100],
        )

    def said(self) -> dict[str, str]:
        """The same, as an address says it."""
        words = {
            "etat": self.state, "public": self.public, "fonction": self.function, "q": self.name,
        }  # fmt: skip
        return {key: value for key, value in words.items() if value}


def people(organisation: Organisation, *, on: date) -> MandateQuerySet:
    """Mandates in force, by name, each with its `state`, a value of Progress."""
    along = Enrollment.objects.live().filter(
        learner=OuterRef("user"), mandate__thread=OuterRef("thread")
    )
    begun = along.filter(Q(first_activity_at__isnull=False) | Q(status=Status.COMPLETED))
    state = Case(
        When(~facts_shown(), then=Value(Progress.PRIVATE)),
        When(~Exists(along), then=Value(Progress.NONE)),
        When(~Exists(along.exclude(status=Status.COMPLETED)), then=Value(Progress.FINISHED)),
        When(Exists(begun), then=Value(Progress.UNDER_WAY)),
        default=Value(Progress.WAITING),
    )
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    return mandates.select_related("user").annotate(state=state).order_by("user__sort_key", "pk")


def in_state(rows: MandateQuerySet, state: str) -> MandateQuerySet:
    """Those of people() who stand there."""
    return rows.filter(Q(state=state))


def chosen(organisation: Organisation, choice: Choice, *, on: date) -> MandateQuerySet:
    """The people of an organisation that a choice keeps."""
    rows = people(organisation, on=on)
    if choice.state:
        rows = in_state(rows, choice.state)
    if choice.public:
        rows = rows.filter(public=choice.public)
    if choice.function:
        rows = rows.filter(function__in=_spellings(organisation, choice.function, on=on))
    for word in french.sort_key(choice.name).split():
        rows = rows.filter(user__sort_key__contains=word)
    return rows


def with_numbers(rows: MandateQuerySet) -> QuerySet[Mandate]:
    """With the count of courses and stations of each, and whether its facts are shown."""
    return rows.annotate(
        courses=Count("user__enrollments", filter=LIVE),
        courses_done=Count("user__enrollments", filter=DONE),
        stations_done=Coalesce(Sum("user__enrollments__stations_done", filter=LIVE), 0),
        stations_total=Coalesce(Sum("user__enrollments__stations_total", filter=LIVE), 0),
    )


def team(organisation: Organisation, *, on: date) -> QuerySet[Mandate]:
    """Everyone of an organisation, with state and numbers."""
    return with_numbers(people(organisation, on=on))


def members(organisation: Organisation, choice: Choice, *, on: date) -> list[Member]:
    """The people that a choice keeps, by name, with what their organisation may know."""
    rows = with_numbers(chosen(organisation, choice, on=on))
    return [
        Member(
            person=each.user_id,
            name=str(each.user),
            function=each.function,
            public=str(Public(each.public).label),
            **{key: getattr(each, key) for key in NUMBERS},
        )
        for each in rows.iterator(chunk_size=2_000)
    ]


def team_counts(organisation: Organisation, *, on: date) -> TeamCounts:
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    shown = mandates.filter(facts_shown())
    live = Enrollment.objects.live().filter(mandate__thread__in=shown.values("thread"))
    done = Q(status=Status.COMPLETED)
    started = Q(first_activity_at__isnull=False) | done
    counts = live.aggregate(
        started=Count("learner", filter=started, distinct=True),
        finished=Count("learner", filter=done, distinct=True),
    )
    everyone = mandates.aggregate(
        people=Count("user", distinct=True),
        shown=Count("user", filter=facts_shown(), distinct=True),
    )
    apart = everyone["people"] - everyone["shown"]
    return TeamCounts(people=everyone["people"], apart=apart, **counts)


def states(organisation: Organisation, *, on: date) -> dict[str, int]:
    """How many mandates stand where."""
    rows = people(organisation, on=on).order_by().values(standing=F("state"))
    return {row["standing"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def publics(organisation: Organisation, *, on: date) -> dict[str, int]:
    """How many mandates in force each public has."""
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    rows = mandates.order_by().values(name=F("public")).annotate(count=Count("pk"))
    return {row["name"]: row["count"] for row in rows}


def functions(organisation: Organisation, *, on: date) -> dict[str, tuple[str, int]]:
    """Functions or services by folded name: how they are written most, and for how many people."""
    rows = list(_written(organisation, on=on))
    found: dict[str, tuple[str, int]] = {}
    for function, count in sorted(rows, key=lambda row: -row[1]):
        key = french.sort_key(function)
        label, before = found.get(key, (function, 0))
        found[key] = (label, before + count)
    return dict(sorted(found.items()))


def _written(organisation: Organisation, *, on: date) -> Iterable[tuple[str, int]]:
    mandates = Mandate.objects.in_force(on=on).filter(organisation=organisation)
    rows = mandates.exclude(function="").order_by().values("function")
    return rows.annotate(count=Count("pk")).values_list("function", "count")


def _spellings(organisation: Organisation, function: str, *, on: date) -> list[str]:
    return [
        written
        for written, __ in _written(organisation, on=on)
        if french.sort_key(written) == function
    ]
