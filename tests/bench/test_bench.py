"""The bench asks for pages that exist, of rows that the product accepts."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from atn_platform.urls import urlpatterns as site
from certificates.models import Certificate, CertificateFile
from enrollments import actions
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from municipalities.models import Mandate, Organisation
from tests.bench import bare, floor
from tests.bench.fill import fill
from tests.bench.pages import BARE, pages

urlpatterns = [*floor.urlpatterns, path("", include(site))]
PEOPLE, MUNICIPALITIES = 24, 4
# Session and person first, wherever someone is signed in.
STATEMENTS = {
    "sign-in page": 0,
    "home, anonymous": 0,
    "home, learner": 7,
    "catalogue, anonymous": 2,
    "catalogue, search": 5,
    "course": 6,
    "lesson": 5,
    "quiz": 5,
    "quiz answer": 7,
    "lesson done": 6,
    "report": 4,
    "report, CSV": 5,
    "attestation, PDF": 3,
    "verification": 1,
}


@pytest.fixture
def world(db):
    return fill(PEOPLE, MUNICIPALITIES)


def standing(enrollment):
    bookkeeping = {"created_at", "updated_at"}
    rows = Enrollment.objects.filter(pk=enrollment.pk).values()
    states = LessonState.objects.filter(enrollment=enrollment).order_by("lesson").values()
    blocks = BlockState.objects.filter(enrollment=enrollment).order_by("block").values()
    return [
        {name: value for name, value in row.items() if name not in bookkeeping}
        for row in (*rows, *states, *blocks)
    ]


def test_the_filled_rows_are_rows_that_the_product_writes(world):
    enrollments = list(Enrollment.objects.select_related("learner"))
    assert len(enrollments) == PEOPLE
    for model in (Organisation, Mandate, Enrollment, LearningEvent, Certificate, CertificateFile):
        for row in model.objects.order_by("pk")[:5]:
            row.full_clean(exclude=["result"])  # {} is what the ledger holds for a bare act
    for enrollment in enrollments:
        before = standing(enrollment)
        actions.recompute(enrollment_id=enrollment.pk)
        assert standing(enrollment) == before


def test_every_page_of_the_bench_answers(world):
    doors = [*settings.AUTHENTICATION_BACKENDS, bare.BACKEND]
    with override_settings(ROOT_URLCONF="tests.bench.test_bench", AUTHENTICATION_BACKENDS=doors):
        answers = {
            page.name: (answered(page.ask(number)), page.status)
            for page in pages(world)
            for number in (0, 1)
        }
    assert {name: both for name, both in answers.items() if both[0] != both[1]} == {}


def test_the_floor_reads_a_session_a_person_and_the_rows_of_its_page(world):
    bare_view = next(page for page in pages(world) if page.name == BARE)
    with override_settings(
        ROOT_URLCONF="tests.bench.floor",
        AUTHENTICATION_BACKENDS=[bare.BACKEND],
        MIDDLEWARE=bare.MIDDLEWARE,
        TEMPLATES=bare.TEMPLATES,
    ):
        assert statements(bare_view.ask) == 3


def test_an_answer_and_a_finished_lesson_enter_the_ledger(world):
    asked = {page.name: page.ask for page in pages(world)}
    before = LearningEvent.objects.count()
    answered(asked["quiz answer"](0))
    answered(asked["lesson done"](0))
    assert LearningEvent.objects.count() == before + 2


def answered(ask):
    client = Client()
    if ask.session:
        client.cookies[settings.SESSION_COOKIE_NAME] = ask.session
    if ask.fields is None:
        return client.get(ask.path).status_code
    return client.post(ask.path, ask.fields).status_code


@pytest.mark.parametrize("people", [PEOPLE, 10 * PEOPLE])
def test_no_page_asks_more_of_the_database_for_ten_times_the_people(db, people):
    world = fill(people, MUNICIPALITIES)
    with override_settings(ROOT_URLCONF="tests.bench.test_bench"):
        counted = {
            page.name: statements(page.ask) for page in pages(world) if page.server == "web"
        }
    assert counted == STATEMENTS
    goals = {page.name: page.goal.queries for page in pages(world)}
    assert {name: n for name, n in counted.items() if n > (goals[name] or n)} == {}


def statements(ask):
    """Of the second time, for what a process keeps; savepoints are the test's own."""
    answered(ask(0))
    with CaptureQueriesContext(connection) as made:
        answered(ask(1))
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in made)
