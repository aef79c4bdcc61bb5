"""What a request may change of somebody's record, and what it may read through a filter."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from enrollments.enums import Status
from enrollments.models import BlockState, Enrollment, LearningEvent
from enrollments.queries.quiz import attempt_of
from municipalities.models import Invitation, Mandate, Responsibility
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def learning(client):
    """(enrolment, quiz block, address of the answers) of someone signed in."""
    station = lesson_document("a", questions=[choice_question()])
    version = VersionFactory(stations=[station, lesson_document("b")])
    enrollment = EnrollmentFactory(version=version)
    client.force_login(enrollment.learner)
    block = station["blocks"][-1]
    code = enrollment.course.code.lower()
    return enrollment, block, reverse("enrollments:answer", args=[code, "a", block["uuid"]])


@pytest.mark.parametrize("typed", ["Autre@Exemple.quebec", " autre@exemple.quebec "])
def test_s14_inviting_someone_of_another_town_changes_nothing_of_theirs(client, typed):
    """S-14: nor does the page tell that the address has an account."""
    theirs = MandateFactory(user__email="autre@exemple.quebec", user__first_name="Amina")
    before = Mandate.objects.filter(user=theirs.user).values().get()
    duty = ResponsibilityFactory()
    client.force_login(duty.user)
    page = reverse("municipalities:invite", args=[duty.organisation.handle])
    sent = {"email": typed, "first_name": "Mallory", "last_name": "Autre", "public": "staff"}
    known = client.post(page, sent, follow=True)
    unknown = client.post(page, {**sent, "email": "personne@exemple.quebec"}, follow=True)
    assert _words(known, "autre@exemple.quebec") == _words(unknown, "personne@exemple.quebec")
    theirs.user.refresh_from_db()
    assert theirs.user.first_name == "Amina"
    assert Mandate.objects.filter(user=theirs.user).values().get() == before
    assert not Responsibility.objects.filter(user=theirs.user).exists()
    # Only whoever reads that letter box can say yes.
    assert Invitation.objects.filter(email="autre@exemple.quebec", accepted_at=None).count() == 1
    assert OutgoingEmail.objects.filter(to_address="autre@exemple.quebec").count() == 1


def _words(page, address: str) -> list[str]:
    return [str(message).replace(address, "…") for message in page.context["messages"]]


def test_s18_marks_and_dates_that_a_learner_sends_are_not_theirs_to_say(client, learning):
    """S-18: the server computes score and completion; another person's rows are out of reach."""
    enrollment, block, url = learning
    other = EnrollmentFactory(version=enrollment.version)
    forged = {
        "score": "100", "best_score": "100", "percent": "100", "completed": "1", "passed": "on",
        "completed_at": "2020-01-01", "status": Status.COMPLETED, "time_spent": "9999",
        "user_id": other.learner_id, "learner": other.learner_id, "enrollment": other.pk,
    }  # fmt: skip
    wrong = {f"q-{choice_question()['uuid']}": "a"}
    attempt = {"attempt": str(attempt_of(enrollment, block, 0))}
    client.post(url, {**attempt, **wrong, **forged})
    assert BlockState.objects.get().best_score == 0
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at) == (Status.ACTIVE, None)
    assert not LearningEvent.objects.filter(enrollment=other).exists()
    assert Enrollment.objects.get(pk=other.pk).stations_done == 0


def test_s18_the_attempt_of_somebody_else_is_refused(client, learning):
    enrollment, block, url = learning
    other = EnrollmentFactory(version=enrollment.version)
    stolen = {"attempt": str(attempt_of(other, block, 0))}
    client.post(url, {**stolen, f"q-{choice_question()['uuid']}": "b"})
    assert not LearningEvent.objects.filter(enrollment=other).exists()
    assert not LearningEvent.objects.filter(verb="answered", uuid=stolen["attempt"]).exists()


def test_s20_right_answers_are_nowhere_in_a_page_before_they_are_asked_for(client, learning):
    """S-20: neither the flags nor the words that follow a choice; strangers get no quiz."""
    enrollment, block, url = learning
    page = reverse("enrollments:lesson", args=[enrollment.course.code.lower(), "a"])
    shown = client.get(page)
    for secret in ("C’est lui écrire.", "Autre canal.", '"correct"', "data-correct", "data-right"):
        assertNotContains(shown, secret)
    sent = {"attempt": str(attempt_of(enrollment, block, 0))}
    answered = client.post(url, {**sent, f"q-{choice_question()['uuid']}": "b"}, follow=True)
    assertContains(answered, "Autre canal.")  # the words exist: they come after
    client.force_login(MandateFactory().user)
    for answer in (client.get(page), client.post(url, sent)):
        assert answer.status_code in {302, 404}
        assert b"Que faites-vous" not in answer.content


PROBES = (
    "user__password__startswith",
    "user__email__regex",
    "learner__password__startswith",
    "enrollment__learner__password__startswith",
    "password__startswith",
    "organisation__claims__email__startswith",
    "mandate__user__password__startswith",
)
LISTS = (
    "admin:accounts_user_changelist",
    "admin:accounts_rolegrant_changelist",
    "admin:municipalities_mandate_changelist",
    "admin:municipalities_responsibility_changelist",
    "admin:enrollments_enrollment_changelist",
    "admin:enrollments_learningevent_changelist",
    "admin:certificates_certificate_changelist",
)


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize("probe", PROBES)
def test_s25_a_list_of_the_administration_is_not_a_way_to_guess_passwords(client, page, probe):
    """S-25: a filter that no list offers is refused, and tells nothing by its count."""
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    EnrollmentFactory()
    answers = [client.get(reverse(page), {probe: value}) for value in ("a", "z")]
    for answer in answers:
        assert answer.status_code in {302, 400}
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")


@pytest.mark.parametrize("name", ["tri", "champ", "region__name", "sort", "fields", "order_by"])
@pytest.mark.parametrize("value", ["password", "a.b--", "user__password", "\x00"])
def test_s67_lists_and_reports_take_names_of_their_own_alone(client, name, value):
    client.force_login(UserFactory(role=Role.UMQ_COORDINATOR))
    for page in ("/rapports/participation/", "/catalogue/", "/rencontres/"):
        assert client.get(page, {name: value}).status_code in {200, 400}


def test_s29_people_of_two_towns_at_one_session_learn_nothing_of_each_other(client):
    """S-29: no roster, name, address or town of the others, on any page of the session."""
    meeting = MeetingFactory(starts_at=timezone.now() + timedelta(days=9))
    here = EnrollmentFactory(version=meeting.course.current_version)
    there = EnrollmentFactory(
        version=meeting.course.current_version,
        mandate__user__last_name="ZZ-B-nom-021",
        mandate__user__email="zz-b-nom-021@exemple.quebec",
        mandate__organisation__name="ZZ-B-lieu-021",
    )
    for enrollment in (here, there):
        RegistrationFactory(session=meeting, enrollment=enrollment)
    client.force_login(here.learner)
    code = meeting.course.code.lower()
    for page in (
        reverse("enrollments:session", args=[meeting.uuid]),
        reverse("enrollments:calendar", args=[meeting.uuid]),
        reverse("enrollments:course", args=[code]),
        reverse("enrollments:sessions"),
        "/",
    ):
        text = client.get(page, follow=True).content.decode().lower()
        assert "zz-b-" not in text, page
    sheet = reverse("enrollments:attendance", args=[meeting.uuid])
    assert client.get(sheet).status_code == 404
