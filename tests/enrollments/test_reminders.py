"""Who is due a reminder at a moment: the boundaries of each rule, and who is left in peace."""

from datetime import UTC, date, datetime, timedelta

import pytest

from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OptOut, OutgoingEmail
from courses.enums import LessonKind, SessionStatus
from courses.models import CourseSession
from enrollments.enums import Attendance, Status
from enrollments.models import Enrollment
from enrollments.queries.reminders import plan, zone_of
from municipalities.models import Mandate
from tests.enrollments.due import (
    AT,
    DAY,
    FORTNIGHT,
    HOUR,
    NOON_20,
    WEEK,
    at_the_meeting,
    local,
    paused,
    seat,
    waiting,
)
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    RegistrationFactory,
    SessionFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


def rules(at: datetime = AT) -> list[str]:
    return [each.rule.value for each in plan(at).due]


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (WEEK - HOUR, []),
        (WEEK - timedelta(seconds=1), []),
        (WEEK, ["not-started"]),
        (37 * DAY - HOUR, ["not-started"]),
        (37 * DAY, []),
    ],
)
def test_not_started_is_due_after_seven_days_and_forgotten_a_month_later(ago, due):
    waiting(AT - ago)
    assert rules() == due


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (FORTNIGHT - HOUR, []),
        (FORTNIGHT, ["dormant"]),
        (44 * DAY - HOUR, ["dormant"]),
        (44 * DAY, []),
    ],
)
def test_dormant_is_due_after_fourteen_days_and_forgotten_a_month_later(ago, due):
    paused(AT - ago)
    assert rules() == due


@pytest.mark.parametrize(
    ("enrolled", "before", "due"),
    [
        # Clocks went forward on March 14: 167 hours make seven days.
        ("2027-03-10T12:00", "2027-03-17T11:59", "2027-03-17T12:00"),
        # They went back on November 1: it takes 169.
        ("2026-10-28T12:00", "2026-11-04T11:59", "2026-11-04T12:00"),
    ],
)
def test_seven_days_are_counted_on_the_clock_of_quebec(enrolled, before, due):
    waiting(local(enrolled))
    assert rules(local(before)) == []
    assert rules(local(due)) == ["not-started"]


@pytest.mark.parametrize(
    ("starts", "at", "due"),
    [
        ("2027-01-20T12:00", "2027-01-18T23:59", []),
        ("2027-01-20T12:00", "2027-01-19T00:00", ["session-tomorrow"]),
        ("2027-01-20T12:00", "2027-01-19T23:59", ["session-tomorrow"]),
        # Nothing ran the day before: still useful, while it has not begun.
        ("2027-01-20T12:00", "2027-01-20T11:59", ["session-tomorrow"]),
        ("2027-01-20T12:00", "2027-01-20T12:00", []),
        # It could leave at 8 h only, when the meeting has begun.
        ("2027-01-20T07:30", "2027-01-19T17:00", []),
        # A Monday is recalled on Friday.
        ("2027-01-25T09:00", "2027-01-21T16:00", ["session-in-7-days"]),
        ("2027-01-25T09:00", "2027-01-22T09:00", ["session-tomorrow"]),
        ("2027-01-26T12:00", "2027-01-18T23:59", []),
        ("2027-01-26T12:00", "2027-01-19T00:00", ["session-in-7-days"]),
        ("2027-01-26T12:00", "2027-01-22T09:00", ["session-in-7-days"]),
        ("2027-01-26T12:00", "2027-01-22T16:59", ["session-in-7-days"]),
        ("2027-01-26T12:00", "2027-01-22T17:00", []),
        # The evening of the last day in which offices open before the eve: too late to leave.
        ("2027-01-25T09:00", "2027-01-21T17:00", []),
    ],
)
def test_a_session_is_recalled_seven_days_before_and_on_the_eve(starts, at, due):
    seat(local(starts))
    assert rules(local(at)) == due


def test_days_of_a_session_are_those_of_its_own_zone():
    # 23 h 30 in Québec is already the next day in the Islands.
    starts = local("2027-01-19T23:30")
    islands = seat(starts, zone="America/Halifax")
    mainland = seat(starts)
    assert [each.registration for each in plan(local("2027-01-18T12:00")).due] == [mainland]
    found = plan(AT).due
    assert {each.registration for each in found} == {islands, mainland}
    [reason] = [each.reason for each in found if each.registration == islands]
    assert reason.endswith("le mercredi 20\u00a0janvier\u00a02027 à 0\u00a0h\u00a030.")


def test_a_zone_that_nobody_knows_stops_nothing():
    seat(NOON_20, zone="America/Nulle-Part")
    assert rules() == ["session-tomorrow"]
    assert zone_of("../etc/passwd") == zone_of("") == QUEBEC


@pytest.mark.parametrize(
    ("starts", "booked", "due"),
    [
        ("2027-01-20T12:00", "2027-01-18T23:59", ["session-tomorrow"]),
        ("2027-01-20T12:00", "2027-01-19T00:00", []),
        ("2027-01-26T12:00", "2027-01-18T23:59", ["session-in-7-days"]),
        ("2027-01-26T12:00", "2027-01-19T09:00", []),
    ],
)
def test_whoever_has_just_reserved_hears_nothing_more(starts, booked, due):
    seat(local(starts), registered_at=local(booked))
    assert rules() == due


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (Enrollment, {"status": Status.COMPLETED, "completed_at": AT}),
        (Enrollment, {"status": Status.WITHDRAWN, "withdrawn_at": AT}),
        ("learner", {"is_active": False}),
        ("learner", {"email": None}),
        (Mandate, {"ends_on": date(2027, 1, 18)}),
        (Mandate, {"starts_on": date(2027, 1, 20)}),
        ("course", {"withdrawn_at": AT}),
        ("course", {"current_version": None}),
    ],
)
@pytest.mark.parametrize("make", [waiting, paused])
def test_nobody_is_reminded_of_what_is_over(make, rows, change):
    enrollment = make()
    assert len(rules()) == 1
    table = type(getattr(enrollment, rows)) if isinstance(rows, str) else rows
    table.objects.update(**change)
    assert rules() == []


@pytest.mark.parametrize("make", [waiting, paused, lambda: seat(NOON_20).enrollment])
def test_a_refusal_of_reminders_is_heard_by_every_rule(make):
    person = make().learner
    OptOut.objects.create(user=person, category=Category.SESSION, opted_out_at=AT)
    assert len(rules()) == 1, "another category"
    OptOut.objects.create(user=person, category=Category.REMINDER, opted_out_at=AT)
    assert rules() == []


@pytest.mark.parametrize(
    ("rows", "change", "due"),
    [
        ("session", {"status": SessionStatus.CANCELLED}, []),
        ("registration", {"cancelled_at": AT}, []),
        ("registration", {"attendance": Attendance.ABSENT}, []),
        ("enrollment", {"status": Status.WITHDRAWN, "withdrawn_at": AT}, []),
        # The course is done, the seat is held.
        ("enrollment", {"status": Status.COMPLETED, "completed_at": AT}, ["session-tomorrow"]),
        ("learner", {"is_active": False}, []),
        ("learner", {"email": None}, []),
        ("mandate", {"ends_on": date(2027, 1, 18)}, []),
        ("mandate", {"ends_on": date(2027, 1, 19)}, ["session-tomorrow"]),
    ],
)
def test_a_seat_is_recalled_while_it_is_held(rows, change, due):
    held = seat(NOON_20)
    holders = {"registration": held, "mandate": held.enrollment.mandate}
    row = holders.get(rows) or getattr(held, rows)
    type(row).objects.filter(pk=row.pk).update(**change)
    assert rules() == due


@pytest.mark.parametrize(
    ("ago", "due"), [(72 * HOUR - DAY, []), (72 * HOUR, ["not-started"]), (-HOUR, ["not-started"])]
)
def test_whoever_worked_in_the_last_72_hours_is_left_in_peace(ago, due):
    person = waiting().learner
    mandate = person.mandates.get()
    paused(AT - ago, mandate=mandate, status=Status.COMPLETED, completed_at=AT - ago)
    assert rules() == due


def test_one_reminder_of_a_course_a_person_the_latest_pause_first():
    mandate = MandateFactory()
    paused(AT - 20 * DAY, mandate=mandate)
    latest = paused(AT - 15 * DAY, mandate=mandate)
    waiting(mandate=mandate)
    [found] = plan(AT).due
    assert (found.enrollment, found.key) == (
        latest,
        f"dormant:{mandate.user_id}:{latest.pk}-20270104",
    )


def promise(key: str, person, at: datetime, **fields) -> OutgoingEmail:
    return OutgoingEmail.objects.create(
        key=key, category=Category.REMINDER, recipient=person, to_address=person.email,
        subject="s", text="t", reason="r", queued_at=at, **({"sent_at": at} | fields),
    )  # fmt: skip


@pytest.mark.parametrize(("gap", "due"), [(WEEK - HOUR, []), (WEEK, ["not-started"])])
@pytest.mark.parametrize("sense", [1, -1])
def test_two_reminders_of_courses_are_a_week_apart(gap, due, sense):
    person = waiting().learner
    promise("dormant:1:2-20260101", person, AT - sense * gap)
    assert rules() == due


def test_a_reminder_of_a_session_does_not_count_in_that_week():
    person = waiting().learner
    promise("session-tomorrow:1:2", person, AT - DAY)
    assert rules() == ["not-started"]


def test_a_pause_is_recalled_once_and_the_next_one_once_more():
    enrollment = paused()
    [found] = plan(AT).due
    promise(found.key, enrollment.learner, AT)
    assert rules(AT + 10 * DAY) == []
    Enrollment.objects.update(last_activity_at=AT + DAY)
    assert rules(AT + 15 * DAY) == ["dormant"]


def test_a_session_that_moves_is_recalled_again():
    held = seat(local("2027-01-20T12:00"))
    promise(plan(AT).due[0].key, held.learner, AT)
    assert rules() == []
    held.session.starts_at = local("2027-01-20T14:00")
    held.session.ends_at = local("2027-01-20T15:00")
    held.session.save(update_fields=["starts_at", "ends_at"])
    assert rules() == ["session-tomorrow"]


@pytest.mark.parametrize(
    "change", [{"status": SessionStatus.CANCELLED}, {"starts_at": AT}, {"starts_at": AT - DAY}]
)
def test_a_date_to_choose_is_recalled_only_when_one_is_offered(change):
    __, session = at_the_meeting()
    [found] = plan(AT).due
    assert found.step["kind"] == LessonKind.MEETING
    CourseSession.objects.filter(pk=session.pk).update(**change)
    assert rules() == []


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, []),
        ({"cancelled_at": AT}, ["dormant"]),
        ({"attendance": Attendance.ABSENT}, ["dormant"]),
        ({"attendance": Attendance.PRESENT}, []),
    ],
)
def test_whoever_holds_a_seat_has_nothing_to_choose(change, due):
    enrollment, session = at_the_meeting()
    RegistrationFactory(session=session, enrollment=enrollment, **change)
    assert rules() == due


def test_a_seat_at_a_cancelled_meeting_leaves_a_date_to_choose():
    enrollment, session = at_the_meeting()
    cancelled = SessionFactory(course=session.course, status=SessionStatus.CANCELLED)
    RegistrationFactory(session=cancelled, enrollment=enrollment)
    assert rules() == ["dormant"]


def test_a_course_in_which_nothing_can_be_done_does_not_hide_another():
    enrollment, session = at_the_meeting()
    session.status = SessionStatus.CANCELLED
    session.save(update_fields=["status"])
    older = paused(AT - 16 * DAY, mandate=enrollment.mandate)
    assert [each.enrollment for each in plan(AT).due] == [older]


def test_reasons_state_the_facts():
    waiting(mandate__user__last_name="A", version__course__title="Cybersécurité")
    paused(mandate__user__last_name="B", version__course__title="Rédiger")
    seat(NOON_20)
    words = [each.reason.replace("\u00a0", " ") for each in plan(AT).due]
    assert words == [
        "Votre inscription au cours « Cybersécurité » date du 12 janvier 2027 et rien n’est "
        "encore commencé; nous vous l’écrivons une fois, après une semaine.",
        "Votre dernière activité dans le cours « Rédiger » date du 5 janvier 2027; nous vous "
        "l’écrivons une fois, après deux semaines.",
        "Vous avez une place à la rencontre « Atelier : les deux premières heures » le mercredi "
        "20 janvier 2027 à 12 h.",
    ]


@pytest.mark.parametrize("title", ["T" * 160])
def test_the_longest_title_still_fits_the_reason(title):
    waiting(version__course__title=title)
    assert len(plan(AT).due[0].reason) <= 300


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2027-01-19T12:00", "2027-01-19T12:00"),
        ("2027-01-19T21:00", "2027-01-20T08:00"),
        ("2027-01-23T12:00", "2027-01-25T08:00"),
        ("2027-03-26T12:00", "2027-03-30T08:00"),
    ],
)
def test_what_is_due_out_of_hours_leaves_at_the_next_opening(at, leaves):
    waiting(local(at) - 8 * DAY)
    [found] = plan(local(at)).due
    assert found.leaves_at == local(leaves)
    assert found.expires_at == local(leaves) + 3 * DAY


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_people(count, django_assert_num_queries):
    version = VersionFactory()
    meeting = SessionFactory(starts_at=NOON_20)
    course = VersionFactory(course=meeting.course)
    for _ in range(count):
        waiting(version=version)
        paused(version=version)
        RegistrationFactory(session=meeting, enrollment=EnrollmentFactory(version=course))
    Enrollment.objects.exclude(version=version).update(enrolled_at=AT)
    plan(AT)  # the documents of the versions are read once for ever
    with django_assert_num_queries(6):
        found = plan(AT).due
        assert [each.key.split(":")[0] for each in found] == [each.rule for each in found]
    assert len(found) == 3 * count


def test_the_moment_may_be_given_in_any_zone():
    waiting()
    assert [each.key for each in plan(AT.astimezone(UTC)).due] == [
        each.key for each in plan(AT).due
    ]
