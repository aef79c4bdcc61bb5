"""Calendar files as other programs read them. Case B-46."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core import mail
from icalendar import Calendar

from atn_platform.core import french
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.notifications.tasks import deliver_email
from enrollments import actions, calendars
from enrollments.actions import Wish
from enrollments.enums import Seat
from tests.factories import NOON, EnrollmentFactory, MeetingFactory, RegistrationFactory

pytestmark = pytest.mark.django_db


def seat_at(**session):
    meeting = MeetingFactory(**session)
    return RegistrationFactory(
        session=meeting, enrollment=EnrollmentFactory(version=meeting.course.current_version)
    )


def entry(text):
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize(
    ("zone", "starts_at", "shown", "offset"),
    [
        ("America/Toronto", datetime(2027, 2, 9, 14, tzinfo=UTC), "2027-02-09T09:00:00", -5),
        ("America/Toronto", datetime(2027, 7, 1, 13, tzinfo=UTC), "2027-07-01T09:00:00", -4),
        ("America/Halifax", datetime(2027, 7, 1, 13, tzinfo=UTC), "2027-07-01T10:00:00", -3),
        ("America/Blanc-Sablon", datetime(2027, 7, 1, 13, tzinfo=UTC), "2027-07-01T09:00:00", -4),
        ("America/Blanc-Sablon", datetime(2027, 2, 9, 14, tzinfo=UTC), "2027-02-09T10:00:00", -4),
    ],
)
def test_hours_are_those_of_the_place_and_their_zone_travels_along(zone, starts_at, shown, offset):
    text = calendars.invitation(seat_at(time_zone=zone, starts_at=starts_at))
    calendar, event = entry(text)
    start = event["DTSTART"].dt
    assert start.replace(tzinfo=None).isoformat() == shown
    assert start.utcoffset().total_seconds() == offset * 3600
    assert event["DTSTART"].params["TZID"] == zone
    assert [each["TZID"] for each in calendar.walk("VTIMEZONE")] == [zone]


@pytest.mark.parametrize("zone", list(french.ZONES))
@pytest.mark.parametrize("year", [2027, 2045])
def test_the_rules_that_travel_place_the_hours_without_any_other_knowledge(zone, year):
    """A program that has never heard of the zone reads the same instants, on both sides of each
    change of the hour.
    """
    for month, day in ((3, 1), (3, 31), (10, 31), (11, 30)):
        starts_at = datetime(year, month, day, 14, tzinfo=UTC)
        text = calendars.invitation(seat_at(time_zone=zone, starts_at=starts_at))
        # A name of its own each time: the library remembers zones by their name.
        __, event = entry(text.replace(zone, f"Nulle-Part-{uuid4()}"))
        assert event["DTSTART"].dt.astimezone(UTC) == starts_at


def test_the_entry_keeps_its_identity_and_grows_with_each_change(settings):
    settings.SITE_URL = "https://formation.example"
    seat = seat_at()
    uid = f"session-{seat.uuid}@formation.example"
    calendar, event = entry(calendars.invitation(seat))
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", uid, 0)
    assert (event["STATUS"], event["ATTENDEE"]) == ("CONFIRMED", f"mailto:{seat.learner.email}")
    seat.session.sequence, seat.changes = 2, 1
    calendar, event = entry(calendars.cancellation(seat))
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("CANCEL", uid, 3)
    assert event["STATUS"] == "CANCELLED"


def test_the_link_of_the_meeting_is_only_for_those_online():
    seat = seat_at(mode="both", online_url="https://visio.example/abc", place="Salle du conseil")
    assert "visio.example" not in calendars.invitation(seat)
    seat.seat = Seat.ONLINE
    __, event = entry(calendars.published(seat))
    assert event["LOCATION"] == "https://visio.example/abc"
    assert "https://visio.example/abc" in event["DESCRIPTION"]


def test_hostile_words_stay_words():
    """Case S-68: line breaks and separators cannot end a property."""
    seat = seat_at(title="Atelier\r\nATTENDEE:mailto:x@y.example; , \\", place="A;B\nC")
    __, event = entry(calendars.invitation(seat))
    assert event["ATTENDEE"] == f"mailto:{seat.learner.email}"
    assert "ATTENDEE:mailto:x@y.example" in event["SUMMARY"]


def test_the_confirmation_carries_the_entry(django_capture_on_commit_callbacks):
    meeting = MeetingFactory()
    enrollment = EnrollmentFactory(version=meeting.course.current_version)
    actions.register(
        session_id=meeting.pk, learner=enrollment.learner, wish=Wish(Seat.ON_SITE), at=NOON
    )
    promised = OutgoingEmail.objects.get()
    assert promised.category == "session"
    deliver_email(email_id=promised.pk)
    (sent,) = mail.outbox
    kinds = {part.get_content_type(): part for part in sent.message().walk()}
    assert kinds["text/calendar"].get_param("method") == "REQUEST"
    assert "9\u00a0h à 12\u00a0h" in sent.body
    assert "Salle du conseil" in sent.body
    assert "Une place" not in sent.subject
    assert "Votre place est réservée\u00a0: mardi 9\u00a0février\u00a02027" in sent.subject
