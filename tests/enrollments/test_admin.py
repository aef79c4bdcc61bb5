"""ATN reads enrolments and the ledger; these pages change nothing and show no answer."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions
from enrollments.actions import reminding
from enrollments.enums import Status, Verb
from tests.enrollments.due import waiting
from tests.factories import NOON, EnrollmentFactory, UserFactory, VersionFactory, lesson_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    lesson = lesson_document("a")
    lesson["blocks"][0] |= {"kind": "reflection", "options": []}
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[lesson]))
    event = actions.NewEvent(
        uuid=enrollment.uuid, verb=Verb.NOTED, lesson=UUID(lesson["uuid"]), happened_at=NOON,
        block=UUID(lesson["blocks"][0]["uuid"]), result={"text": "Mon secret", "options": []},
    )  # fmt: skip
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)
    return enrollment


def test_enrolments_are_found_by_person_course_and_place(client, enrollment):
    url = reverse("admin:enrollments_enrollment_changelist")
    for typed in (enrollment.learner.email, enrollment.course.code, "exemple"):
        assertContains(client.get(url, {"q": typed}), enrollment.mandate.organisation.name)


@pytest.mark.parametrize("name", ["enrollment", "learningevent"])
def test_the_pages_read_and_change_nothing(client, enrollment, name):
    row = enrollment if name == "enrollment" else enrollment.events.get()
    change = reverse(f"admin:enrollments_{name}_change", args=[row.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {}).status_code == 403
    assert client.get(reverse(f"admin:enrollments_{name}_add")).status_code == 403
    delete = reverse(f"admin:enrollments_{name}_delete", args=[row.pk])
    assert client.get(delete).status_code == 403


def test_the_ledger_is_read_without_what_people_wrote(client, enrollment):
    event = enrollment.events.get()
    assertContains(
        client.get(reverse("admin:enrollments_learningevent_changelist")), "a noté sa réflexion"
    )
    page = client.get(reverse("admin:enrollments_learningevent_change", args=[event.pk]))
    assertNotContains(page, "Mon secret")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, enrollment, django_assert_max_num_queries, count
):
    for _ in range(count - 1):
        EnrollmentFactory()
    with django_assert_max_num_queries(11):
        client.get(reverse("admin:enrollments_enrollment_changelist"))


@pytest.fixture
def someone_waits(client):
    """A person enrolled eight days ago, and an administrator who looks."""
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    return waiting(timezone.now() - timedelta(days=8))


def test_what_is_due_is_shown_with_its_reason_and_nothing_leaves(client, someone_waits):
    page = client.get(reverse("admin:enrollments_due"))
    assertContains(page, someone_waits.learner.email)
    assertContains(page, "et rien n’est encore commencé")
    assertContains(page, "En tout\xa0: 1; montrés ici\xa0: 1.")
    assert not OutgoingEmail.objects.exists()
    assertContains(
        client.get(reverse("admin:enrollments_enrollment_changelist")),
        reverse("admin:enrollments_due"),
    )


def test_nobody_waiting_is_said_and_so_is_what_will_be_taken_back(client, someone_waits):
    reminding.remind(at=timezone.now())
    OutgoingEmail.objects.update(attempts=0, claimed_at=None, sent_at=None)
    type(someone_waits).objects.update(status=Status.WITHDRAWN)
    page = client.get(reverse("admin:enrollments_due"))
    assertContains(page, "Personne n’attend de rappel")
    assertContains(page, "leur raison étant passée\xa0: 1.")


@pytest.mark.parametrize("role", [None, Role.COACH, Role.UMQ_COORDINATOR])
def test_what_is_due_is_for_administrators(client, someone_waits, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("admin:enrollments_due")).status_code in {302, 403}
    client.force_login(UserFactory(is_staff=True, role=role))
    assert client.get(reverse("admin:enrollments_due")).status_code in {302, 403}


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_due_takes_the_same_queries_whatever_its_length(
    client, someone_waits, django_assert_max_num_queries, count
):
    for _ in range(count - 1):
        waiting(someone_waits.enrolled_at, version=someone_waits.version)
    client.get(reverse("admin:enrollments_due"))
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:enrollments_due"))
