"""A seat taken on a phone, the sheet filled on another; each page accessible and light."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses.enums import SessionMode
from enrollments.enums import Attendance
from enrollments.models import Registration
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import EnrollmentFactory, MeetingFactory, RegistrationFactory, UserFactory

PAGES = [
    "/rencontres/",
    "/rencontres/{open}/",
    "/rencontres/{held}/",
    "/rencontres/{held}/liberer/",
]


@pytest.fixture
def meeting(transactional_db):
    start = timezone.now() + timedelta(days=20)
    return MeetingFactory(
        starts_at=start, mode=SessionMode.BOTH, seats_online=2, note="Le café est offert.",
        captions_note="Sous-titres en direct.", online_url="https://visio.example/abc",
        instructor=UserFactory(role=Role.INSTRUCTOR),
    )  # fmt: skip


@pytest.fixture
def learner(meeting):
    return EnrollmentFactory(version=meeting.course.current_version).learner


@pytest.fixture
def held(meeting, learner):
    other = MeetingFactory(course=meeting.course, lesson=meeting.lesson, mode=SessionMode.BOTH,
                           starts_at=meeting.starts_at + timedelta(days=1))  # fmt: skip
    enrollment = learner.enrollments.get()
    return RegistrationFactory(session=other, enrollment=enrollment).session


@pytest.mark.parametrize("path", PAGES)
def test_session_pages_have_no_accessibility_finding(
    live_server, learner, meeting, held, context, path
):
    signed_in(context, live_server, learner)
    address = path.format(open=meeting.uuid, held=held.uuid)
    assert findings(context, live_server.url + address) == []


def test_the_sheet_has_no_accessibility_finding(live_server, learner, meeting, context):
    RegistrationFactory(session=meeting, enrollment=learner.enrollments.get(),
                        accessibility_needs="Accès en fauteuil")  # fmt: skip
    signed_in(context, live_server, meeting.instructor)
    address = f"/rencontres/{meeting.uuid}/presences/"
    assert findings(context, live_server.url + address) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_seat_is_taken_and_the_presence_noted(browser, live_server, learner, meeting, scripts):
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, learner)
    page = context.new_page()
    page.goto(f"{live_server.url}/rencontres/")
    page.get_by_role("link", name=meeting.title).click()
    page.get_by_label("En ligne").check()
    page.get_by_role("button", name="Réserver ma place").click()
    expect(page.get_by_role("heading", name="Votre place est réservée")).to_be_visible()
    expect(page.get_by_role("link", name="Rejoindre la rencontre")).to_be_visible()
    context.close()

    meeting.starts_at = timezone.now() - timedelta(minutes=5)
    meeting.save()
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, meeting.instructor)
    page = context.new_page()
    page.goto(f"{live_server.url}/rencontres/{meeting.uuid}/presences/")
    page.get_by_label("Présence", exact=True).check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("1 présence enregistrée.")).to_be_visible()
    assert Registration.objects.get().attendance == Attendance.PRESENT
    context.close()
