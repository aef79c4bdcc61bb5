"""Planning sessions in the administration."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from courses.models import CourseSession
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    RegistrationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ADD = reverse("admin:courses_coursesession_add")
LIST = reverse("admin:courses_coursesession_changelist")


@pytest.fixture
def meeting(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    return MeetingFactory(starts_at=datetime(2030, 2, 9, 14, tzinfo=UTC), captions_note="Oui")


def typed(meeting, **changes):
    values = {
        "lesson": meeting.lesson_id,
        "title": meeting.title,
        "mode": "in-person",
        "time_zone": "America/Toronto",
        "starts_at": "2030-02-09T09:00",
        "ends_at": "2030-02-09T12:00",
        "place": meeting.place,
        "address": meeting.address,
        "seats_on_site": "14",
        "captions_note": meeting.captions_note,
    }
    return {**values, **changes}


def change(meeting):
    return reverse("admin:courses_coursesession_change", args=[meeting.pk])


def test_hours_are_typed_as_the_clock_of_the_place_shows_them(client, meeting):
    sent = typed(meeting, time_zone="America/Halifax", starts_at="2030-07-01T10:00",
                 ends_at="2030-07-01T12:00")  # fmt: skip
    assertRedirects(client.post(ADD, sent), LIST)
    planned = CourseSession.objects.latest("pk")
    assert planned.starts_at == datetime(2030, 7, 1, 13, tzinfo=UTC)
    assert planned.course == meeting.course
    assertContains(client.get(change(planned)), 'value="2030-07-01T10:00"')
    assertContains(client.get(LIST), "heure des Îles-de-la-Madeleine")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"starts_at": "2030-03-10T02:30", "ends_at": "2030-03-10T05:00"},
            "passe à l’heure d’été",
        ),
        ({"starts_at": "03/04/2030"}, "2027-02-09 13:30"),
        ({"starts_at": "0000-02-09T09:00"}, "2027-02-09 13:30"),
        ({"starts_at": "9999-02-09T09:00"}, "2027-02-09 13:30"),
        ({"starts_at": "2021-02-09T09:00", "ends_at": "2021-02-09T10:00"}, "déjà passé"),
        ({"ends_at": "2030-02-09T09:00"}, "après le début"),
        ({"registration_closes_at": "2030-02-10T09:00"}, "avant le début"),
        ({"place": ""}, "où la rencontre a lieu"),
        ({"mode": "virtual", "captions_note": ""}, "sous-titres"),
        ({"seats_on_site": "-1"}, "0"),
        ({"seats_on_site": "1000000000"}, "5000"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, meeting, changes, words):
    """Cases B-42, B-48 and B-52."""
    refused = client.post(ADD, typed(meeting, **changes))
    assertContains(refused, words)
    assertContains(refused, meeting.title)
    assert CourseSession.objects.count() == 1


def test_a_session_may_end_after_midnight(client, meeting):
    """Case B-44."""
    sent = typed(meeting, starts_at="2030-02-09T22:00", ends_at="2030-02-10T01:00")
    client.post(ADD, sent)
    planned = CourseSession.objects.latest("pk")
    assert planned.ends_at - planned.starts_at == timedelta(hours=3)


def test_only_what_calendars_show_makes_the_sequence_grow(client, meeting):
    client.post(change(meeting), typed(meeting, note="Apportez un portable."))
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.note) == (0, "Apportez un portable.")
    client.post(change(meeting), typed(meeting, starts_at="2030-02-09T10:00"))
    meeting.refresh_from_db()
    assert meeting.sequence == 1
    assert Entry.objects.filter(verb="session.changed").count() == 2


def test_calling_off_asks_why_then_locks_the_session(client, meeting):
    address = reverse("admin:courses_coursesession_call_off", args=[meeting.pk])
    assertContains(client.get(change(meeting)), address)
    assertContains(client.get(address), "Personnes inscrites")
    assertContains(client.post(address, {"reason": ""}), "Dites pourquoi")
    assertContains(client.post(address, {"reason": "Tempête"}, follow=True), "est annulée")
    meeting.refresh_from_db()
    assert (meeting.status, meeting.cancellation_reason) == ("cancelled", "Tempête")
    assert client.post(change(meeting), typed(meeting)).status_code == 403
    CourseSession.objects.update(status="scheduled", starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    assertContains(client.post(address, {"reason": "x"}, follow=True), "ne s’annule plus")


def test_a_session_is_never_deleted(client, meeting):
    gone = reverse("admin:courses_coursesession_delete", args=[meeting.pk])
    assert client.post(gone, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(client, meeting, django_assert_max_num_queries, count):
    for _ in range(count - 1):
        MeetingFactory(course=meeting.course, lesson=meeting.lesson)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_an_hour_that_comes_twice_is_the_first_and_the_page_says_so(client, meeting):
    sent = typed(meeting, starts_at="2030-11-03T01:30", ends_at="2030-11-03T04:00")
    saved = client.post(ADD, sent, follow=True)
    assertContains(saved, "revient deux fois")
    planned = CourseSession.objects.latest("pk")
    assert planned.starts_at == datetime(2030, 11, 3, 5, 30, tzinfo=UTC)


def test_fewer_places_than_people_drops_nobody_and_warns(client, meeting):
    """Case B-53."""
    for _ in range(3):
        RegistrationFactory(
            session=meeting,
            enrollment=EnrollmentFactory(version=meeting.course.current_version),
        )
    client.post(change(meeting), typed(meeting, seats_on_site="3"))
    warned = client.post(change(meeting), typed(meeting, seats_on_site="2"), follow=True)
    assertContains(warned, "3 pour 2 places")
    assertContains(warned, "3 / 2")
    assert meeting.registrations.count() == 3


def test_only_people_who_give_sessions_are_offered(client, meeting):
    able = [UserFactory(role=role) for role in (Role.INSTRUCTOR, Role.COACH)]
    once = UserFactory(role=Role.INSTRUCTOR)
    once.role_grants.update(ended_at=datetime(2026, 1, 1, tzinfo=UTC))
    others = [once, UserFactory(), UserFactory(role=Role.UMQ_COORDINATOR)]
    form = client.get(change(meeting)).context["adminform"].form
    offered = set(form.fields["instructor"].queryset)
    assert offered >= set(able)
    assert offered.isdisjoint(others)
    meeting.instructor = once
    meeting.save()
    form = client.get(change(meeting)).context["adminform"].form
    assert once in form.fields["instructor"].queryset
