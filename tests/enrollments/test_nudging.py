"""Reminding those who have not begun: one message a week, taken back in time, capped by day."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from atn_platform.audit.models import Entry
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OptOut, OutgoingEmail
from enrollments.actions import nudging, reminding
from enrollments.actions.nudging import NudgeRefused, nudge, take_back
from enrollments.queries import nudges
from enrollments.queries.nudges import candidates
from municipalities.enums import Public
from tests.enrollments.due import AT, DAY, waiting
from tests.factories import MandateFactory, ResponsibilityFactory, agreeing

pytestmark = pytest.mark.django_db


@pytest.fixture
def ginette():
    return ResponsibilityFactory(user__first_name="Ginette", user__last_name="Ouellet")


def not_begun(ginette, count=1, **facts):
    return [
        waiting(
            AT - 20 * DAY, mandate=MandateFactory(organisation=ginette.organisation, **facts)
        ).mandate
        for _ in range(count)
    ]


def reminded(ginette, mandates, at=AT):
    keys = [each.pk for each in mandates]
    found = nudge(organisation=ginette.organisation, mandates=keys, by=ginette.user, at=at)
    return [each.mandate for each in found]


def test_each_of_those_who_have_not_begun_hears_once_of_their_course(ginette):
    mandates = not_begun(ginette, 2)
    assert reminded(ginette, mandates) == mandates
    assert reminded(ginette, mandates) == []
    assert reminded(ginette, mandates, at=AT + 6 * DAY) == []
    first, __ = OutgoingEmail.objects.order_by("pk")
    enrollment = mandates[0].enrollments.get()
    assert first.key == f"nudge:{mandates[0].user_id}:{enrollment.pk}-20270119"
    assert first.category == Category.REMINDER
    assert "Ginette Ouellet" in first.text
    assert "Quand vous voulez" in first.subject
    assert "retard" not in first.text
    assert first.not_before == AT + timedelta(minutes=5)
    assert Entry.objects.get().details["people"] == [each.user_id for each in mandates]


def test_a_week_later_they_may_hear_again(ginette):
    mandates = not_begun(ginette)
    reminded(ginette, mandates)
    (last,) = candidates(ginette.organisation, at=AT + 6 * DAY)
    assert (last.hindrance, nudges.next_day(AT)) == ("lately", AT + 7 * DAY)
    assert reminded(ginette, mandates, at=AT + 7 * DAY) == mandates


def test_the_rules_and_the_responsable_keep_out_of_each_other_s_week(ginette):
    by_rule = waiting(AT - 8 * DAY, mandate=MandateFactory(organisation=ginette.organisation))
    assert len(reminding.remind(at=AT).queued) == 1
    assert reminded(ginette, [by_rule.mandate], at=AT + DAY) == []
    by_hand = waiting(AT - 8 * DAY, mandate=MandateFactory(organisation=ginette.organisation))
    assert reminded(ginette, [by_hand.mandate]) == [by_hand.mandate]
    assert reminding.remind(at=AT).queued == []


def test_who_cannot_be_written_to_is_said(ginette):
    (silent,) = not_begun(ginette, user__email=None)
    (refusing,) = not_begun(ginette)
    OptOut.objects.create(user=refusing.user, category=Category.REMINDER, opted_out_at=AT)
    found = {each.mandate: each.hindrance for each in candidates(ginette.organisation, at=AT)}
    assert found == {silent: "address", refusing: "refusal"}
    assert reminded(ginette, [silent, refusing]) == []


def test_s30_only_one_s_own_people_who_have_not_begun(ginette):
    """S-30: nobody elsewhere, nobody who began, no elected person who did not agree."""
    stranger = waiting(AT - 20 * DAY).mandate
    begun = waiting(
        AT - 20 * DAY,
        mandate=MandateFactory(organisation=ginette.organisation),
        first_activity_at=AT - DAY,
    ).mandate
    (private,) = not_begun(ginette, public=Public.ELECTED)
    (shown,) = not_begun(ginette, public=Public.ELECTED)
    agreeing(shown.user)
    assert reminded(ginette, [stranger, begun, private, shown]) == [shown]


def test_s30_the_day_has_a_limit(ginette, monkeypatch):
    """S-30: past it nothing at all leaves, and the page says when to come back."""
    monkeypatch.setattr(nudging, "NUDGES_A_DAY", 2)
    first = not_begun(ginette, 2)
    reminded(ginette, first)
    more = not_begun(ginette)
    with pytest.raises(NudgeRefused, match="demain"):
        reminded(ginette, more)
    assert OutgoingEmail.objects.count() == 2
    assert reminded(ginette, more, at=AT + DAY) == more


def test_what_has_not_left_is_taken_back_and_may_be_sent_again(ginette):
    mandates = not_begun(ginette, 2)
    reminded(ginette, mandates)
    OutgoingEmail.objects.filter(recipient=mandates[0].user).update(sent_at=AT, attempts=1)
    here = ginette.organisation
    assert take_back(organisation=here, by=ginette.user, at=AT) == 1
    assert take_back(organisation=here, by=ginette.user, at=AT) == 0
    assert reminded(ginette, mandates) == [mandates[1]]


def test_a_colleague_elsewhere_does_not_take_back_ours(ginette):
    """Someone of two organisations: each sees and takes back its own reminders."""
    (mandate,) = not_begun(ginette)
    other = ResponsibilityFactory()
    MandateFactory(user=mandate.user, organisation=other.organisation)
    reminded(ginette, [mandate])
    assert take_back(organisation=other.organisation, by=other.user, at=AT) == 0
    assert nudges.promised_today(other.organisation, at=AT) == []
    assert len(nudges.promised_today(ginette.organisation, at=AT)) == 1


def test_looking_costs_the_same_for_one_person_and_three(ginette):
    costs = []
    for count in (1, 2):
        not_begun(ginette, count)
        with CaptureQueriesContext(connection) as queries:
            candidates(ginette.organisation, at=AT)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.fixture
def slow_look(monkeypatch):
    """Both clicks look at the same moment who is to be written to, unless one waits."""
    looked = Barrier(2)
    real = nudges.candidates

    def slow(organisation, *, at):
        found = real(organisation, at=at)
        with suppress(BrokenBarrierError):
            looked.wait(timeout=1)
        return found

    monkeypatch.setattr(nudges, "candidates", slow)


def twice(ginette, mandates):
    """How many each of two clicks says it wrote to, with keys that a second click escapes."""
    barrier = Barrier(2)

    def work(_):
        try:
            barrier.wait(timeout=10)
            return len(reminded(ginette, mandates))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(work, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_write_once(ginette, slow_look):
    assert twice(ginette, not_begun(ginette, 2)) == [0, 2]
    assert OutgoingEmail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_locks_and_keys_two_clicks_would_write_twice(ginette, slow_look, monkeypatch):
    """Negative control."""
    mandates = not_begun(ginette, 2)
    keys = iter(range(100))
    wrote = Barrier(2)
    real = nudging.letters.nudge

    def unkeyed(*args, **kwargs):
        with suppress(BrokenBarrierError):
            wrote.wait(timeout=1)
        return replace(real(*args, **kwargs), key=f"nudge:{next(keys)}:0-0")

    monkeypatch.setattr(nudging.letters, "nudge", unkeyed)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    assert twice(ginette, mandates) == [2, 2]
    assert OutgoingEmail.objects.count() == 4
