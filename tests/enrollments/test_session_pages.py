"""« Rencontres », as a learner and as whoever gives them see it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from courses.enums import SessionMode, SessionStatus
from enrollments.enums import Attendance, Seat
from enrollments.models import Enrollment, Registration
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    MunicipalityFactory,
    RegistrationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    start = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return MeetingFactory(starts_at=start, mode=SessionMode.BOTH, seats_online=20,
                          online_url="https://visio.example/abc")  # fmt: skip


@pytest.fixture
def enrollment(client, meeting):
    enrollment = EnrollmentFactory(version=meeting.course.current_version)
    client.force_login(enrollment.learner)
    return enrollment


def page(name, meeting):
    return reverse(f"enrollments:{name}", args=[meeting.uuid])


def seat_of(enrollment, meeting, **values):
    return RegistrationFactory(session=meeting, enrollment=enrollment, **values)


def test_a_seat_is_taken_changed_and_given_back(client, meeting, enrollment):
    assertContains(client.get(page("session", meeting)), "Réserver ma place")
    sent = {"seat": "on-site", "accessibility_needs": "Fauteuil"}
    taken = client.post(page("register", meeting), sent, follow=True)
    assertContains(taken, "Votre place est réservée")
    assertNotContains(taken, "visio.example")
    moved = client.post(page("register", meeting), {"seat": "online"}, follow=True)
    assertContains(moved, "https://visio.example/abc")
    file = client.get(page("calendar", meeting))
    assert file.headers["Content-Type"].startswith("text/calendar")
    assertContains(client.get(page("cancel", meeting)), "Libérer votre place?")
    assert Registration.objects.held().exists()
    freed = client.post(page("cancel", meeting), follow=True)
    assertContains(freed, "Votre place est libérée")
    assertContains(freed, "Réserver ma place")


def test_a_newcomer_joins_the_course_with_the_seat(client, meeting):
    mandate = MandateFactory()
    client.force_login(mandate.user)
    assertContains(client.get(page("session", meeting)), 'name="mandate"')
    client.post(page("register", meeting), {"seat": "online", "mandate": mandate.pk})
    assert Enrollment.objects.get().learner == mandate.user
    assert Registration.objects.get().seat == Seat.ONLINE


def test_a_person_without_a_mandate_is_told_what_to_do(client, meeting):
    client.force_login(UserFactory())
    assertContains(client.get(page("session", meeting)), "rattaché à aucune municipalité")


def test_a_refusal_is_said_on_the_page_and_keeps_what_was_typed(client, meeting, enrollment):
    type(meeting).objects.update(seats_on_site=0)
    sent = {"seat": "on-site", "accessibility_needs": "Interprète LSQ"}
    refused = client.post(page("register", meeting), sent)
    assertContains(refused, "Il ne reste plus de place sur place.")
    assertContains(refused, "Interprète LSQ")
    assertContains(
        client.post(page("register", meeting), {}), "Choisissez comment vous participez"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seats_on_site": 0, "seats_online": 0}, "C’est complet"),
        ({"registration_closes_at": datetime(2026, 1, 1, tzinfo=UTC)}, "On ne peut plus réserver"),
        ({"status": SessionStatus.CANCELLED, "cancellation_reason": "Tempête"}, "Tempête"),
    ],
)
def test_the_page_says_why_no_seat_can_be_taken(client, meeting, enrollment, changes, words):
    type(meeting).objects.update(**changes)
    shown = client.get(page("session", meeting))
    assertContains(shown, words)
    assertNotContains(shown, "Réserver ma place")


def test_someone_elsewhere_reads_the_hours_of_their_own_clock(client, meeting):
    """Case B-46."""
    islands = MunicipalityFactory(name="Les Îles-de-la-Madeleine", time_zone="America/Halifax")
    client.force_login(MandateFactory(organisation=islands).user)
    type(meeting).objects.update(
        starts_at=datetime(2030, 2, 9, 14, tzinfo=UTC),
        ends_at=datetime(2030, 2, 9, 17, tzinfo=UTC),
    )
    shown = client.get(page("session", meeting))
    assertContains(shown, "de 9\u00a0h à 12\u00a0h, heure de Québec")
    assertContains(shown, "de 10\u00a0h à 13\u00a0h, heure des Îles-de-la-Madeleine")


def test_the_course_and_its_meeting_show_the_dates(client, meeting, enrollment):
    code = meeting.course.code.lower()
    course = reverse("enrollments:course", args=[code])
    assertContains(client.get(course), page("session", meeting))
    station = reverse("enrollments:lesson", args=[code, meeting.lesson.key])
    assertContains(client.get(station), page("session", meeting))
    type(meeting).objects.update(status=SessionStatus.CANCELLED)
    assertContains(client.get(station), "Aucune date n’est fixée")


def test_the_home_page_recalls_the_next_seat(client, meeting, enrollment):
    seat_of(enrollment, meeting)
    assertContains(client.get("/"), page("session", meeting))


def test_another_person_s_seat_does_not_exist(client, meeting, enrollment):
    seat_of(enrollment, meeting)
    client.force_login(MandateFactory().user)
    for name in ("cancel", "calendar"):
        assert client.get(page(name, meeting)).status_code == 404
    assert Registration.objects.held().count() == 1


def test_a_session_of_an_unpublished_course_does_not_exist(client, meeting, enrollment):
    type(meeting.course).objects.update(current_version=None)
    assert client.get(page("session", meeting)).status_code == 404
    seat_of(enrollment, meeting)
    assert client.get(page("session", meeting)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, meeting, enrollment, django_assert_num_queries, count
):
    for rank in range(count):
        start = meeting.starts_at + timedelta(days=rank + 1)
        for held in (True, False):
            other = MeetingFactory(course=meeting.course, lesson=meeting.lesson, starts_at=start)
            if held:
                seat_of(enrollment, other)
    client.get("/rencontres/")
    with django_assert_num_queries(13):
        shown = client.get("/rencontres/")
    assertContains(shown, "Vos places")


def test_the_list_keeps_one_course_and_says_when_there_is_nothing(client, meeting, enrollment):
    code = meeting.course.code.lower()
    assertContains(client.get(f"/rencontres/?cours={code}"), page("session", meeting))
    type(meeting).objects.update(status=SessionStatus.CANCELLED)
    empty = client.get("/rencontres/")
    assertContains(empty, "Aucune autre rencontre")
    assertContains(empty, "Vous n’avez pas de rencontre à venir")


@pytest.fixture
def today(meeting):
    """The session is now, given by someone."""
    meeting.starts_at = timezone.now() - timedelta(minutes=10)
    meeting.ends_at = meeting.starts_at + timedelta(hours=3)
    meeting.instructor = UserFactory(role=Role.INSTRUCTOR)
    meeting.save()
    return meeting


def test_the_sheet_is_filled_in_one_form(client, today, enrollment):
    others = [EnrollmentFactory(version=enrollment.version) for _ in range(2)]
    seats = [seat_of(each, today) for each in (enrollment, *others)]
    client.force_login(today.instructor)
    assertContains(client.get("/rencontres/"), page("attendance", today))
    assertContains(client.get(page("attendance", today)), "À prendre\xa0: 3")
    sent = {f"p-{seats[0].pk}": "absent", "everyone": "1"}
    filled = client.post(page("attendance", today), sent, follow=True)
    assertContains(filled, "3 présences enregistrées.")
    marks = list(Registration.objects.order_by("pk").values_list("attendance", flat=True))
    assert marks == [Attendance.ABSENT, Attendance.PRESENT, Attendance.PRESENT]
    again = client.post(page("attendance", today), {f"p-{seats[0].pk}": "absent"}, follow=True)
    assertContains(again, "Rien n’a changé")


def test_someone_who_came_without_a_seat_is_added(client, today, enrollment):
    client.force_login(today.instructor)
    door = page("door", today)
    sent = {"email": enrollment.learner.email.upper(), "seat": "on-site"}
    assertContains(client.post(door, sent, follow=True), "est sur la feuille")
    stranger = MandateFactory().user
    for email, words in (
        ("", "Écrivez l’adresse"),
        ("x", "n’est pas complète"),
        ("inconnu@exemple.quebec", "Personne n’a de compte"),
        (stranger.email, "ne suit pas encore ce cours"),
    ):
        refused = client.post(door, {"email": email, "seat": "on-site"})
        assertContains(refused, words)
        assert refused.context["form"]["email"].value() == email


def test_the_sheet_waits_for_the_day(client, meeting, enrollment):
    seat = seat_of(enrollment, meeting)
    meeting.instructor = UserFactory(role=Role.INSTRUCTOR)
    meeting.save()
    client.force_login(meeting.instructor)
    early = client.post(page("attendance", meeting), {f"p-{seat.pk}": "present"}, follow=True)
    assertContains(early, "le jour même")


def test_the_sheet_of_a_session_called_off_says_so_and_takes_nothing(client, today, enrollment):
    seat = seat_of(enrollment, today)
    type(today).objects.update(status="cancelled", cancellation_reason="Tempête")
    client.force_login(today.instructor)
    sheet = client.get(page("attendance", today))
    assertContains(sheet, "Cette rencontre est annulée")
    assertNotContains(sheet, "Enregistrer")
    assertNotContains(sheet, "sans réserver")
    sent = client.post(page("attendance", today), {f"p-{seat.pk}": "present"}, follow=True)
    assertContains(sent, "il n’y a pas de présences.")
    assertNotContains(sent, "le jour même")
    late = MandateFactory().user
    refused = client.post(page("door", today), {"email": late.email, "seat": "on-site"})
    assertContains(refused, "il n’y a pas de présences.")
    assert [each.attendance for each in Registration.objects.all()] == [Attendance.UNKNOWN]


@pytest.mark.parametrize("role", [None, Role.INSTRUCTOR, Role.COACH, Role.UMQ_COORDINATOR])
def test_the_sheet_is_for_whoever_gives_the_session(client, today, enrollment, role):
    seat = seat_of(enrollment, today)
    client.force_login(UserFactory(role=role))
    assert client.get(page("attendance", today)).status_code == 404
    assert client.post(page("door", today), {"email": "x"}).status_code == 404
    assert client.post(page("attendance", today), {f"p-{seat.pk}": "present"}).status_code == 404
    seat.refresh_from_db()
    assert seat.attendance == Attendance.UNKNOWN


def test_the_academy_may_fill_any_sheet(client, today):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    assertContains(client.get(page("attendance", today)), "Personne n’a encore réservé")


def test_after_the_session_the_page_tells_what_was_noted(client, meeting, enrollment):
    seat = seat_of(enrollment, meeting)
    type(meeting).objects.update(
        starts_at=timezone.now() - timedelta(days=1), ends_at=timezone.now() - timedelta(hours=1)
    )
    for mark, words in (
        ("unknown", "pas encore rempli"), ("present", "Présence notée"), ("absent", "Absence notée"),
    ):  # fmt: skip
        Registration.objects.filter(pk=seat.pk).update(attendance=mark)
        assertContains(client.get(page("session", meeting)), words)
    refused = client.post(page("cancel", meeting), follow=True)
    assertContains(refused, "a eu lieu")
    assertRedirects(client.post(page("cancel", meeting)), page("session", meeting))


def test_an_address_with_a_null_character_is_refused_in_french(client, enrollment):
    client.force_login(enrollment.learner)
    answer = client.get(reverse("enrollments:sessions") + "?cours=%00")
    assertContains(answer, "pas compris cette demande", status_code=400)
