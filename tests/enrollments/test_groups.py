"""Enrolling people together: what it would do, what it does once, what may be taken back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from threading import Barrier, BrokenBarrierError
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from atn_platform.notifications.models import OutgoingEmail
from courses.models import Course
from enrollments.actions import groups
from enrollments.actions.enrolling import enroll, enroll_in_path
from enrollments.actions.groups import GroupRefused, Wish
from enrollments.actions.leaving import leave_path, withdraw
from enrollments.actions.ledger import EventRefused, NewEvent, record
from enrollments.enums import GroupState, Outcome, Verb
from enrollments.models import Enrollment, GroupEnrollment, PathEnrollment
from enrollments.queries.groups import begun, effects, lines_of
from municipalities.enums import Public
from tests.factories import (
    NOON,
    MandateFactory,
    PathFactory,
    ResponsibilityFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def ginette():
    return ResponsibilityFactory(user__first_name="Ginette", user__last_name="Ouellet")


@pytest.fixture
def course():
    return VersionFactory().course


def people(ginette, count=3, **facts):
    return [MandateFactory(organisation=ginette.organisation, **facts) for _ in range(count)]


def chosen(ginette, *pairs, at=NOON):
    wishes = [Wish(mandate, wanted) for mandate, wanted in pairs]
    return groups.choose(organisation=ginette.organisation, wishes=wishes, by=ginette.user, at=at)


def enrolled(ginette, *pairs, at=NOON, advised_on=None):
    group = chosen(ginette, *pairs, at=at)
    return done(ginette, group, at=at, advised_on=advised_on)


def done(ginette, group, at=NOON, advised_on=None):
    return groups.enroll_group(group_id=group.pk, advised_on=advised_on, by=ginette.user, at=at)


def undone(ginette, group, at=LATER):
    return groups.undo_group(group_id=group.pk, by=ginette.user, at=at)


def begin(enrollment, at=LATER):
    lesson = enrollment.version.document["modules"][0]["lessons"][0]["uuid"]
    event = NewEvent(uuid=uuid4(), verb=Verb.OPENED, lesson=UUID(lesson), happened_at=at)
    return record(enrollment_id=enrollment.pk, event=event, at=at)


def test_a_group_is_looked_at_then_enrolled_and_each_hears_of_it_once(ginette, course):
    three = people(ginette)
    group = chosen(ginette, *[(each, course) for each in three])
    assert not Enrollment.objects.exists()
    found = effects(list(lines_of(group)), on=NOON.date())
    assert {each.outcome for each in found} == {Outcome.NEW}
    for at in (NOON, NOON + DAY):
        assert done(ginette, group, at=at).state == GroupState.DONE
    rows = Enrollment.objects.order_by("pk")
    assert {each.mandate for each in rows} == set(three)
    assert {each.stations_total for each in rows} == {2}
    letters = OutgoingEmail.objects.order_by("key")
    code = course.code
    assert [each.key for each in letters] == sorted(
        f"group-enrolled:{each.user_id}:{code}-20261123" for each in three
    )
    first = letters[0]
    assert "Ginette Ouellet" in first.text
    assert f"/inscription/{code.lower()}/mettre-de-cote/" in first.text
    assert first.not_before == NOON + timedelta(minutes=5)


def test_each_person_falls_where_they_stand(ginette, course):
    new, follows, finished, left, elsewhere, gone = people(ginette, 6)
    enroll(learner=follows.user, course=course, mandate=follows, at=NOON)
    enroll(learner=finished.user, course=course, mandate=finished, at=NOON)
    set_aside = enroll(learner=left.user, course=course, mandate=left, at=NOON)
    withdraw(enrollment_id=set_aside.pk, at=NOON)
    other = MandateFactory(user=elsewhere.user)
    enroll(learner=other.user, course=course, mandate=other, at=NOON)
    group = chosen(
        ginette,
        *[(each, course) for each in (new, follows, finished, left, elsewhere, gone)],
    )
    gone.ends_on = date(2026, 11, 1)
    gone.save()
    done(ginette, group)
    outcomes = dict(group.lines.values_list("mandate", "outcome"))
    assert outcomes == {
        new.pk: Outcome.NEW,
        follows.pk: Outcome.KNOWN,
        finished.pk: Outcome.KNOWN,
        left.pk: Outcome.APART,
        elsewhere.pk: Outcome.APART,
        gone.pk: Outcome.GONE,
    }
    assert Enrollment.objects.get(pk=set_aside.pk).withdrawn_at == NOON
    assert [each.recipient for each in OutgoingEmail.objects.all()] == [new.user]


def test_an_advised_date_is_a_word_of_the_letter_and_no_more(ginette, course):
    (person,) = people(ginette, 1)
    group = chosen(ginette, (person, course))
    with pytest.raises(GroupRefused, match="passée"):
        done(ginette, group, advised_on=NOON.date() - DAY)
    done(ginette, group, advised_on=date(2027, 1, 15))
    text = " ".join(OutgoingEmail.objects.get().text.split())
    assert "vendredi 15 janvier 2027. Rien n’arrive si elle passe." in text


def test_a_group_is_taken_back_but_for_what_was_begun(ginette, course):
    three = people(ginette)
    group = enrolled(ginette, *[(each, course) for each in three])
    started = Enrollment.objects.get(mandate=three[0])
    begin(started)
    assert [each.mandate for each in begun(group)] == [three[0]]
    OutgoingEmail.objects.filter(recipient=three[1].user).update(sent_at=NOON, attempts=1)
    for _ in range(2):
        assert undone(ginette, group).state == GroupState.UNDONE
    assert list(Enrollment.objects.all()) == [started]
    # What left has left; the others' letters stay in.
    assert [each.recipient for each in OutgoingEmail.objects.all()] == [three[1].user]
    assert [each.mandate for each in lines_of(group) if each.is_kept] == [three[0]]


def test_whoever_was_taken_back_may_be_enrolled_again(ginette, course):
    (person,) = people(ginette, 1)
    undone(ginette, enrolled(ginette, (person, course)))
    again = enrolled(ginette, (person, course), at=LATER)
    assert again.lines.get().outcome == Outcome.NEW
    assert OutgoingEmail.objects.count() == 1


def test_seven_days_later_it_is_too_late(ginette, course):
    group = enrolled(ginette, *[(each, course) for each in people(ginette)])
    with pytest.raises(GroupRefused, match="sept jours"):
        undone(ginette, group, at=NOON + 7 * DAY)
    assert Enrollment.objects.count() == 3


def test_a_draft_cannot_be_undone_and_a_new_choice_replaces_it(ginette, course):
    one, two = people(ginette, 2)
    first = chosen(ginette, (one, course))
    with pytest.raises(GroupRefused):
        undone(ginette, first)
    second = chosen(ginette, (two, course))
    assert list(GroupEnrollment.objects.all()) == [second]


def test_what_may_not_be_chosen_is_refused(ginette, course):
    with pytest.raises(GroupRefused, match="au moins une"):
        chosen(ginette)
    with pytest.raises(GroupRefused, match="pas de cette organisation"):
        chosen(ginette, (MandateFactory(), course))
    (person,) = people(ginette, 1)
    group = chosen(ginette, (person, course))
    Course.objects.update(withdrawn_at=NOON)
    with pytest.raises(GroupRefused, match="plus offert"):
        done(ginette, group)


def test_someone_with_two_mandates_is_taken_once(ginette, course):
    (staff,) = people(ginette, 1)
    elected = MandateFactory(
        user=staff.user, organisation=ginette.organisation, public=Public.ELECTED
    )
    group = enrolled(ginette, (staff, course), (elected, course))
    assert group.lines.get().mandate == staff


def test_three_parcours_by_function_in_one_act_and_back(ginette):
    """Persona 4: each parcours opens with its first course, unless that is the person's choice."""
    first, second, choice = (VersionFactory().course for _ in range(3))
    plain = PathFactory(courses=[first, second])
    other = PathFactory(courses=[second])
    free = PathFactory(courses=[(first, choice), second])
    clerk, inspector, mayor = people(ginette, 3)
    group = enrolled(ginette, (clerk, plain), (inspector, other), (mayor, free))
    joined = {each.mandate: each.course for each in Enrollment.objects.all()}
    assert joined == {clerk: first, inspector: second}
    assert set(PathEnrollment.objects.values_list("learner", "path")) == {
        (clerk.user_id, plain.pk),
        (inspector.user_id, other.pk),
        (mayor.user_id, free.pk),
    }
    begin(Enrollment.objects.get(mandate=clerk))
    undone(ginette, group)
    assert [each.mandate for each in Enrollment.objects.all()] == [clerk]
    assert [each.learner for each in PathEnrollment.objects.all()] == [clerk.user]


def test_a_parcours_followed_or_left_is_the_person_s_own(ginette):
    path = PathFactory(courses=[VersionFactory().course])
    follows, left = people(ginette, 2)
    for each in (follows, left):
        enroll_in_path(learner=each.user, path=path, at=NOON)
    leave_path(learner=left.user, path=path, at=NOON)
    group = enrolled(ginette, (follows, path), (left, path))
    assert set(group.lines.values_list("mandate", "outcome")) == {
        (follows.pk, Outcome.KNOWN),
        (left.pk, Outcome.APART),
    }
    undone(ginette, group)
    assert PathEnrollment.objects.live().get().learner == follows.user


def test_enrolling_costs_the_same_queries_but_for_the_letters(ginette, course):
    enrolled(ginette, *[(each, course) for each in people(ginette, 1)])  # reads the document
    costs = []
    for count in (1, 3):
        mandates = people(ginette, count, user__email=None)
        group = chosen(ginette, *[(each, course) for each in mandates])
        with CaptureQueriesContext(connection) as queries:
            done(ginette, group)
        costs.append(sum("SAVEPOINT" not in each["sql"] for each in queries))
    assert costs[0] == costs[1]


def test_a_lesson_sent_after_the_group_was_taken_back_is_refused_in_words(ginette, course):
    (person,) = people(ginette, 1)
    group = enrolled(ginette, (person, course))
    enrollment = Enrollment.objects.select_related("version").get()
    undone(ginette, group)
    with pytest.raises(EventRefused, match="annulée"):
        begin(enrollment)


def twice(ginette, group):
    """The outcome of each line after two confirmations sent at the same time."""
    barrier = Barrier(2)

    def work(_):
        try:
            barrier.wait(timeout=10)
            done(ginette, group)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    return set(group.lines.values_list("outcome", flat=True))


@pytest.fixture
def slow_look(monkeypatch):
    """Both look at the same moment what is to be done, unless one waits for the other's lock."""
    looked = Barrier(2)
    real = groups.queries.effects

    def slow(lines, *, on):
        found = real(lines, on=on)
        with suppress(BrokenBarrierError):
            looked.wait(timeout=1)
        return found

    monkeypatch.setattr(groups.queries, "effects", slow)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_enrol_once_and_can_be_taken_back(ginette, course, slow_look):
    group = chosen(ginette, *[(each, course) for each in people(ginette)])
    assert twice(ginette, group) == {Outcome.NEW}
    assert Enrollment.objects.count() == OutgoingEmail.objects.count() == 3
    assert all(each.is_kept for each in lines_of(group))
    undone(ginette, group)
    assert not Enrollment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_click_would_forget_what_the_first_made(
    ginette, course, slow_look, monkeypatch
):
    """Negative control: the enrolments would be there, and nothing could take them back."""
    group = chosen(ginette, *[(each, course) for each in people(ginette)])
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    twice(ginette, group)
    monkeypatch.undo()
    assert Enrollment.objects.count() == 3
    assert not any(each.is_kept for each in lines_of(group))
