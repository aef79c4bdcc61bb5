from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.consents.actions import give
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from courses.enums import LessonKind
from enrollments import actions
from enrollments.actions import NewEvent
from enrollments.enums import Attendance, Verb
from enrollments.models import Registration
from municipalities.actions import claims
from municipalities.enums import Public
from municipalities.models import Invitation
from municipalities.queries.claims import UMQ_NAMED
from tests.factories import (
    LONG_AGO,
    NOON,
    CourseFactory,
    EnrollmentFactory,
    LessonFactory,
    MandateFactory,
    MunicipalityFactory,
    PathFactory,
    RegistrationFactory,
    SessionFactory,
    UserFactory,
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


def agree(person, purpose):
    version = WORDINGS[purpose].version
    give(user=person, purpose=purpose, version=version, way=Way.PAGE, at=LONG_AGO)


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
    enrollment = EnrollmentFactory(mandate=MandateFactory(organisation=place))
    finish(enrollment, enrollment.version.document["modules"][0]["lessons"][0])
    assertNotContains(client.get(HOME), "ont commencé un cours")  # a number lasts five minutes
    caches["process"].clear()
    assertContains(client.get(HOME), "1 sur 5 ont commencé un cours")


def test_an_elected_person_is_not_counted_without_their_consent(client):
    place = MunicipalityFactory(name="Abercorn")
    mandates = [MandateFactory(organisation=place) for _ in range(5)]
    elected = EnrollmentFactory(
        mandate=MandateFactory(organisation=place, public=Public.ELECTED),
        first_activity_at=LONG_AGO,
    )
    client.force_login(mandates[0].user)
    assertContains(client.get(HOME), "0 sur 5 ont commencé un cours")
    agree(elected.learner, Purpose.FACTS_TO_ORGANISATION)
    caches["process"].clear()
    assertContains(client.get(HOME), "1 sur 6 ont commencé un cours")


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_the_same_queries_whatever_the_number_of_courses(
    client, django_assert_num_queries, count
):
    mandate = MandateFactory()
    paths = [PathFactory(courses=[VersionFactory().course]) for _ in range(count)]
    for path in paths:
        EnrollmentFactory(mandate=mandate)
        EnrollmentFactory(mandate=mandate, completed=True)
        actions.enroll_in_path(learner=mandate.user, path=path, at=NOON)
    client.force_login(mandate.user)
    # Session, person, roles; courses, attestations, documents, stations; parcours followed, their
    # steps, their courses, those under way, what was declared; mandates, seats, team; the documents
    # and the team are then remembered.
    with django_assert_num_queries(14):
        client.get(HOME)
    with django_assert_num_queries(12):
        client.get(HOME)


def step_of(client, person):
    client.force_login(person)
    page = client.get(HOME)
    return page.context["home"].step, page


def test_a_newcomer_is_offered_what_is_meant_for_her_public_first(client):
    """The first course of her public's parcours, then the shortest of those for her public."""
    VersionFactory(minutes=10, course=CourseFactory(publics=[Public.MANAGER]))
    short = VersionFactory(minutes=20)
    advised = VersionFactory(minutes=300)
    mandate = MandateFactory(public=Public.ELECTED)
    step, page = step_of(client, mandate.user)
    assert (step.kind, step.course) == ("catalogue", short.front["title"])
    PathFactory(courses=[advised.course], publics=[Public.STAFF])
    assert step_of(client, mandate.user)[0].course == short.front["title"]
    PathFactory(courses=[advised.course, short.course], publics=[Public.ELECTED])
    step, page = step_of(client, mandate.user)
    assert step.course == advised.front["title"]
    assertContains(page, "Bienvenue. Rien ne presse")
    assertContains(page, "Connexion lente?")


def test_someone_without_a_mandate_is_told_whom_to_ask(client):
    VersionFactory()
    step, page = step_of(client, UserFactory())
    assert step.kind == "mandate"
    assertContains(page, "rattaché à aucune municipalité")


def test_a_mandate_that_is_over_is_named_with_its_day(client):
    ended = MandateFactory(ends_on=date(2026, 3, 1), organisation__name="Abercorn")
    step, page = step_of(client, ended.user)
    assert step.kind == "mandate"
    assertContains(page, "(Abercorn) a pris fin le 1er\xa0mars\xa02026")
    # What was begun under it goes on.
    EnrollmentFactory(mandate=ended)
    assert step_of(client, ended.user)[0].kind == "start"


def test_an_invitation_that_waits_in_the_mail_is_told(client):
    person = UserFactory(email="lise@exemple.quebec")
    now = timezone.now()
    Invitation.objects.create(
        organisation=MunicipalityFactory(name="Abercorn"), email="lise@exemple.quebec",
        token_hash="0" * 64, invited_by=UserFactory(), invited_at=now,
        expires_at=now + timedelta(days=3),
    )  # fmt: skip
    assertContains(step_of(client, person)[1], "Une invitation vous attend")
    Invitation.objects.update(expires_at=now)
    assertNotContains(step_of(client, person)[1], "Une invitation vous attend")
    person.email = None
    person.save(update_fields=["email"])
    assert step_of(client, person)[0].kind == "mandate"


def test_a_parcours_under_way_proposes_its_next_course(client):
    first, second = VersionFactory(), VersionFactory()
    enrollment = EnrollmentFactory(version=first, completed=True)
    path = PathFactory(courses=[first.course, second.course])
    actions.enroll_in_path(learner=enrollment.learner, path=path, at=NOON)
    step, page = step_of(client, enrollment.learner)
    assert (step.kind, step.course) == ("path", second.front["title"])
    assertContains(page, "Mes parcours")
    assertContains(page, "Étapes franchies\xa0: 1 sur 2")
    assertContains(page, "Votre parcours continue")


def test_what_was_set_aside_is_recalled_only_when_nothing_else_is_left(client):
    left = EnrollmentFactory()
    actions.withdraw(enrollment_id=left.pk, at=NOON)
    step, page = step_of(client, left.learner)
    assert (step.kind, step.course) == ("aside", left.version.front["title"])
    assertContains(page, "Vous avez mis un cours de côté")
    VersionFactory()
    step, page = step_of(client, left.learner)
    assert step.kind == "catalogue"
    assertContains(page, "Voici un cours qui pourrait vous servir")


def test_without_any_course_to_take_the_page_says_so(client):
    step, page = step_of(client, MandateFactory().user)
    assert step is None
    assertContains(page, "Les premiers cours seront bientôt offerts")


@pytest.fixture
def hybrid():
    """An enrolment in a course with one meeting, and the meeting's station in the draft."""
    course = CourseFactory()
    station = LessonFactory(module=course.modules.get(), kind=LessonKind.MEETING, key="rencontre")
    meeting = {**lesson_document("rencontre", kind="meeting"), "uuid": str(station.uuid)}
    version = VersionFactory(course=course, stations=[lesson_document("a"), meeting])
    return EnrollmentFactory(version=version), station


def test_a_meeting_within_the_hour_comes_first(client, hybrid):
    enrollment, station = hybrid
    soon = timezone.now() + timedelta(minutes=30)
    session = SessionFactory(course=enrollment.course, lesson=station, starts_at=soon)
    assert step_of(client, enrollment.learner)[0].kind == "choice"
    seat = RegistrationFactory(session=session, enrollment=enrollment)
    step, page = step_of(client, enrollment.learner)
    assert (step.kind, step.url) == ("meeting", f"/rencontres/{session.uuid}/")
    assertContains(page, "Rejoindre la rencontre")
    seat.cancelled_at = NOON
    seat.save(update_fields=["cancelled_at"])
    assert step_of(client, enrollment.learner)[0].kind == "choice"


def test_a_date_is_to_choose_until_the_last_one_closes(client, hybrid):
    enrollment, station = hybrid
    now = timezone.now()
    near = SessionFactory(
        course=enrollment.course, lesson=station, starts_at=now + timedelta(days=6),
        registration_closes_at=now + timedelta(days=5),
    )  # fmt: skip
    step, page = step_of(client, enrollment.learner)
    assert (step.kind, step.at) == ("choice", near.registration_closes_at)
    assertContains(page, "Une date est à choisir, au plus tard le")
    assertContains(page, "Choisir une date\xa0: Leçon rencontre")
    # A later date leaves time, a seat leaves nothing to choose.
    later = SessionFactory(
        course=enrollment.course, lesson=station, starts_at=now + timedelta(days=40)
    )
    assert step_of(client, enrollment.learner)[0].kind == "start"
    later.status = "cancelled"
    later.save(update_fields=["status"])
    RegistrationFactory(session=near, enrollment=enrollment)
    assert step_of(client, enrollment.learner)[0].kind == "start"


def test_light_mode_is_offered_plainly_and_left_plainly(client):
    client.force_login(MandateFactory().user)
    client.post(reverse("portal:light-mode"), {"light": "1"})
    assertContains(client.get(HOME), "Vous êtes en mode léger")
    client.post(reverse("portal:light-mode"), {"light": "0"})
    assertContains(client.get(HOME), "Connexion lente?")


def test_whoever_gave_a_session_is_led_to_its_sheet_then_to_the_next_one(client):
    teacher = UserFactory(role=Role.INSTRUCTOR)
    now = timezone.now()
    given = SessionFactory(
        instructor=teacher, starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1)
    )
    RegistrationFactory(session=given)
    following = SessionFactory(
        instructor=teacher,
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=2),
    )
    client.force_login(teacher)
    sheet = reverse("enrollments:attendance", args=[given.uuid])
    assertContains(client.get(HOME), f'<a class="btn" href="{sheet}">')
    Registration.objects.update(attendance=Attendance.PRESENT, attendance_at=now)
    page = client.get(HOME)
    assertContains(
        page, f'<a class="btn" href="{reverse("enrollments:session", args=[following.uuid])}">'
    )
    assertContains(page, "Votre prochaine rencontre à animer est le")
    assertNotContains(page, "Demandez une invitation")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.ADMINISTRATOR, "atelier:index"),
        (Role.UMQ_COORDINATOR, "reports:participation"),
        (Role.COACH, "enrollments:desk"),
    ],
)
def test_people_without_a_town_are_led_to_what_their_role_is_for(client, role, name):
    client.force_login(UserFactory(role=role, is_staff=role == Role.ADMINISTRATOR))
    page = client.get(HOME)
    assertContains(page, f'<a class="btn" href="{reverse(name)}">')
    assertNotContains(page, "Demandez une invitation")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.UMQ_COORDINATOR, Role.COACH])
def test_whoever_may_answer_a_request_is_told_that_one_waits(client, role):
    place = MunicipalityFactory()
    somebody = claims.Claimant("Ginette", "Harvey", "ginette@exemple.quebec")
    asked = claims.ask_people(organisation=place, claimant=somebody, at=UMQ_NAMED)
    client.force_login(UserFactory(role=role, is_staff=role == Role.ADMINISTRATOR))
    link = f'<a class="btn" href="{reverse("municipalities:validation")}">'
    assert (link in client.get(HOME).content.decode()) is (role != Role.COACH)
    claims.refuse(claim_id=asked.pk, reason="", by=UserFactory(), at=UMQ_NAMED)
    assertNotContains(client.get(HOME), link)
