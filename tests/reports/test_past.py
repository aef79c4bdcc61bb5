"""Whatever is written on mandates today, the report of a time that is over keeps its figures."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.reports import periods
from atn_platform.reports.enums import Audience, Scope
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.queries import participation as queries
from enrollments.actions import enroll
from enrollments.actions.ledger import NewEvent, record
from enrollments.enums import Verb
from enrollments.models import Enrollment
from municipalities.actions import council, departures, mandates
from municipalities.actions.council import Election
from municipalities.actions.mandates import Term
from municipalities.actions.territory import Merger, name_successor
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation
from municipalities.queries.council import outgoing
from tests.factories import (
    MandateFactory,
    MunicipalityFactory,
    RegionFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 15, 15, 0, tzinfo=UTC)
TODAY = date(2026, 10, 15)
PAST = [periods.parse(key) for key in ("2026-T1", "2026-T2", "2026-T3", "2026-08")]


@dataclass
class World:
    places: list[Organisation]
    vanished: Organisation
    by: User


@pytest.fixture
def world() -> World:
    """Two municipalities and one that left the registry, whose people took part all the year."""
    areas = [RegionFactory(code=code, name=code, sort_key=code) for code in ("01", "05")]
    places = [MunicipalityFactory(region=area) for area in areas]
    vanished = MunicipalityFactory(region=areas[0], inactive_on=date(2026, 5, 1))
    course = VersionFactory().course
    for place in (*places, vanished):
        for public in (Public.ELECTED, Public.ELECTED, Public.STAFF):
            mandate = MandateFactory(organisation=place, public=public)
            joined = enroll(learner=mandate.user, course=course, mandate=mandate, at=_moment(2))
            finish(joined, 0, _moment(2))
            if public == Public.ELECTED:
                finish(joined, 1, _moment(7))
    return World(places, vanished, UserFactory())


def _moment(month: int) -> datetime:
    return datetime(2026, month, 10, 15, 0, tzinfo=UTC)


def finish(enrollment, rank, at) -> None:
    lesson = enrollment.version.document["modules"][0]["lessons"][rank]["uuid"]
    event = NewEvent(uuid=uuid4(), verb=Verb.COMPLETED, lesson=UUID(lesson), happened_at=at)
    record(enrollment_id=enrollment.pk, event=event, at=at)


def past() -> list:
    """All that the reports of the year said, to both readers."""
    return [
        figures.build(period, audience=audience, today=TODAY)
        for period in PAST
        for audience in Audience
        if audience == Audience.ATN or period.kind != "month"
    ]


# What someone may do to mandates: each takes the world, two numbers that choose, and a day.


def end(world, one, other, day):
    mandates.end_mandate(mandate_id=_any(one).pk, on=day, by=world.by, at=NOW)


def correct(world, one, other, day):
    days = Term("", day, None if other % 3 == 0 else day + timedelta(days=30 * other))
    mandates.correct_mandate(mandate_id=_any(one).pk, term=days, by=world.by, at=NOW)


def leave(world, one, other, day):
    mandate = _any(one)
    departures.depart(
        user=mandate.user, organisation=mandate.organisation, on=day, by=world.by, at=NOW
    )


def move(world, one, other, day):
    """End here, open elsewhere, go on learning there."""
    mandate = _any(one)
    mandates.end_mandate(mandate_id=mandate.pk, on=day, by=world.by, at=NOW)
    mandates.open_mandate(
        user=mandate.user, organisation=world.places[other % 2], public=mandate.public,
        term=Term("", max(day, mandate.starts_on)), by=world.by, at=NOW,
    )  # fmt: skip
    _learn(mandate.user)


def vote(world, one, other, day):
    place = world.places[other % 2]
    sitting = outgoing(place, elected_on=day)
    returned = {mandate.pk: "" for mandate in sitting[: one % 3]}
    leaving = frozenset(mandate.pk for mandate in sitting if mandate.pk not in returned)
    election = Election(uuid4(), day, returned, leaving, ())
    renewal = council.renew(organisation=place, election=election, by=world.by, at=NOW)
    if one % 2:
        council.undo_renewal(renewal_id=renewal.pk, by=world.by, at=NOW)


def merge(world, one, other, day):
    merger = Merger(world.vanished.pk, world.places[other % 2].pk, day)
    name_successor(merger=merger, by=world.by, at=NOW)
    _learn(world.vanished.mandates.order_by("pk")[one % 3].user)


def _any(number) -> Mandate:
    found = Mandate.objects.order_by("pk")
    return found[number % found.count()]


def _learn(user) -> None:
    finish(Enrollment.objects.get(learner=user), 1, NOW)


ACTS = (end, correct, leave, move, vote, merge)
steps = st.tuples(
    st.sampled_from(ACTS),
    st.integers(0, 40),
    st.integers(0, 40),
    st.dates(date(2025, 10, 1), date(2026, 10, 15)),
)


def play(world, acts) -> None:
    for act, one, other, day in acts:
        with suppress(ActionError), transaction.atomic():
            act(world, one, other, day)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(steps, min_size=1, max_size=6))
@example(acts=[(end, 0, 0, date(2026, 3, 1)), (correct, 0, 0, date(2025, 11, 2))])
@example(acts=[(merge, 0, 0, date(2026, 1, 1)), (vote, 3, 0, date(2026, 2, 1))])
@example(acts=[(move, 2, 1, date(2026, 1, 1)), (leave, 2, 0, date(2025, 12, 1))])
def test_ending_or_moving_a_mandate_never_changes_a_past_report(world, acts):
    with transaction.atomic():
        before = past()
        play(world, acts)
        assert past() == before
        transaction.set_rollback(True)


@pytest.mark.parametrize("act", ACTS)
def test_each_of_these_acts_does_something(world, act):
    """No act of the property above is refused every time, which would prove nothing."""
    before = set(Mandate.objects.values_list("pk", "ends_on", "starts_on"))
    for one in range(4):
        play(world, [(act, one, 1, date(2026, 2, 1))])
    assert set(Mandate.objects.values_list("pk", "ends_on", "starts_on")) != before


def test_reading_the_last_day_as_it_stands_now_would_change_the_past(world, monkeypatch):
    """The control: without the days known at the time, one backdated end is enough."""
    naive = {
        scope: statement.replace(
            "CASE WHEN since.id IS NULL THEN facts.ends_on ELSE since.ends_before END",
            "facts.ends_on",
        )
        for scope, statement in queries.TABLES.items()
    }
    assert naive != queries.TABLES
    monkeypatch.setattr(queries, "TABLES", naive)
    before = past()
    play(world, [(end, 0, 0, date(2026, 3, 1))])
    assert past() != before


def test_reading_the_mandate_of_the_enrolment_alone_would_leave_the_future_behind(world):
    """The other control: what is done after a move is not counted for the place left."""
    play(world, [(move, 2, 1, date(2026, 9, 30))])
    autumn = figures.build(periods.parse("2026-T4"), audience=Audience.ATN, today=TODAY)
    shown = {row.key: row.people for row in autumn.tables["region"] if row.people}
    assert shown == {"05": 1}


def test_both_scopes_count_the_same_people(world):
    play(world, [(merge, 0, 1, date(2026, 4, 1))])
    for period in PAST:
        origin, today = (
            figures.build(period, audience=Audience.ATN, today=TODAY, scope=scope)
            for scope in Scope
        )
        assert (origin.total.people, origin.pace.minutes) == (
            today.total.people,
            today.pace.minutes,
        )
