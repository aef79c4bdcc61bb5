"""ATN reads enrolments and the ledger; these pages change nothing and show no answer."""

from uuid import UUID

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from enrollments import actions
from enrollments.enums import Verb
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
