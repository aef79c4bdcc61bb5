"""The bench asks for pages that exist, of rows that the product accepts."""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import include, path

from atn_platform.urls import urlpatterns as site
from certificates.models import Certificate, CertificateFile
from enrollments import actions
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from municipalities.models import Mandate, Organisation
from tests.bench import floor
from tests.bench.fill import fill
from tests.bench.pages import pages

urlpatterns = [*floor.urlpatterns, path("", include(site))]
PEOPLE, MUNICIPALITIES = 24, 4


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
    with override_settings(ROOT_URLCONF="tests.bench.test_bench"):
        answers = {
            page.name: (answered(page.ask(number)), page.status)
            for page in pages(world)
            for number in (0, 1)
        }
    assert {name: both for name, both in answers.items() if both[0] != both[1]} == {}


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
