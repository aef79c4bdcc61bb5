"""In what capacity a fact counts: the mandate that was in force when it happened."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from atn_platform.reports.periods import Period
from atn_platform.reports.queries import participation as reports
from certificates.queries import facts_of
from enrollments.actions import enroll
from enrollments.actions.ledger import NewEvent, recompute, record
from enrollments.enums import Verb
from enrollments.models import Enrollment, LessonState
from enrollments.queries.team import team, team_counts
from municipalities.actions import mandates
from municipalities.actions.council import Election, RenewalRefused, renew, undo_renewal
from municipalities.enums import Public
from municipalities.queries.mandates import continued
from tests.factories import (
    MandateFactory,
    MunicipalityFactory,
    RegionFactory,
    UserFactory,
    VersionFactory,
    agreeing,
)

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
MOVE = date(2026, 3, 31)
AFTER = datetime(2026, 4, 2, 15, 0, tzinfo=UTC)
MARCH, APRIL = (
    Period(date(2026, 3, 1), date(2026, 3, 31)),
    Period(date(2026, 4, 1), date(2026, 4, 30)),
)


@pytest.fixture
def here():
    return MunicipalityFactory(region=RegionFactory(code="01"))


@pytest.fixture
def there():
    return MunicipalityFactory(region=RegionFactory(code="05", name="Estrie", sort_key="estrie"))


@pytest.fixture
def joined(here):
    """An elected person of `here` who has joined a course of two lessons."""
    mandate = MandateFactory(organisation=here, public=Public.ELECTED, function="siège 4")
    course = VersionFactory().course
    return enroll(learner=mandate.user, course=course, mandate=mandate, at=BEFORE)


def finish(enrollment, rank, at):
    lesson = enrollment.version.document["modules"][0]["lessons"][rank]["uuid"]
    event = NewEvent(uuid=uuid4(), verb=Verb.COMPLETED, lesson=UUID(lesson), happened_at=at)
    return record(enrollment_id=enrollment.pk, event=event, at=at)


def people(period) -> dict[str, int]:
    """People counted by region, total included."""
    counts = reports.count(period, on=period.ends_on)
    shown = {key: n for (kind, key), (n, _) in counts.people.items() if kind == "region"}
    return shown | {"total": counts.of("total")[0]}


def end(mandate, on=MOVE):
    mandates.end_mandate(mandate_id=mandate.pk, on=on, by=UserFactory(), at=AFTER)


def reelect(mandate):
    """A vote on the day of the move returns this person."""
    election = Election(uuid4(), MOVE, {mandate.pk: "siège 4"}, frozenset(), ())
    return renew(organisation=mandate.organisation, election=election, by=UserFactory(), at=AFTER)


def test_b79_the_past_counts_for_the_old_municipality_and_the_future_for_the_new(
    joined, here, there
):
    finish(joined, 0, BEFORE)
    old = people(MARCH)
    end(joined.mandate)
    new = MandateFactory(user=joined.learner, organisation=there, starts_on=MOVE)
    finish(joined, 1, AFTER)
    assert people(MARCH) == old == {"01": 1, "total": 1}
    assert people(APRIL) == {"05": 1, "total": 1}
    assert people(Period(MARCH.starts_on, APRIL.ends_on)) == {"01": 1, "05": 1, "total": 1}
    assert list(LessonState.objects.order_by("pk").values_list("mandate", flat=True)) == [
        None, new.pk,
    ]  # fmt: skip


def test_s28_whoever_moves_takes_the_course_along_and_nobody_sees_the_other_s_part(
    joined, here, there
):
    """The old municipality sees nothing new, the new one nothing old; nobody counts twice."""
    finish(joined, 0, BEFORE)
    end(joined.mandate)
    MandateFactory(user=joined.learner, organisation=there, starts_on=MOVE + timedelta(days=1))
    finish(joined, 1, AFTER)
    later = AFTER.date()
    assert list(team(here, on=later)) == []
    (seen,) = team(there, on=later)
    assert (seen.courses, seen.stations_done) == (0, 0)
    counts = team_counts(there, on=later)
    assert (counts.people, counts.started) == (1, 0)
    assert Enrollment.objects.get().stations_done == 2


def test_a_course_goes_on_in_a_new_term_and_counts_there(joined, here):
    finish(joined, 0, BEFORE)
    reelect(joined.mandate)
    finish(joined, 1, AFTER)
    new = joined.learner.mandates.get(starts_on=MOVE + timedelta(days=1))
    assert LessonState.objects.get(mandate__isnull=False).mandate == new
    (seen,) = team(here, on=AFTER.date())
    assert (seen, seen.courses, seen.stations_done) == (new, 1, 2)
    assert team_counts(here, on=AFTER.date()).apart == 1
    agreeing(joined.learner)
    assert team_counts(here, on=AFTER.date()).finished == 1
    covered = reports.count(APRIL, on=APRIL.ends_on).reference("total")[2]
    assert covered == 1
    assert facts_of(Enrollment.objects.get())["function"] == "siège 4"


def test_a_renewal_under_which_someone_learned_is_not_undone(joined):
    renewal = reelect(joined.mandate)
    finish(joined, 0, AFTER)
    with pytest.raises(RenewalRefused, match="a déjà servi"):
        undo_renewal(renewal_id=renewal.pk, by=UserFactory(), at=AFTER)


def test_a_course_set_aside_is_taken_up_again_in_the_new_term(joined):
    Enrollment.objects.update(status="withdrawn", withdrawn_at=BEFORE)
    renewal = reelect(joined.mandate)
    again = enroll(
        learner=joined.learner, course=joined.course, mandate=renewal.opened.get(), at=AFTER
    )
    assert again == joined


def test_a_stamp_once_given_stays_whatever_is_written_on_mandates(joined, there):
    """The proof: the same fact, projected again after its dates were moved."""
    finish(joined, 0, BEFORE)
    end(joined.mandate)
    new = MandateFactory(user=joined.learner, organisation=there, starts_on=MOVE)
    finish(joined, 1, AFTER)
    stamps = list(LessonState.objects.order_by("pk").values_list("mandate", flat=True))
    end(joined.mandate, on=BEFORE.date() - timedelta(days=5))
    end(new, on=MOVE)
    recompute(enrollment_id=joined.pk)
    finish(joined, 0, AFTER)
    assert list(LessonState.objects.order_by("pk").values_list("mandate", flat=True)) == stamps


def test_without_any_mandate_a_fact_stays_with_the_one_that_the_course_was_joined_under(joined):
    end(joined.mandate)
    finish(joined, 0, AFTER)
    assert LessonState.objects.get().mandate is None
    assert people(APRIL) == {"01": 1, "total": 1}


def test_the_thread_comes_first_then_the_organisation_then_the_public(here, there):
    old = MandateFactory(organisation=here, ends_on=MOVE)
    day = AFTER.date()
    nearer = [
        {"organisation": there, "public": Public.ELECTED},
        {"organisation": there, "public": Public.MANAGER},
        {"organisation": there, "public": Public.STAFF},
        {"organisation": here, "public": Public.MANAGER},
        {"organisation": here, "public": Public.ELECTED, "thread": old.thread},
    ]
    assert continued(old, on=day) is None
    for fields in nearer:
        found = MandateFactory(user=old.user, starts_on=day, **fields)
        assert continued(old, on=day) == found


def test_the_stamp_costs_nothing_while_the_mandate_is_in_force(
    joined, django_assert_max_num_queries
):
    finish(joined, 0, BEFORE)
    lesson = UUID(joined.version.document["modules"][0]["lessons"][1]["uuid"])
    event = NewEvent(uuid=uuid4(), verb=Verb.OPENED, lesson=lesson, happened_at=AFTER)
    with django_assert_max_num_queries(8) as seen:
        record(enrollment_id=joined.pk, event=event, at=AFTER)
    assert not any(
        "municipalities_mandate" in each["sql"] and "FOR NO KEY UPDATE" not in each["sql"]
        for each in seen.captured_queries
    )
