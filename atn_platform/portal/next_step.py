"""« Et maintenant? »: the one next thing to do, and how long it takes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

SOON = timedelta(minutes=60)
CHOICE_DAYS = timedelta(days=7)

# What somebody may finish in the time of a break.
BREAK_MINUTES = 15
SHORT_SHOWN = 3
# Minutes a week that a person may choose; none is a rhythm too.
RHYTHMS = ("15", "30", "60", "120")

Kind = Literal[
    "meeting", "sheet", "choice", "resume", "start",
    "teach", "work", "mandate", "path", "catalogue", "aside",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meeting:
    """A seat held at a live session."""

    title: str
    starts_at: datetime
    ends_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to decide before a day: a date for a meeting that a course asks for."""

    title: str
    until: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Following:
    """A course under way: its next station. `last_activity_at` is None when nothing is begun."""

    course: str
    lesson: str
    minutes: int
    url: str
    last_activity_at: datetime | None
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course that one could begin, or take up again."""

    course: str
    minutes: int
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session that one gave, whose people are still to be marked present or absent."""

    title: str
    ended_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Work:
    """What a role is for: the next session to give (with its hour), or a page of one's own."""

    title: str
    url: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the choice depends on. Without a mandate in force, no course can be joined."""

    meetings: Sequence[Meeting] = ()
    sheets: Sequence[Sheet] = ()
    choices: Sequence[Choice] = ()
    following: Sequence[Following] = ()
    path: Sequence[Suggestion] = ()
    catalogue: Sequence[Suggestion] = ()
    aside: Sequence[Suggestion] = ()
    work: Sequence[Work] = ()
    has_mandate: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    """`minutes` is None when the step has no length of its own; `at` is its hour or its deadline.

    The step "mandate" has neither title nor address: it is to ask someone for an invitation.
    """

    kind: Kind
    title: str
    course: str
    minutes: int | None
    url: str
    at: datetime | None = None


def next_step(facts: Facts, now: datetime) -> NextStep | None:
    """The first of these that exists; None when there is nothing to propose.

    A live session under way or within the hour; an attendance sheet to fill; a choice due within
    seven days; the course last worked on; a course joined and not begun, the oldest first; for
    whoever has no mandate, the work of a role, or else a mandate; the next course of the parcours;
    a course of the catalogue; a course set aside.
    """
    return (
        _meeting(facts, now)
        or _sheet(facts)
        or _choice(facts, now)
        or _following(facts)
        or _suggestion(facts)
    )


def _meeting(facts: Facts, now: datetime) -> NextStep | None:
    near = [m for m in facts.meetings if m.starts_at - SOON <= now < m.ends_at]
    if not near:
        return None
    first = min(near, key=lambda meeting: meeting.starts_at)
    minutes = int((first.ends_at - first.starts_at).total_seconds() // 60)
    return NextStep("meeting", first.title, "", minutes, first.url, first.starts_at)


def _sheet(facts: Facts) -> NextStep | None:
    if not facts.sheets:
        return None
    first = min(facts.sheets, key=lambda sheet: sheet.ended_at)
    return NextStep("sheet", first.title, "", None, first.url, first.ended_at)


def _choice(facts: Facts, now: datetime) -> NextStep | None:
    due = [choice for choice in facts.choices if now <= choice.until <= now + CHOICE_DAYS]
    if not due:
        return None
    first = min(due, key=lambda choice: choice.until)
    return NextStep("choice", first.title, "", None, first.url, first.until)


def _following(facts: Facts) -> NextStep | None:
    begun = [each for each in facts.following if each.last_activity_at is not None]
    if begun:
        last = max(begun, key=lambda each: (each.last_activity_at, each.enrolled_at))
        return NextStep("resume", last.lesson, last.course, last.minutes, last.url)
    if facts.following:
        first = min(facts.following, key=lambda each: each.enrolled_at)
        return NextStep("start", first.lesson, first.course, first.minutes, first.url)
    return None


def _suggestion(facts: Facts) -> NextStep | None:
    if not facts.has_mandate and facts.work:
        first = facts.work[0]
        return NextStep(
            "teach" if first.at else "work", first.title, "", None, first.url, first.at
        )
    if not facts.has_mandate:
        return NextStep("mandate", "", "", None, "")
    offers: list[tuple[Kind, Sequence[Suggestion]]] = [
        ("path", facts.path),
        ("catalogue", facts.catalogue),
        ("aside", facts.aside),
    ]
    for source, suggestions in offers:
        if suggestions:
            offer = suggestions[0]
            return NextStep(source, offer.course, offer.course, offer.minutes, offer.url)
    return None


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm that a person chose, and the week when what is under way would end at it."""

    minutes: str
    weeks: int
    ends_on: date | None


def pace(chosen: str, minutes_left: int, *, on: date) -> Pace | None:
    """None without a choice. A day to look forward to: nothing is due, and nobody is late."""
    if chosen not in RHYTHMS:
        return None
    weeks = -(-minutes_left // int(chosen))
    return Pace(chosen, weeks, on + timedelta(weeks=weeks) if minutes_left else None)


def short_steps(following: Sequence[Following], step: NextStep | None) -> list[Following]:
    """What may be finished in a break, beside the next step: the shortest first."""
    others = [each for each in following if 0 < each.minutes <= BREAK_MINUTES]
    others = [each for each in others if step is None or each.url != step.url]
    return sorted(others, key=lambda each: each.minutes)[:SHORT_SHOWN]
