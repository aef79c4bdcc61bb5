from uuid import UUID

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from enrollments import actions
from enrollments.actions import NewEvent
from enrollments.enums import Verb
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    VersionFactory,
    lesson_document,
)

pytestmark = pytest.mark.django_db

HOME = reverse("portal:home")


def finish(enrollment, lesson):
    event = NewEvent(
        uuid=enrollment.uuid, verb=Verb.COMPLETED, lesson=UUID(lesson["uuid"]), happened_at=NOON
    )
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)


def test_a_stranger_sees_what_this_is_and_the_door(client):
    assertContains(client.get(HOME), "Le numérique municipal, à votre rythme")


def test_home_resumes_at_the_station_after_the_last_one(client):
    stations = [lesson_document("a"), lesson_document("b"), lesson_document("c")]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=stations))
    client.force_login(enrollment.learner)
    assertContains(client.get(HOME), "Commencer la leçon")
    finish(enrollment, stations[0])
    page = client.get(HOME)
    assertContains(page, "Reprendre la leçon")
    assertContains(page, f'href="/cours/{enrollment.course.code.lower()}/b/"')
    assertContains(page, "étapes franchies, 1 sur 3")


def test_a_newcomer_is_offered_the_shortest_course(client):
    VersionFactory(minutes=300)
    short = VersionFactory(minutes=60)
    client.force_login(MandateFactory().user)
    page = client.get(HOME)
    assertContains(page, short.course.title)
    assertContains(page, "Vos cours viendront ici")


def test_a_finished_course_becomes_what_one_can_do(client):
    only = lesson_document("a")
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[only]))
    finish(enrollment, only)
    client.force_login(enrollment.learner)
    page = client.get(HOME)
    assertContains(page, "Ce que vous savez faire maintenant")
    assertContains(page, "Aucune étape en attente")


def test_a_team_is_counted_from_five_people_up(client):
    place = MunicipalityFactory(name="Abercorn")
    mandates = [MandateFactory(organisation=place) for _ in range(4)]
    client.force_login(mandates[0].user)
    assertNotContains(client.get(HOME), "ont commencé un cours")
    mandates.append(MandateFactory(organisation=place))
    enrollment = EnrollmentFactory(mandate=mandates[-1])
    finish(enrollment, enrollment.version.document["modules"][0]["lessons"][0])
    assertContains(client.get(HOME), "1 sur 5 ont commencé un cours")


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_the_same_queries_whatever_the_number_of_courses(
    client, django_assert_num_queries, count
):
    mandate = MandateFactory()
    for _ in range(count):
        EnrollmentFactory(mandate=mandate)
    client.force_login(mandate.user)
    client.get(HOME)
    # session, person, roles, enrolments, stations, seats, mandate, team
    with django_assert_num_queries(8):
        client.get(HOME)
