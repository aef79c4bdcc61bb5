"""Parcours: what they hold, and where a person stands on their line."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from enrollments import actions
from enrollments.models import PathEnrollment
from enrollments.queries.paths import path_lines
from tests.factories import (
    LONG_AGO,
    NOON,
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

PATHS = reverse("enrollments:paths")


@pytest.fixture
def path():
    """A course, then one among two, then one that is not offered yet."""
    first, second, third = (VersionFactory(minutes=m).course for m in (60, 90, 30))
    return PathFactory(courses=[first, (second, third), CourseFactory(code="VIL-999")])


def test_anyone_may_read_a_parcours(client, path):
    assertContains(client.get(PATHS), path.title)
    page = client.get(reverse("enrollments:path", args=[path.code]))
    assertContains(page, "Se connecter pour suivre ce parcours")
    assertContains(page, "Une formation au choix")
    assertContains(page, "VIL-999")
    assertContains(page, "À venir")
    assert client.get("/parcours/inconnu/").status_code == 404


def test_a_choice_is_one_stop_and_what_is_not_offered_counts_for_nothing(path):
    person = MandateFactory()
    line = path_lines([path], person.user)[0]
    assert [len(stop.courses) for stop in line.stops] == [1, 2, 1]
    assert (line.done, line.total, line.minutes) == (0, 2, 90)
    assert line.current.number == 1

    version = path.steps.get(position=1).course.current_version
    EnrollmentFactory(version=version, mandate=person, completed=True)
    line = path_lines([path], person.user)[0]
    assert (line.done, line.minutes_left, line.current.number) == (1, 30, 2)

    version = path.steps.get(position=2).course.current_version
    EnrollmentFactory(version=version, mandate=person, completed=True)
    line = path_lines([path], person.user)[0]
    assert (line.done, line.minutes_left, line.current) == (2, 0, None)


def test_a_person_reads_the_version_she_follows(client, path):
    course = path.steps.get(position=1).course
    enrollment = EnrollmentFactory(version=course.current_version)
    document = {**course.current_version.document, "title": "Tout neuf"}
    VersionFactory(course=course, number=2, document=document)
    url = reverse("enrollments:path", args=[path.code])
    assertContains(client.get(url), "Tout neuf")
    client.force_login(enrollment.learner)
    page = client.get(url)
    assertNotContains(page, "Tout neuf")
    assertContains(page, "En cours")
    assertContains(page, f'href="/cours/{course.code.lower()}/a/"')


def test_a_parcours_is_followed_once_left_and_followed_again(client, path):
    person = UserFactory()
    client.force_login(person)
    url, follow, leave = (
        reverse(f"enrollments:{name}", args=[path.code])
        for name in ("path", "follow-path", "leave-path")
    )
    assertContains(client.get(url), "Suivre ce parcours")
    client.post(follow)
    assertContains(client.post(follow, follow=True), "Étapes franchies\xa0: 0 sur 2")
    assert PathEnrollment.objects.count() == 1
    assertContains(client.get(leave), "Rien n’est perdu")
    assert PathEnrollment.objects.live().count() == 1  # asking changes nothing
    assertContains(client.post(leave, follow=True), "Vous pouvez y revenir ici")
    assert not PathEnrollment.objects.live().exists()
    assert client.get(leave).status_code == 404
    client.post(follow)
    assert PathEnrollment.objects.visible_to(person).live().count() == 1


def test_leaving_a_parcours_leaves_its_courses_alone(path):
    enrollment = EnrollmentFactory(version=path.steps.first().course.current_version)
    actions.enroll_in_path(learner=enrollment.learner, path=path, at=LONG_AGO)
    actions.leave_path(learner=enrollment.learner, path=path, at=NOON)
    before = PathEnrollment.objects.get().withdrawn_at
    actions.leave_path(learner=enrollment.learner, path=path, at=LONG_AGO)
    assert PathEnrollment.objects.get().withdrawn_at == before == NOON
    enrollment.refresh_from_db()
    assert enrollment.withdrawn_at is None


def test_a_finished_parcours_says_so_and_an_empty_one_too(client):
    enrollment = EnrollmentFactory(completed=True)
    path = PathFactory(courses=[enrollment.course])
    actions.enroll_in_path(learner=enrollment.learner, path=path, at=NOON)
    client.force_login(enrollment.learner)
    page = client.get(reverse("enrollments:path", args=[path.code]))
    assertContains(page, "parcouru en entier")
    empty = client.get(reverse("enrollments:path", args=[PathFactory().code]))
    assertContains(empty, "bientôt annoncés")


def test_without_parcours_the_list_leads_to_the_catalogue(client):
    assertContains(client.get(PATHS), "Aucun parcours pour le moment")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_parcours_and_three(
    client, django_assert_num_queries, count
):
    person = MandateFactory()
    for _ in range(count):
        versions = [VersionFactory() for _ in range(count)]
        EnrollmentFactory(version=versions[0], mandate=person)
        path = PathFactory(courses=[version.course for version in versions])
        actions.enroll_in_path(learner=person.user, path=path, at=NOON)
    client.force_login(person.user)
    # Session, person; parcours, steps, parcours followed; courses, those under way, what was
    # declared.
    with django_assert_num_queries(8):
        client.get(PATHS)
