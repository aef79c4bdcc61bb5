"""The demonstration loads once, and its seeded past is what the ledger says."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count

from atn_platform.accounts.models import User
from certificates.models import Certificate
from courses import actions as courses
from courses.folder import read, write
from enrollments import actions
from enrollments.enums import Status
from enrollments.models import BlockState, Enrollment, LessonState
from municipalities.models import Mandate, Organisation, RegistryImport, Responsibility
from tests.demo import FOLDERS

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


def test_it_loads_once_covers_the_territory_and_agrees_with_its_ledger():
    assert "Démonstration chargée : 145 municipalités" in run()
    people = User.objects.count()
    assert "rien n'a changé" in run()
    assert User.objects.count() == people >= 1500
    places = Organisation.objects.municipalities()
    assert places.values("region").distinct().count() == 17
    assert set(places.values_list("stratum", flat=True)) == set(range(1, 10))
    for name in ("Saint-Louis-du-Ha! Ha!", "Notre-Dame-des-Sept-Douleurs", "Montréal"):
        assert places.filter(name=name).exists()

    two = User.objects.annotate(held=Count("mandates")).filter(held=2)
    assert 20 <= two.count() <= 25
    assert 50 <= Responsibility.objects.values("organisation").distinct().count() <= 75
    assert not Responsibility.objects.filter(user__email=None).exists()
    mayors = Mandate.objects.filter(function__in=("mairesse", "maire"))
    assert mayors.count() == mayors.values("organisation").distinct().count() > 100
    assert RegistryImport.objects.get().reference_date == date(2026, 3, 3)

    completed = Enrollment.objects.filter(status=Status.COMPLETED)
    assert Certificate.objects.count() == completed.count() > 50
    sample = [*completed[:5], *Enrollment.objects.filter(status=Status.ACTIVE)[:10]]
    for enrollment in sample:
        before = stored(enrollment)
        actions.recompute(enrollment_id=enrollment.pk)
        assert stored(enrollment) == before

    # What the demonstration must hold: someone due for each reminder, personas on their way.
    noon = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
    active = Enrollment.objects.filter(status=Status.ACTIVE, learner__email__isnull=False)
    for field, days in (("enrolled_at", 7), ("last_activity_at", 14)):
        due = noon - timedelta(days=days)
        assert active.filter(**{f"{field}__range": (due - timedelta(hours=3), due)}).count() == 4
    personas = Enrollment.objects.filter(mandate__organisation__code="00620")
    done = dict(personas.values_list("learner__first_name", "stations_done"))
    assert done == {"Chantal": 6, "Réjean": 2, "Ginette": 16}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_course_is_ready_to_publish_and_in_canonical_form(folder, tmp_path):
    course = courses.import_folder(path=folder)
    assert courses.publish(course_id=course.pk, by=None, at=course.created_at).number == 1
    write(read(folder), tmp_path)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path
