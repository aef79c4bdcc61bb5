"""Seats: never one more than there are, given back, changed, taken at the door. Case B-55."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connections

from courses import actions as courses
from courses.enums import SessionMode, SessionStatus
from courses.models import CourseSession
from enrollments import actions
from enrollments.actions import RegistrationRefused, Wish
from enrollments.enums import Attendance, Seat, Status
from enrollments.models import Enrollment, LearningEvent, LessonState, Registration
from enrollments.queries import sessions as queries
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


def follower(session: CourseSession) -> Enrollment:
    return EnrollmentFactory(version=session.course.current_version)


def take(session, enrollment, seat=Seat.ON_SITE, **wish):
    return actions.register(
        session_id=session.pk, learner=enrollment.learner, wish=Wish(seat, **wish), at=NOON
    )


def test_a_seat_is_taken_once_however_often_it_is_asked_for(mailoutbox):
    session = MeetingFactory()
    enrollment = follower(session)
    assert take(session, enrollment) == take(session, enrollment)
    assert Registration.objects.held().count() == 1


def test_places_on_site_and_online_are_counted_apart():
    session = MeetingFactory(mode=SessionMode.BOTH, seats_on_site=1, seats_online=1)
    take(session, follower(session))
    with pytest.raises(RegistrationRefused, match="sur place"):
        take(session, follower(session))
    take(session, follower(session), Seat.ONLINE)
    with pytest.raises(RegistrationRefused, match="en ligne"):
        take(session, follower(session), Seat.ONLINE)


@pytest.mark.parametrize(("places", "possible"), [(None, True), (0, False)])
def test_no_number_means_no_limit_and_zero_means_closed(places, possible):
    """Case B-52."""
    session = MeetingFactory(seats_on_site=places)
    if possible:
        assert take(session, follower(session)).seat == Seat.ON_SITE
    else:
        with pytest.raises(RegistrationRefused):
            take(session, follower(session))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": SessionStatus.CANCELLED},
        {"starts_at": NOON - timedelta(minutes=1), "ends_at": NOON + timedelta(hours=1)},
        {"registration_closes_at": NOON},
        {"mode": SessionMode.VIRTUAL},
    ],
)
def test_a_session_that_is_not_open_gives_no_seat(changes):
    session = MeetingFactory(**changes)
    with pytest.raises(RegistrationRefused):
        take(session, follower(session))
    assert not Registration.objects.exists()


def test_a_lowered_limit_drops_nobody_and_lets_nobody_in():
    """Case B-53."""
    session = MeetingFactory(seats_on_site=2)
    for _ in range(2):
        take(session, follower(session))
    CourseSession.objects.update(seats_on_site=1)
    with pytest.raises(RegistrationRefused):
        take(session, follower(session))
    assert Registration.objects.held().count() == 2


def test_two_sessions_at_the_same_moment_are_one_too_many():
    """Case B-57."""
    first = MeetingFactory()
    enrollment = follower(first)
    second = MeetingFactory(course=first.course, lesson=first.lesson,
                            starts_at=first.starts_at + timedelta(hours=1))  # fmt: skip
    take(first, enrollment)
    with pytest.raises(RegistrationRefused, match="même moment"):
        take(second, enrollment)


def test_a_mandate_joins_the_course_and_takes_the_seat_in_one_act():
    session = MeetingFactory()
    mandate = MandateFactory()
    actions.register(
        session_id=session.pk, learner=mandate.user, wish=Wish(Seat.ON_SITE, mandate=mandate),
        at=NOON,
    )  # fmt: skip
    assert Enrollment.objects.get().mandate == mandate


def test_without_following_the_course_there_is_no_seat():
    session = MeetingFactory()
    with pytest.raises(RegistrationRefused, match="ne suit pas"):
        actions.register(
            session_id=session.pk, learner=UserFactory(), wish=Wish(Seat.ON_SITE), at=NOON
        )


def test_a_version_without_this_meeting_gives_no_seat():
    session = MeetingFactory()
    older = EnrollmentFactory(version=VersionFactory(course=session.course, number=2))
    with pytest.raises(RegistrationRefused, match="version"):
        take(session, older)


def test_a_seat_changes_kind_and_the_old_one_is_free_again():
    session = MeetingFactory(mode=SessionMode.BOTH, seats_on_site=1, seats_online=1)
    enrollment = follower(session)
    first = take(session, enrollment)
    moved = take(session, enrollment, Seat.ONLINE, accessibility_needs="Sous-titres")
    assert (moved.pk, moved.seat, moved.sequence) == (first.pk, Seat.ONLINE, 1)
    assert moved.accessibility_needs == "Sous-titres"
    take(session, follower(session))


def test_a_seat_given_back_is_free_and_may_be_taken_again():
    session = MeetingFactory(seats_on_site=1)
    enrollment = follower(session)
    seat = take(session, enrollment)
    for _ in range(2):
        actions.cancel(registration_id=seat.pk, at=NOON)
    assert take(session, enrollment).pk != seat.pk


def test_a_seat_of_the_past_is_not_given_back():
    seat = take(session := MeetingFactory(), follower(session))
    with pytest.raises(RegistrationRefused):
        actions.cancel(registration_id=seat.pk, at=session.ends_at)


def test_leaving_a_course_frees_its_seats_to_come():
    session = MeetingFactory()
    enrollment = follower(session)
    take(session, enrollment)
    actions.withdraw(enrollment_id=enrollment.pk, at=NOON)
    assert not Registration.objects.held().exists()


def test_whoever_comes_without_a_seat_gets_one_while_there_are(django_capture_on_commit_callbacks):
    """Case B-63."""
    session = MeetingFactory(seats_on_site=1, registration_closes_at=NOON - timedelta(days=1))
    enrollment = follower(session)

    def come(learner):
        return actions.add_at_the_door(
            session_id=session.pk, learner=learner, seat=Seat.ON_SITE, at=session.starts_at
        )

    assert come(enrollment.learner) == come(enrollment.learner)
    with pytest.raises(RegistrationRefused):
        come(follower(session).learner)
    with pytest.raises(RegistrationRefused):
        come(UserFactory())


def mark(session, registration, value, *, at=None):
    return actions.take_attendance(
        session_id=session.pk,
        marks={registration.pk: value},
        by=session.instructor or UserFactory(),
        at=at or session.ends_at,
    )


def test_presence_completes_the_station_and_absence_takes_it_back():
    session = MeetingFactory()
    enrollment = follower(session)
    seat = take(session, enrollment)
    assert mark(session, seat, Attendance.PRESENT) == 1
    assert mark(session, seat, Attendance.PRESENT) == 0
    state = LessonState.objects.get(enrollment=enrollment, lesson=session.lesson.uuid)
    assert state.completed_at == session.ends_at
    mark(session, seat, Attendance.ABSENT, at=session.ends_at + timedelta(minutes=1))
    state.refresh_from_db()
    assert state.completed_at is None
    assert LearningEvent.objects.filter(enrollment=enrollment).count() == 2


def test_the_last_station_attended_completes_the_course(django_capture_on_commit_callbacks):
    session = MeetingFactory()
    enrollment = follower(session)
    seat = take(session, enrollment)
    first, *__ = session.course.current_version.document["modules"][0]["lessons"]
    actions.record(
        enrollment_id=enrollment.pk,
        event=actions.NewEvent(
            uuid=enrollment.uuid, verb="completed", lesson=UUID(first["uuid"]), happened_at=NOON
        ),
        at=NOON,
    )
    mark(session, seat, Attendance.PRESENT)
    enrollment.refresh_from_db()
    assert enrollment.status == Status.COMPLETED


def test_attendance_waits_for_the_doors_to_open():
    session = MeetingFactory()
    seat = take(session, follower(session))
    with pytest.raises(RegistrationRefused):
        mark(session, seat, Attendance.PRESENT, at=session.starts_at - timedelta(hours=1))
    assert mark(session, seat, Attendance.PRESENT, at=session.starts_at) == 1


def test_presence_of_someone_who_left_the_course_stays_on_the_sheet_alone():
    session = MeetingFactory()
    enrollment = follower(session)
    seat = take(session, enrollment)
    Enrollment.objects.update(status=Status.WITHDRAWN)
    assert mark(session, seat, Attendance.PRESENT) == 1
    assert not LearningEvent.objects.exists()


def test_a_moved_session_is_told_once_to_each_holder():
    """Case B-58."""
    session = MeetingFactory()
    seats = [take(session, follower(session)) for _ in range(3)]
    assert actions.tell_changes(at=NOON) == 0
    for days in (1, 2):
        session.starts_at += timedelta(days=days)
        session.ends_at += timedelta(days=days)
        courses.save_session(session=session, by=UserFactory(), at=NOON)
    assert actions.tell_changes(at=NOON) == 3
    assert actions.tell_changes(at=NOON) == 0
    assert {seat.learner.outgoing_emails.filter(key__startswith="session-changed").count()
            for seat in seats} == {1}  # fmt: skip


def test_a_session_called_off_is_told_with_its_reason():
    session = MeetingFactory()
    seat = take(session, follower(session))
    for _ in range(2):
        courses.call_off(session_id=session.pk, reason="Tempête", by=UserFactory(), at=NOON)
    actions.tell_changes(at=NOON)
    told = seat.learner.outgoing_emails.get(key__startswith="session-called-off")
    assert "Tempête" in told.text
    assert told.calendar_method == "CANCEL"


def race(session, learners, attempt):
    """Run `attempt(learner)` for all at the same moment; count the seats that were given."""
    barrier = Barrier(len(learners))

    def ask(learner):
        try:
            barrier.wait(timeout=10)
            attempt(learner)
        except RegistrationRefused:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(learners)) as pool:
        list(pool.map(ask, learners))
    return {
        seat: Registration.objects.held().filter(session=session, seat=seat).count()
        for seat in Seat
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seat", list(Seat))
def test_twenty_people_at_once_never_get_more_seats_than_there_are(seat):
    session = MeetingFactory(mode=SessionMode.BOTH, seats_on_site=5, seats_online=5)
    learners = [follower(session).learner for _ in range(20)]

    def attempt(learner):
        actions.register(session_id=session.pk, learner=learner, wish=Wish(seat), at=NOON)

    assert race(session, learners, attempt)[seat] == 5


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_sells_too_many(monkeypatch):
    """The negative control: it is the row's lock that holds, not luck."""
    session = MeetingFactory(seats_on_site=5)
    learners = [follower(session).learner for _ in range(20)]
    everyone_counted = Barrier(20)
    check = actions.registering._check_free

    def check_then_wait(*args):
        check(*args)
        everyone_counted.wait(timeout=10)

    unlocked = CourseSession.objects.select_related("course", "lesson")
    monkeypatch.setattr(actions.registering, "_locked", lambda pk: unlocked.get(pk=pk))
    monkeypatch.setattr(actions.registering, "_check_free", check_then_wait)

    def attempt(learner):
        actions.register(session_id=session.pk, learner=learner, wish=Wish(Seat.ON_SITE), at=NOON)

    assert race(session, learners, attempt)[Seat.ON_SITE] == 20


def test_absence_at_one_date_leaves_what_was_attended_at_another():
    """The sheet of a first date, filled late, says nothing against the second one."""
    first = MeetingFactory()
    second = MeetingFactory(course=first.course, lesson=first.lesson,
                            starts_at=first.starts_at + timedelta(days=1))  # fmt: skip
    enrollment = follower(first)
    seats = [take(session, enrollment) for session in (first, second)]
    mark(second, seats[1], Attendance.PRESENT)
    mark(first, seats[0], Attendance.ABSENT, at=second.ends_at + timedelta(minutes=30))
    state = LessonState.objects.get(enrollment=enrollment, lesson=first.lesson.uuid)
    assert state.completed_at == second.ends_at
    mark(second, seats[1], Attendance.ABSENT, at=second.ends_at + timedelta(hours=1))
    state.refresh_from_db()
    assert state.completed_at is None


def test_a_storm_sends_everyone_online_with_the_link():
    """Seats of a way of attending that is gone follow the other, and fill it at once."""
    session = MeetingFactory(mode=SessionMode.BOTH, seats_on_site=2, seats_online=2)
    seats = [take(session, follower(session)) for _ in range(2)]
    session.mode = SessionMode.VIRTUAL
    session.online_url = "https://visio.example/abc"
    courses.save_session(session=session, by=UserFactory(), at=NOON)
    with pytest.raises(RegistrationRefused, match="en ligne"):
        take(session, follower(session), Seat.ONLINE)
    (shown,) = queries.meetings([session], UserFactory(), now=NOON)
    assert [(each.seat, each.left) for each in shown.places] == [(Seat.ONLINE, 0)]
    actions.tell_changes(at=NOON)
    assert {each.seat for each in Registration.objects.all()} == {Seat.ONLINE}
    told = seats[0].learner.outgoing_emails.get(key__startswith="session-changed")
    assert "https://visio.example/abc" in told.text
    assert "https://visio.example/abc" in told.calendar.replace("\r\n ", "")
