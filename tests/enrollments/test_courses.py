"""Joining a course, setting it aside, taking it up again; one's own courses on one page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from certificates.actions import issue
from enrollments import actions
from enrollments.actions import NewEvent
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    RegistrationFactory,
    SessionFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

INDEX = reverse("enrollments:index")


def address(name, enrollment):
    return reverse(f"enrollments:{name}", args=[enrollment.course.code.lower()])


def finish(enrollment, rank=0):
    lesson = enrollment.version.document["modules"][0]["lessons"][rank]
    event = NewEvent(
        uuid=uuid4(), verb=Verb.COMPLETED, lesson=UUID(lesson["uuid"]), happened_at=NOON
    )
    return actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)


def test_one_mandate_is_said_and_not_asked(client):
    mandate = MandateFactory(function="greffière", organisation__name="Abercorn")
    version = VersionFactory()
    client.force_login(mandate.user)
    page = client.get(f"/cours/{version.course.code.lower()}/")
    assertContains(page, "<strong>Greffière, Abercorn</strong>", html=True)
    assertNotContains(page, "À quel titre")
    enroll = reverse("enrollments:enroll", args=[version.course.code.lower()])
    assertRedirects(client.post(enroll, {"mandate": mandate.pk}), page.request["PATH_INFO"])
    assert Enrollment.objects.get().mandate == mandate


def test_the_thread_says_where_one_stands_to_whoever_follows_it(client):
    enrollment = EnrollmentFactory()
    client.force_login(enrollment.learner)
    page = client.get(address("course", enrollment))
    assertContains(page, "Vous êtes ici", count=1)
    assertContains(page, "Remise dès que")
    client.force_login(UserFactory())
    assertNotContains(client.get(address("course", enrollment)), "Vous êtes ici")


def test_of_several_mandates_the_last_used_is_proposed_and_one_must_be_chosen(client):
    first = MandateFactory(starts_on=date(2024, 1, 1))
    second = MandateFactory(user=first.user, starts_on=date(2025, 1, 1))
    version = VersionFactory()
    client.force_login(first.user)
    url = f"/cours/{version.course.code.lower()}/"
    page = client.get(url)
    assertContains(page, "À quel titre suivez-vous ce cours?")
    assert page.context["form"]["mandate"].initial == second.pk
    EnrollmentFactory(mandate=first)
    assert client.get(url).context["form"]["mandate"].initial == first.pk

    enroll = reverse("enrollments:enroll", args=[version.course.code.lower()])
    refused = client.post(enroll, {})
    assertContains(refused, 'role="alert"')
    assertContains(refused, "Choisissez à quel titre vous suivez ce cours.")
    assertContains(client.post(enroll, {"mandate": "x"}), "Choisissez un mandat en vigueur.")
    client.post(enroll, {"mandate": first.pk})
    assert Enrollment.objects.get(course=version.course).mandate == first


def test_the_mandate_of_another_or_an_ended_one_opens_nothing(client):
    ended = MandateFactory(ends_on=date(2026, 1, 1))
    MandateFactory(user=ended.user)
    version = VersionFactory()
    client.force_login(ended.user)
    enroll = reverse("enrollments:enroll", args=[version.course.code.lower()])
    for mandate in (ended, MandateFactory()):
        client.post(enroll, {"mandate": mandate.pk})
    assert not Enrollment.objects.exists()


def test_a_course_that_is_left_says_what_is_kept_and_gives_the_seats_back(client):
    enrollment = finish(EnrollmentFactory())
    coming = SessionFactory(course=enrollment.course, starts_at=timezone.now() + timedelta(days=9))
    past = SessionFactory(course=enrollment.course, starts_at=timezone.now() - timedelta(days=9))
    seats = [RegistrationFactory(session=each, enrollment=enrollment) for each in (coming, past)]
    client.force_login(enrollment.learner)
    leave = address("leave", enrollment)
    page = client.get(leave)
    assertContains(page, "Ce que vous avez fait est gardé")
    assertContains(page, "Vos places aux rencontres à venir")
    enrollment.refresh_from_db()
    assert enrollment.status == Status.ACTIVE  # asking changes nothing

    assertRedirects(client.post(leave), INDEX)
    enrollment.refresh_from_db()
    assert enrollment.status == Status.WITHDRAWN
    for seat in seats:
        seat.refresh_from_db()
    assert [seat.cancelled_at is None for seat in seats] == [False, True]
    assert client.post(leave).status_code == 404


def test_a_course_set_aside_is_taken_up_where_it_was_left(client):
    enrollment = finish(EnrollmentFactory())
    client.force_login(enrollment.learner)
    client.post(address("leave", enrollment))
    newer = VersionFactory(course=enrollment.course, number=2)
    page = client.get(INDEX)
    assertContains(page, "Mis de côté")
    assertContains(client.get(address("course", enrollment)), "Vous reprendrez où vous étiez")
    client.post(address("enroll", enrollment), {"mandate": enrollment.mandate_id})
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.stations_done) == (Status.ACTIVE, 1)
    assert enrollment.version != newer
    assert enrollment.withdrawn_at is None
    assertNotContains(client.get(INDEX), "Mis de côté")
    finish(enrollment, rank=1)
    assert Enrollment.objects.get().status == Status.COMPLETED


def test_under_another_mandate_a_course_set_aside_begins_anew():
    enrollment = finish(EnrollmentFactory())
    actions.withdraw(enrollment_id=enrollment.pk, at=NOON)
    other = MandateFactory(user=enrollment.learner)
    again = actions.enroll(
        learner=enrollment.learner, course=enrollment.course, mandate=other, at=NOON
    )
    assert again.pk != enrollment.pk
    assert again.stations_done == 0
    # The former one stays closed: a course is followed once at a time.
    same = actions.enroll(
        learner=enrollment.learner, course=enrollment.course, mandate=enrollment.mandate, at=NOON
    )
    assert same == again


def test_a_finished_course_cannot_be_left(client):
    enrollment = EnrollmentFactory(completed=True)
    client.force_login(enrollment.learner)
    page = client.post(address("leave", enrollment), follow=True)
    assertContains(page, "Ce cours est terminé")
    assertNotContains(page, "Mettre ce cours de côté")


def test_nobody_leaves_the_course_of_another(client):
    enrollment = EnrollmentFactory()
    client.force_login(UserFactory())
    assert client.post(address("leave", enrollment)).status_code == 404


def test_my_courses_are_on_three_shelves_each_with_one_click_to_go_on(client):
    mandate = MandateFactory()
    begun = finish(EnrollmentFactory(mandate=mandate))
    done = EnrollmentFactory(mandate=mandate, completed=True)
    certificate = issue(enrollment_id=done.pk, at=NOON)
    left = EnrollmentFactory(mandate=mandate)
    actions.withdraw(enrollment_id=left.pk, at=NOON)
    client.force_login(mandate.user)
    page = client.get(INDEX)
    assertContains(page, f'href="/cours/{begun.course.code.lower()}/b/"')
    assertContains(page, "Encore environ 8\xa0min")
    assertContains(page, f"/attestations/{certificate.number}.pdf")
    shelf = page.context["shelf"]
    cards = [
        [card.enrollment for card in row] for row in (shelf.under_way, shelf.done, shelf.aside)
    ]
    assert cards == [[begun], [done], [left]]


def test_a_course_left_twice_is_shown_once(client):
    left = EnrollmentFactory()
    actions.withdraw(enrollment_id=left.pk, at=NOON)
    other = EnrollmentFactory(version=left.version, mandate=MandateFactory(user=left.learner))
    actions.withdraw(enrollment_id=other.pk, at=NOON + timedelta(days=1))
    client.force_login(left.learner)
    page = client.get(INDEX)
    assert [card.enrollment for card in page.context["shelf"].aside] == [other]


@pytest.mark.django_db(transaction=True)
def test_a_course_taken_up_under_two_mandates_at_once_is_open_once():
    left = EnrollmentFactory()
    actions.withdraw(enrollment_id=left.pk, at=NOON)
    mandates = [left.mandate, MandateFactory(user=left.learner)]
    other = EnrollmentFactory(version=left.version, mandate=mandates[1])
    actions.withdraw(enrollment_id=other.pk, at=NOON)
    start = Barrier(4, timeout=10)

    def take_up(mandate):
        try:
            start.wait()
            return actions.enroll(
                learner=left.learner, course=left.course, mandate=mandate, at=NOON
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        given = set(pool.map(take_up, mandates * 2))
    assert given == set(Enrollment.objects.live().values_list("pk", flat=True))
    assert len(given) == 1


def test_without_courses_the_page_says_how_to_begin(client):
    client.force_login(UserFactory())
    assertContains(client.get(INDEX), "Vous ne suivez encore aucun cours")


@pytest.mark.parametrize("count", [1, 3])
def test_my_courses_cost_the_same_for_one_course_of_each_shelf_and_three(
    client, django_assert_num_queries, count
):
    mandate = MandateFactory()
    for _ in range(count):
        EnrollmentFactory(mandate=mandate)
        EnrollmentFactory(mandate=mandate, completed=True)
        left = EnrollmentFactory(mandate=mandate)
        actions.withdraw(enrollment_id=left.pk, at=NOON)
    client.force_login(mandate.user)
    # Session, person; courses, attestations, versions, stations, what was set aside.
    with django_assert_num_queries(7):
        client.get(INDEX)
