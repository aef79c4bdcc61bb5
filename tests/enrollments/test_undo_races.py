"""What is asked for while something that it rests on is taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from enrollments.actions import ReviewRefused, ask_review, groups, papers, registering
from enrollments.actions.groups import Wish as GroupWish
from enrollments.actions.registering import RegistrationRefused, Wish
from enrollments.enums import Seat, Verb
from enrollments.models import Enrollment, LearningEvent, Registration, ScoreReview
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    ResponsibilityFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def meeting(transactional_db):
    return MeetingFactory(starts_at=NOON + timedelta(days=9))


@pytest.fixture
def group(meeting):
    ginette = ResponsibilityFactory()
    person = MandateFactory(organisation=ginette.organisation)
    wishes = [GroupWish(person, meeting.course)]
    made = groups.choose(
        organisation=ginette.organisation, wishes=wishes, by=ginette.user, at=NOON
    )
    return groups.enroll_group(group_id=made.pk, advised_on=None, by=ginette.user, at=NOON)


def seat_during_the_undo(group, meeting, monkeypatch):
    """The undo has looked and is about to delete when the seat is asked for."""
    looked, asked = Event(), Event()
    real = groups.queries.untouched

    def slow():
        looked.set()
        asked.wait(2)  # the seat now waits for the row, or has found it
        return real()

    monkeypatch.setattr(groups.queries, "untouched", slow)

    def undo():
        try:
            groups.undo_group(group_id=group.pk, by=group.by, at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        undoing = pool.submit(undo)
        looked.wait(10)
        try:
            learner = group.lines.get().mandate.user
            wish = Wish(seat=Seat.ON_SITE)
            return registering.register(
                session_id=meeting.pk, learner=learner, wish=wish, at=LATER
            )
        finally:
            asked.set()
            undoing.result(20)


def test_a_seat_asked_for_while_the_group_is_taken_back_is_refused_in_words(
    group, meeting, monkeypatch
):
    with pytest.raises(RegistrationRefused, match="ne suit pas encore ce cours"):
        seat_during_the_undo(group, meeting, monkeypatch)
    assert not Enrollment.objects.exists()
    assert not Registration.objects.exists()


def test_without_the_lock_the_seat_would_hang_on_nothing(group, meeting, monkeypatch):
    """Negative control: the row is found, then gone, and the database refuses at the end."""
    real = QuerySet.select_for_update

    def forgetful(self, **kwargs):
        return self if self.model is Enrollment and kwargs.get("no_key") else real(self, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", forgetful)
    with pytest.raises(IntegrityError):
        seat_during_the_undo(group, meeting, monkeypatch)


def test_a_seat_taken_before_keeps_the_course(group, meeting):
    learner = group.lines.get().mandate.user
    registering.register(
        session_id=meeting.pk, learner=learner, wish=Wish(seat=Seat.ON_SITE), at=LATER
    )
    groups.undo_group(group_id=group.pk, by=group.by, at=LATER)
    assert Enrollment.objects.get().registrations.count() == 1


@pytest.fixture
def entered(transactional_db):
    """A sheet with one wrong answer, and the act that it became."""
    station = lesson_document("a", questions=[choice_question()])
    enrollment = EnrollmentFactory(
        version=VersionFactory(stations=[station, lesson_document("b")])
    )
    quiz = station["blocks"][-1]["uuid"]
    said = {quiz: {choice_question()["uuid"]: ["a"]}}
    filled = papers.Filled(uuid4(), enrollment.version, NOON.date(), [], said)
    sheet = papers.enter_sheet(
        enrollment_id=enrollment.pk, sheet=filled, by=ResponsibilityFactory().user, at=NOON
    )
    return sheet, LearningEvent.objects.get(enrollment=enrollment)


def review_during_the_undo(entered, monkeypatch, *, patience):
    """The undo found no review and is about to take back when one is asked."""
    sheet, event = entered
    looked, asked = Event(), Event()
    real = papers.take_back

    def slow(**kwargs):
        looked.set()
        asked.wait(patience)
        return real(**kwargs)

    monkeypatch.setattr(papers, "take_back", slow)

    def undo():
        try:
            papers.undo_sheet(sheet_id=sheet.pk, by=sheet.entered_by, at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        undoing = pool.submit(undo)
        looked.wait(10)
        try:
            ask_review(
                learner=event.enrollment.learner, event=event.uuid, wanted="Relisez.", at=LATER
            )
        finally:
            asked.set()
            undoing.result(20)


def test_a_review_asked_while_its_attempt_is_taken_back_is_refused(entered, monkeypatch):
    with pytest.raises(ReviewRefused, match="a été annulé"):
        review_during_the_undo(entered, monkeypatch, patience=0.5)
    assert not ScoreReview.objects.exists()


def test_without_the_lock_a_review_would_be_of_an_attempt_taken_back(entered, monkeypatch):
    """Negative control: the undo looks for reviews before it holds the enrolment."""
    monkeypatch.setattr(papers, "locked", lambda pk: (Enrollment.objects.get(pk=pk), None))
    review_during_the_undo(entered, monkeypatch, patience=10)
    assert ScoreReview.objects.count() == 1
    assert LearningEvent.objects.filter(verb=Verb.UNDONE).count() == 1
