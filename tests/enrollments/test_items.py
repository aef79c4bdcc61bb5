"""What the answers to a question say of it, and of nobody."""

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from courses.queries import document
from enrollments.enums import Verb
from enrollments.models import LearningEvent
from enrollments.queries.items import item_rows
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
ASKED = choice_question()


@pytest.fixture
def version():
    version = VersionFactory(stations=[lesson_document("a", questions=[ASKED])])
    version.course.current_version = version
    version.course.save(update_fields=["current_version"])
    return version


def answer(version, *chosen, enrollment=None):
    enrollment = enrollment or EnrollmentFactory(version=version, course=version.course)
    LearningEvent.objects.create(
        uuid=uuid4(), enrollment=enrollment, verb=Verb.ANSWERED, lesson=uuid4(), block=uuid4(),
        result={"score": 0, "answers": {ASKED["uuid"]: list(chosen)}}, happened_at=NOON,
        received_at=NOON,
    )  # fmt: skip
    return enrollment


def row(version):
    (found,) = item_rows(document(version.pk), version.course_id)
    return found


def test_under_five_answers_nothing_is_shown(version):
    for __ in range(4):
        answer(version, "a")
    assert (row(version).answered, row(version).right, row(version).wrong) == (4, None, [])
    answer(version, "b")
    assert row(version).right == 1 / 5
    # Four people chose it: who they are could be guessed.
    assert row(version).wrong == []


def test_a_frequent_wrong_choice_is_named_with_its_number(version):
    for __ in range(5):
        answer(version, "a")
    for __ in range(15):
        answer(version, "b")
    found = row(version)
    wrong = next(each["text"] for each in ASKED["choices"] if each["key"] == "a")
    assert (found.answered, found.right) == (20, 0.75)
    assert [(each.text, each.count) for each in found.wrong] == [(wrong, 5)]


def test_only_the_first_answer_of_each_person_counts(version):
    for __ in range(5):
        enrollment = answer(version, "a")
        answer(version, "b", enrollment=enrollment)
    assert (row(version).answered, row(version).right) == (5, 0)


def test_what_is_no_answer_counts_for_nothing(version):
    for __ in range(5):
        answer(version)
        answer(version, "inconnu")
    assert row(version).answered == 0


def test_the_page_is_for_authors_and_names_nobody(client, version):
    people = [answer(version, "b").learner for __ in range(5)]
    url = reverse("enrollments:items", args=[version.course.code.lower()])
    client.force_login(UserFactory())
    assert client.get(url).status_code == 403
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = client.get(url)
    assertContains(page, "100\xa0%")
    for person in people:
        assertNotContains(page, person.last_name + "<")
    assert client.get(reverse("enrollments:items", args=["rien"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_was_answered(
    client, version, count, django_assert_num_queries
):
    for __ in range(count):
        answer(version, "b")
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    document(version.pk)  # kept by the process
    with django_assert_num_queries(4):  # session, person, course, answers
        client.get(reverse("enrollments:items", args=[version.course.code.lower()]))
