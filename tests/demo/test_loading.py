"""The demonstration loads once, and its seeded past is what the ledger says."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count

from atn_platform.accounts.models import User
from atn_platform.demo.accounts import DEMO_ACCOUNTS
from certificates.models import Certificate
from courses import actions as courses
from courses.documents import block, station
from courses.folder import read, write
from courses.queries import document
from enrollments import actions, grading
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from municipalities.enums import Designation, Public
from municipalities.models import Mandate, Organisation, RegistryImport, Responsibility
from municipalities.registry import parse
from tests.demo import FOLDERS
from tests.municipalities.files import published

pytestmark = pytest.mark.django_db


def run() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def stored(enrollment):
    columns = ("status", "first_activity_at", "last_activity_at", "completed_at", "stations_done",
               "stations_total", "best_score", "current_lesson")  # fmt: skip
    return (
        Enrollment.objects.values_list(*columns).get(pk=enrollment.pk),
        sorted(
            LessonState.objects.filter(enrollment=enrollment).values_list(
                "lesson", "opened_at", "completed_at"
            )
        ),
        sorted(
            BlockState.objects.filter(enrollment=enrollment).values_list(
                "block", "attempts", "best_score"
            )
        ),
    )


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """The demonstration, loaded once for the tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run()
        transaction.set_rollback(True)


def test_it_loads_once(demonstration):
    assert demonstration.startswith("Démonstration chargée : 150 municipalités")
    people = User.objects.count()
    assert "rien n'a changé" in run()
    assert User.objects.count() == people


def test_it_covers_the_territory(demonstration):
    places = Organisation.objects.municipalities()
    assert places.values("region").distinct().count() == 17
    assert set(places.values_list("stratum", flat=True)) == set(range(1, 10))
    assert set(places.values_list("designation", flat=True)) == set(Designation.values)
    codes = {
        "12045", "46005", "46035", "46040", "21040", "82005", "13080", "01023", "01042", "98005",
        "98015", "45080", "90012", "16048", "99095", "99030", "99060", "93022", "88057", "30030",
        "09077", "36033", "10043", "65005", "58227", "23027", "66023", "00620",
    }  # fmt: skip
    assert codes <= set(places.values_list("code", flat=True))
    assert places.filter(mrc__code="090").count() == 16
    assert RegistryImport.objects.get().reference_date == date(2026, 3, 3)


@pytest.mark.registry
def test_the_facts_of_the_sample_are_those_of_the_registry(demonstration):
    facts = parse(published("MUN_2026-03-03.csv").read_bytes())
    names = ("code", "name", "official_name", "designation", "region_id", "mrc__code",
             "population", "seats_filled", "seats_vacant", "time_zone")  # fmt: skip
    official = {
        (f.code, f.name, f.official_name, f.designation, f.region, f.mrc or None, f.population,
         f.seats_filled, f.seats_vacant, f.time_zone)
        for f in facts.municipalities
    }  # fmt: skip
    sample = Organisation.objects.municipalities().exclude(code="00620")
    assert set(sample.values_list(*names)) <= official


def test_its_people_are_plausible(demonstration):
    assert 1500 <= User.objects.count() <= 1900
    assert 60 <= User.objects.filter(email=None).count() <= 150
    two = User.objects.annotate(held=Count("mandates")).filter(held=2)
    assert 20 <= two.count() <= 40
    assert 50 <= Responsibility.objects.values("organisation").distinct().count() <= 80
    shares = Counter(Mandate.objects.values_list("public", flat=True))
    assert shares[Public.STAFF] > shares[Public.MANAGER]
    assert shares[Public.ELECTED] > shares[Public.MANAGER]
    mayors = Mandate.objects.filter(function__in=("mairesse", "maire"))
    assert mayors.count() == mayors.values("organisation").distinct().count() > 130
    home = Organisation.objects.get(code="00620")
    assert home.mandates.filter(public=Public.ELECTED).count() == 5
    luc = home.mandates.get(user__last_name="Bélanger", user__first_name="Luc")
    assert luc.user.email is None


def test_its_year_agrees_with_its_ledger(demonstration):
    completed = Enrollment.objects.filter(status=Status.COMPLETED)
    assert Certificate.objects.count() == completed.count() > 80
    assert Enrollment.objects.filter(status=Status.WITHDRAWN).exists()
    first, last = datetime(2025, 11, 1, tzinfo=UTC), datetime(2027, 1, 19, tzinfo=UTC)
    outside = LearningEvent.objects.exclude(happened_at__range=(first, last))
    assert not outside.exists()
    sample = [
        *completed.order_by("pk")[:20],
        *Enrollment.objects.filter(status=Status.ACTIVE).order_by("pk")[:40],
        *Enrollment.objects.filter(status=Status.WITHDRAWN),
    ]
    for enrollment in sample:
        before = stored(enrollment)
        actions.recompute(enrollment_id=enrollment.pk)
        assert stored(enrollment) == before


def test_answers_and_scores_agree(demonstration):
    answered = LearningEvent.objects.filter(verb=Verb.ANSWERED).select_related("enrollment")
    for event in answered[:200]:
        lesson = station(document(event.enrollment.version_id), event.lesson)
        questions = grading.draw(block(lesson, event.block), event.uuid)
        marked = grading.mark(questions, event.result["answers"])
        assert grading.percent(marked) == event.result["score"]


def test_someone_is_due_for_each_reminder_of_learning(demonstration):
    noon = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
    week, fortnight = noon - timedelta(days=7), noon - timedelta(days=14)
    hour = timedelta(hours=1)
    active = Enrollment.objects.filter(status=Status.ACTIVE, learner__email__isnull=False)
    waiting = active.filter(first_activity_at=None, enrolled_at__range=(week - hour, week))
    paused = active.filter(last_activity_at__range=(fortnight - hour, fortnight))
    assert (waiting.count(), paused.count()) == (4, 4)


def test_the_personas_stand_where_the_visit_needs_them(demonstration):
    done = dict(
        Enrollment.objects.filter(
            learner__email__in=[account.email for account in DEMO_ACCOUNTS]
        ).values_list("learner__first_name", "stations_done")
    )
    assert (done["Chantal"], done["Réjean"], done["Ginette"]) == (6, 2, 16)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_course_is_ready_to_publish_and_in_canonical_form(folder, tmp_path):
    course = courses.import_folder(path=folder)
    assert courses.publish(course_id=course.pk, by=None, at=course.created_at).number == 1
    write(read(folder), tmp_path)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path
