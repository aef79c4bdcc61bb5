"""Rules of a parcours: its order, what counts in it, its pace, and the version one follows."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Language
from atn_platform.portal.queries import home
from courses.actions import freeze_path, move_step, remove_step
from enrollments import actions
from enrollments.models import PathEnrollment, Recognition
from enrollments.queries.paths import path_lines
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def courses():
    return [VersionFactory(minutes=m).course for m in (60, 90, 30)]


@pytest.fixture
def person():
    return MandateFactory()


def followed(path, person, at=NOON):
    actions.enroll_in_path(learner=person.user, path=path, at=at)
    return path_lines([path], person.user)[0]


def finish(course, person):
    return EnrollmentFactory(version=course.current_version, mandate=person, completed=True)


def page_of(path):
    return reverse("enrollments:path", args=[path.code])


def test_a_required_order_opens_one_stop_after_another(client, person, courses):
    path = PathFactory(courses=courses, order="required")
    line = followed(path, person)
    assert [stop.is_locked for stop in line.stops] == [False, True, True]
    with pytest.raises(actions.EnrollmentRefused, match=r"l’étape 1\."):
        actions.enroll(learner=person.user, course=courses[1], mandate=person, at=NOON)
    client.force_login(person.user)
    assertContains(
        client.get(page_of(path)), 'S’ouvre après l’étape 1, <span lang="fr-CA">«', count=2
    )
    finish(courses[0], person)
    actions.enroll(learner=person.user, course=courses[1], mandate=person, at=NOON)
    line = path_lines([path], person.user)[0]
    assert [stop.is_locked for stop in line.stops] == [False, False, True]


def test_titles_in_an_english_sentence_are_said_to_be_in_french(client, person, courses):
    """Or a screen reader reads them as if they were English (WCAG 2.2, 3.1.2)."""
    path = PathFactory(courses=[(courses[0], courses[1]), courses[2]], order="required")
    followed(path, person)
    type(person.user).objects.update(language=Language.ENGLISH)
    client.force_login(person.user)
    one, other = (f'<span lang="fr-CA">“{each.title}”</span>' for each in courses[:2])
    assertContains(client.get(page_of(path)), f"Opens after step 1, {one} or {other}.")


def test_an_advised_order_holds_nobody_back(person, courses):
    line = followed(PathFactory(courses=courses), person)
    assert not any(stop.is_locked for stop in line.stops)
    actions.enroll(learner=person.user, course=courses[2], mandate=person, at=NOON)


def test_what_another_parcours_holds_freely_may_begin(person, courses):
    followed(PathFactory(courses=courses, order="required"), person)
    followed(PathFactory(courses=[courses[2]]), person)
    actions.enroll(learner=person.user, course=courses[2], mandate=person, at=NOON)


def test_an_equivalent_course_counts(client, person, courses):
    other = VersionFactory().course
    path = PathFactory(courses=courses, order="required")
    path.steps.filter(position=1).update(equivalents=[other.code])
    finish(other, person)
    line = followed(path, person)
    assert (line.done, line.current.number) == (1, 2)
    client.force_login(person.user)
    assertContains(client.get(page_of(path)), "Par équivalence")
    finish(courses[1], person)
    finish(courses[2], person)
    line = path_lines([path], person.user)[0]
    assert (line.done, line.total, line.current) == (3, 3, None)


def test_what_was_followed_elsewhere_counts_for_its_author_until_taken_back(
    client, person, courses
):
    path = PathFactory(courses=courses, order="required")
    followed(path, person)
    client.force_login(person.user)
    address = reverse("enrollments:elsewhere", args=[path.code, courses[0].code.lower()])
    typed = {"title": "Cybersécurité 101", "organiser": "Cégep", "done_on": "2099-01-01"}
    wrong = client.post(address, typed)
    assertContains(wrong, "Cette date est à venir", status_code=422)
    assertContains(wrong, "Cybersécurité 101", status_code=422)
    assertContains(
        client.post(address, typed | {"done_on": "hier"}), "2026-10-05", status_code=422
    )
    said = client.post(address, typed | {"done_on": "2025-05-02"}, follow=True)
    assertContains(said, "Suivi ailleurs")
    assertContains(said, "Cybersécurité 101, Cégep")
    line = path_lines([path], person.user)[0]
    assert (line.done, line.current.number, line.stops[1].is_locked) == (1, 2, False)
    assert line.stops[0].courses[0].done_on == date(2025, 5, 2)
    # Nobody else's line, no enrolment, no attestation.
    assert path_lines([path], MandateFactory().user)[0].done == 0
    assert not person.user.enrollments.exists()
    client.post(address, {"back": "1"})
    assert not Recognition.objects.exists()
    assert path_lines([path], person.user)[0].done == 0


@pytest.mark.parametrize("code", ["XYZ-404", "autre"])
def test_only_a_course_of_one_s_own_parcours_is_declared(client, person, courses, code):
    path = PathFactory(courses=courses)
    client.force_login(person.user)
    address = reverse("enrollments:elsewhere", args=[path.code, courses[0].code.lower()])
    assert client.get(address).status_code == 404  # not followed yet
    followed(path, person)
    assert client.get(address).status_code == 200
    other = VersionFactory().course.code if code == "autre" else code
    address = reverse("enrollments:elsewhere", args=[path.code, other.lower()])
    assert client.get(address).status_code == 404


def test_a_pace_is_proposed_and_nobody_is_late(client, person, courses):
    path = PathFactory(courses=courses, weeks=6)
    line = followed(path, person, at=NOON)
    start = line.followed.started_at.date()
    assert [stop.advised_on for stop in line.stops] == [
        start + timedelta(days=days) for days in (14, 35, 42)
    ]
    PathEnrollment.objects.update(started_at=LONG_AGO - timedelta(days=2000))
    client.force_login(person.user)
    page = client.get(page_of(path))
    assertNotContains(page, "Rythme proposé")
    assertNotContains(page, "retard")


def test_one_follows_the_parcours_of_the_day_when_one_began(client, person, courses):
    path = PathFactory(courses=courses)
    assert not followed(path, person).is_outdated
    remove_step(step=path.steps.get(position=3))
    move_step(step=path.steps.get(position=1), by=1)
    mine, theirs = (path_lines([path], user)[0] for user in (person.user, MandateFactory().user))
    titles = [course.code for course in courses]
    assert [stop.courses[0].code for stop in mine.stops] == titles
    assert [stop.courses[0].code for stop in theirs.stops] == [titles[1], titles[0]]
    client.force_login(person.user)
    assertContains(client.get(page_of(path)), "Ce parcours a changé depuis que vous le suivez")
    done = client.post(reverse("enrollments:renew-path", args=[path.code]), follow=True)
    assertNotContains(done, "Ce parcours a changé")
    assert [stop.courses[0].code for stop in path_lines([path], person.user)[0].stops] == [
        titles[1], titles[0],
    ]  # fmt: skip


def test_the_deployment_pins_what_people_follow_already(person, courses):
    path = PathFactory(courses=courses)
    followed(path, person)
    PathEnrollment.objects.update(version=None)
    module = import_module("enrollments.migrations.0015_freeze_parcours_followed")
    for _ in range(2):
        module.freeze(apps, None)
    pinned = PathEnrollment.objects.get().version
    assert pinned == freeze_path(path=path, at=NOON)  # the same words as the code's own


def test_the_next_stop_is_the_next_step_of_the_home_page_and_the_end_is_dated(
    client, person, courses
):
    path = PathFactory(courses=courses[:2])
    followed(path, person)
    finish(courses[0], person)
    step = home(person.user, now=NOON).step
    assert (step.kind, step.title) == ("path", courses[1].title)
    last = finish(courses[1], person)
    line = path_lines([path], person.user)[0]
    assert line.done_on == last.completed_at.date()
    client.force_login(person.user)
    assertContains(client.get(page_of(path)), "Terminé le")
