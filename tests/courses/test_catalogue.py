"""The catalogue: what is published, found by words and narrowed by facets."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from courses import actions
from courses.enums import Mode, Topic
from courses.models import Course
from courses.queries import documents, offered
from municipalities.enums import Public
from tests.course_files import write_course
from tests.factories import NOON, CourseFactory, EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db

CATALOGUE = reverse("courses:catalogue")


def titles(client, **asked):
    found = client.get(CATALOGUE, asked).context["catalogue"].versions
    return [version.front["title"] for version in found]


def test_the_database_keeps_the_facts_of_a_version_beside_its_document():
    version = VersionFactory()
    kept = {name: part for name, part in version.document.items() if name != "modules"}
    assert version.front == kept
    version.refresh_from_db()
    assert version.front == kept


def test_what_an_author_changes_is_seen_by_nobody_before_it_is_published(client, tmp_path):
    course = actions.import_folder(path=write_course(tmp_path))
    first = actions.publish(course_id=course.pk, by=None, at=NOON)
    enrollment = EnrollmentFactory(version=first)
    client.force_login(enrollment.learner)
    pages = [CATALOGUE, "/cours/ess-101/", "/mes-cours/", "/", "/cours/ess-101/signes/"]

    def read():
        return [client.get(page).content.decode() for page in pages]

    client.get(pages[-1])  # opened once: the pages are the same from here on
    before = [text.count("reconnaître un message") for text in read()]
    assert all(before)
    Course.objects.filter(pk=course.pk).update(
        title="Brouillon", summary="Brouillon", objectives="Brouillon",
        topic=Topic.DIGITAL, mode=Mode.HYBRID, publics=[Public.MANAGER],
    )  # fmt: skip
    after = read()
    assert [text.count("reconnaître un message") for text in after] == before
    assert not any("Brouillon" in text or "hybride" in text.lower() for text in after)
    assert titles(client, public="manager") == titles(client, theme="digital") == []
    assert titles(client, q="brouillon") == titles(client, mode="hybrid") == []

    actions.publish(course_id=course.pk, by=None, at=NOON)
    assert titles(client, public="manager", theme="digital", q="brouillon") == ["Brouillon"]
    # Whoever follows the first version goes on reading it.
    assertContains(client.get("/cours/ess-101/"), "reconnaître un message")
    assertNotContains(client.get("/mes-cours/"), "Brouillon")


def test_words_are_found_whatever_their_accents_and_plurals(client):
    VersionFactory(course=CourseFactory(title="Déjouer l’hameçonnage", objectives="Vérifier"))
    VersionFactory(course=CourseFactory(title="Élus et numérique", summary="Décider."))
    assert titles(client, q="hameconnages") == ["Déjouer l’hameçonnage"]
    assert titles(client, q="ELUS decider") == ["Élus et numérique"]
    assert len(titles(client, q="   ")) == 2
    assertContains(client.get(CATALOGUE, {"q": "zzz"}), "Aucun cours ne répond")


def test_each_facet_counts_what_it_would_leave(client):
    VersionFactory(minutes=45)
    VersionFactory(minutes=180, course=CourseFactory(mode=Mode.HYBRID))
    VersionFactory(minutes=390, course=CourseFactory(mode=Mode.HYBRID, topic=Topic.DIGITAL))
    assert len(titles(client, duree="court")) == 1
    assert len(titles(client, duree="moyen", mode="hybrid")) == 1
    page = client.get(CATALOGUE, {"mode": "hybrid", "q": "cyber"})
    facets = {facet.label: facet for facet in page.context["catalogue"].facets}
    by_topic = {option.label: option.count for option in facets["Thème"].options}
    assert by_topic == {"cybersécurité": 1, "numérique": 1}
    # The facet that is taken counts as if it were not, and leads back out.
    taken = next(option for option in facets["Mode"].options if option.taken)
    assert (taken.count, taken.query) == (2, "q=cyber")
    assert len(titles(client, mode="unknown", theme="; drop")) == 3


def test_courses_without_a_version_or_withdrawn_are_not_offered(client):
    CourseFactory()
    Course.objects.filter(pk=VersionFactory().course_id).update(withdrawn_at=NOON)
    assert titles(client) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_catalogue_costs_the_same_for_one_course_and_three(
    client, django_assert_num_queries, count
):
    for _ in range(count):
        VersionFactory()
    with django_assert_num_queries(3):  # those in force, what they say, parcours
        client.get(CATALOGUE)
    with django_assert_num_queries(2):  # what versions say never changes
        client.get(CATALOGUE)
    with django_assert_num_queries(1):  # a search is for courses
        client.get(CATALOGUE, {"q": "courriel"})


def test_what_people_may_join_is_asked_each_time_and_read_once(django_assert_num_queries):
    one, other = [VersionFactory() for _ in range(2)]
    assert offered() == sorted([one, other], key=lambda version: version.front["code"])
    with django_assert_num_queries(1):
        assert len(offered()) == 2
    Course.objects.filter(pk=one.course_id).update(withdrawn_at=NOON)
    with django_assert_num_queries(1):
        assert offered() == [other]
    Course.objects.filter(pk=one.course_id).update(withdrawn_at=None)
    newer = VersionFactory(course=other.course, number=2)
    assert set(offered()) == {one, newer}
    Course.objects.update(current_version=None)
    assert offered() == []


def test_documents_are_read_together_and_once(django_assert_num_queries):
    versions = [VersionFactory() for _ in range(3)]
    wanted = [version.pk for version in versions]
    with django_assert_num_queries(1):
        assert documents(wanted) == {version.pk: version.document for version in versions}
    with django_assert_num_queries(0):
        documents(wanted)
    with django_assert_num_queries(1):
        assert documents([*wanted, 0]).keys() == set(wanted)


def test_the_documents_kept_are_bounded(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("courses.queries._VERSIONS_KEPT", 2)
    oldest, *others = [VersionFactory() for _ in range(3)]
    for version in [oldest, *others]:
        documents([version.pk])
    with django_assert_num_queries(0):
        documents(version.pk for version in others)
    with django_assert_num_queries(1):
        documents([oldest.pk])


def test_what_one_follows_goes_on_from_the_catalogue_in_one_click(client):
    enrollment = EnrollmentFactory()
    done = EnrollmentFactory(mandate=enrollment.mandate, completed=True)
    client.force_login(enrollment.learner)
    page = client.get(CATALOGUE)
    assertContains(page, f'href="/cours/{enrollment.course.code.lower()}/a/"')
    assertContains(page, "Terminé")
    assertNotContains(page, f'href="/cours/{done.course.code.lower()}/a/"')
    client.logout()
    assertNotContains(client.get(CATALOGUE), "Commencer")
