"""The demonstration's sessions: where, how full, and what became of those who came."""

from collections import Counter

import pytest
from django.db.models import Count, F, Q

from atn_platform.core.office_hours import is_working_day
from atn_platform.demo.year import YEAR_ENDS
from courses.enums import SessionMode, SessionStatus
from courses.models import CourseSession
from enrollments.enums import Attendance, Seat, Status, Verb
from enrollments.models import Enrollment, LearningEvent, Registration

pytestmark = pytest.mark.django_db


def test_sessions_are_of_every_mode_over_fourteen_months(demonstration):
    sessions = CourseSession.objects.order_by("starts_at")
    assert set(sessions.values_list("mode", flat=True)) == set(SessionMode.values)
    assert 25 <= sessions.count() <= 40
    assert f"{sessions[0].starts_at:%Y-%m}" == "2026-01"
    assert f"{sessions.last().starts_at:%Y-%m}" == "2027-03"
    zones = set(sessions.values_list("time_zone", flat=True))
    assert zones == {"America/Toronto", "America/Halifax", "America/Blanc-Sablon"}
    for session in sessions:
        assert is_working_day(session.starts_at.date()), session
        assert session.instructor.email.startswith("maude.fortin@")
        assert bool(session.online_url) == (session.mode != SessionMode.IN_PERSON)
        assert bool(session.address) == (session.mode != SessionMode.VIRTUAL)


def test_no_session_is_oversold_and_some_are_full_cancelled_or_closed(demonstration):
    held = Registration.objects.held()
    seats = Counter(held.values_list("session", "seat"))
    full = 0
    for session in CourseSession.objects.all():
        places = {Seat.ON_SITE: session.seats_on_site, Seat.ONLINE: session.seats_online}
        for seat, most in places.items():
            assert seats[session.pk, seat] <= (most or 0)
            full += bool(most) and seats[session.pk, seat] == most
    assert full >= 2
    assert CourseSession.objects.filter(status=SessionStatus.CANCELLED).count() == 1
    assert CourseSession.objects.filter(Q(seats_on_site=0) | Q(seats_online=0)).exists()
    assert CourseSession.objects.filter(registration_closes_at__lte=YEAR_ENDS).exists()


def test_seats_were_taken_in_time_and_once(demonstration):
    taken = Registration.objects.select_related("session", "enrollment")
    assert taken.filter(enrollment__course=F("session__course")).count() == taken.count() > 150
    assert not taken.filter(registered_at__gte=F("session__starts_at")).exists()
    assert not taken.filter(registered_at__lt=F("enrollment__enrolled_at")).exists()


def test_past_sheets_are_filled_but_one_and_stand_in_the_ledger(demonstration):
    past = Q(session__ends_at__lt=YEAR_ENDS)
    waiting = Registration.objects.filter(past, attendance=Attendance.UNKNOWN)
    assert waiting.values("session").distinct().count() == 1, "one sheet is left to the visitor"
    assert not Registration.objects.filter(~past).exclude(attendance=Attendance.UNKNOWN).exists()
    said = Counter(Registration.objects.values_list("attendance", flat=True))
    events = Counter(LearningEvent.objects.values_list("verb", flat=True))
    assert said[Attendance.PRESENT] == events[Verb.ATTENDED] > 100
    assert said[Attendance.ABSENT] == events[Verb.MISSED] > 5


def test_hybrid_courses_are_completed_by_those_who_came_and_by_nobody_else(demonstration):
    hybrid = Enrollment.objects.filter(course__in=CourseSession.objects.values("course"))
    came = Count("registrations", filter=Q(registrations__attendance=Attendance.PRESENT))
    completed = hybrid.filter(status=Status.COMPLETED).annotate(came=came)
    assert completed.count() > 40
    assert not completed.exclude(came=1).exists()
    again = Enrollment.objects.annotate(seats=Count("registrations")).filter(seats=2)
    assert again.exists(), "somebody who was absent came to the next session"
