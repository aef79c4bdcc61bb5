"""The demonstration loads once, and its seeded past is what the ledger says."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from importlib import import_module
from io import StringIO
from time import perf_counter

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count, F

from atn_platform.accounts.models import User
from atn_platform.demo.accounts import DEMO_ACCOUNTS, DOMAIN, TERRITORY_EMAIL
from atn_platform.demo.personas import COACH
from atn_platform.demo.places import load_places
from atn_platform.demo.year import YEAR_ENDS
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.reports.figures.members import members
from certificates.models import Certificate
from courses import actions as courses
from courses import draws
from courses.checklist import issues
from courses.documents import block, station
from courses.folder import read, write
from courses.models import CourseSession, CourseVersion, GlossaryTerm, Path
from courses.queries import document, draft_document
from enrollments import grading
from enrollments.enums import Status, Verb
from enrollments.models import (
    BlockState,
    Enrollment,
    LearningEvent,
    LessonState,
    PathEnrollment,
    Registration,
    Slot,
)
from enrollments.projections import Event, standing
from enrollments.queries.coaching import week
from enrollments.queries.desk import desk
from enrollments.queries.sharing import facts_shown
from municipalities.enums import Designation, Kind, Public
from municipalities.models import Mandate, Organisation, RegistryImport, Responsibility
from municipalities.registry import parse
from tests.demo import FOLDERS
from tests.municipalities.files import published

pytestmark = pytest.mark.django_db


SOON = datetime(2026, 12, 7, 15, 0, tzinfo=UTC)
TABLES = (User, Organisation, Mandate, Enrollment, LearningEvent, Registration, CourseSession,
          PathEnrollment, Certificate, OutgoingEmail)  # fmt: skip


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]


def test_it_loads_once(demonstration):
    assert demonstration.startswith("Démonstration chargée : 153 municipalités")
    before, out, started = counts(), StringIO(), perf_counter()
    call_command("load_demo", stdout=out)
    assert perf_counter() - started < 1
    assert "rien n'a changé" in out.getvalue()
    assert counts() == before
    assert OutgoingEmail.objects.count() == 0


def test_its_coach_has_sixty_municipalities_moments_to_offer_and_a_question_to_answer(
    demonstration,
):
    coach = User.objects.get(email=COACH)
    found = desk(coach, at=YEAR_ENDS, everywhere=False)
    assert (found.mine, found.is_narrow, len(found.owed)) == (60, True, 1)
    assert Slot.objects.open_to_all(at=YEAR_ENDS).count() == 13
    assert [each.appointment.person.first_name for each in week(coach, at=SOON)] == ["Ginette"]


def test_each_course_is_a_light_book_to_take_away(demonstration):
    """Persona 13: the whole course in a document of less than 2 MB."""
    for version in CourseVersion.objects.in_force():
        assert len(courses.take_booklet(version=version, kind="epub")) < 2_000_000, version


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


def test_elected_people_of_saint_exemple_choose_both_ways(demonstration):
    seats = Mandate.objects.filter(organisation__code="00620", public=Public.ELECTED)
    shown = seats.filter(facts_shown()).count()
    assert 0 < shown < seats.count() == 5


def test_an_mrc_has_a_responsable_who_reads_some_counts_and_not_the_small_ones(demonstration):
    answering = Responsibility.objects.get(organisation__kind=Kind.MRC)
    assert answering.user.email == TERRITORY_EMAIL
    found = members(answering.organisation, on=date(2026, 12, 1))
    counts = [count for row in found.rows for count in row.counts]
    assert len(found.rows) == 16
    assert None in counts
    assert any(counts)


def test_its_year_agrees_with_its_ledger(demonstration):
    completed = Enrollment.objects.filter(status=Status.COMPLETED)
    assert Certificate.objects.count() == completed.count() > 80
    assert Enrollment.objects.filter(status=Status.WITHDRAWN).exists()
    first, last = datetime(2025, 11, 1, tzinfo=UTC), datetime(2027, 1, 19, tzinfo=UTC)
    outside = LearningEvent.objects.exclude(happened_at__range=(first, last))
    assert not outside.exists()


def projected(enrollment, events, lessons, blocks):
    """An enrolment as stored, and as its ledger says, side by side."""
    found = standing(document(enrollment.version_id), events)
    ledger = (
        found.first_activity_at, found.last_activity_at, found.completed_at, found.done,
        found.total, found.best_score, found.current,
        {uuid: (each.opened_at, each.completed_at) for uuid, each in found.lessons.items()},
        {
            uuid: (block.attempts, block.best_score, block.data)
            for each in found.lessons.values()
            for uuid, block in each.blocks.items()
        },
    )  # fmt: skip
    stored = (
        enrollment.first_activity_at, enrollment.last_activity_at, enrollment.completed_at,
        enrollment.stations_done, enrollment.stations_total, enrollment.best_score,
        enrollment.current_lesson,
        {each.lesson: (each.opened_at, each.completed_at) for each in lessons},
        {each.block: (each.attempts, each.best_score, each.data) for each in blocks},
    )  # fmt: skip
    return stored, ledger


def by_enrollment(model):
    rows = defaultdict(list)
    for row in model.objects.order_by("pk"):
        rows[row.enrollment_id].append(row)
    return rows


def test_every_enrolment_stands_where_its_ledger_says(demonstration):
    events, lessons, blocks = map(by_enrollment, (LearningEvent, LessonState, BlockState))
    columns = ("uuid", "verb", "lesson", "block", "result", "happened_at", "received_at")
    for enrollment in Enrollment.objects.all():
        own = [Event(*(getattr(row, name) for name in columns)) for row in events[enrollment.pk]]
        stored, ledger = projected(enrollment, own, lessons[enrollment.pk], blocks[enrollment.pk])
        assert stored == ledger, enrollment
        assert (enrollment.status == Status.COMPLETED) == (ledger[2] is not None)


def test_nobody_acts_after_the_year_but_those_whom_reminders_find(demonstration):
    late = LearningEvent.objects.filter(happened_at__gt=YEAR_ENDS)
    assert late.values("enrollment").distinct().count() == 4
    joined = Enrollment.objects.filter(enrolled_at__gt=YEAR_ENDS)
    assert joined.count() == 8
    assert not Registration.objects.filter(registered_at__gt=YEAR_ENDS).exists()
    assert not LearningEvent.objects.filter(happened_at__lt=F("enrollment__enrolled_at")).exists()


def test_nobody_bears_an_address_that_could_exist(demonstration):
    addresses = User.objects.exclude(email=None).values_list("email", flat=True)
    assert all(address.endswith(".example") for address in addresses)
    assert not Organisation.objects.exclude(official_email="", website="").exists()


def test_answers_and_scores_agree(demonstration):
    answered = LearningEvent.objects.filter(verb=Verb.ANSWERED).select_related("enrollment")
    for event in answered[:200]:
        lesson = station(document(event.enrollment.version_id), event.lesson)
        questions = draws.draw(block(lesson, event.block), event.uuid)
        marked = grading.mark(questions, event.result["answers"])
        assert grading.percent(marked) == event.result["score"]


def test_the_personas_stand_where_the_visit_needs_them(demonstration):
    rows = Enrollment.objects.filter(
        learner__email__in=[account.email for account in DEMO_ACCOUNTS]
    ).values_list("learner__first_name", "course__code", "stations_done", "status")
    assert sorted(rows) == [
        ("Chantal", "CYB-101", 6, "active"),
        ("Ginette", "CYB-101", 16, "completed"),
        ("Ginette", "SEC-201", 7, "active"),
        ("Réjean", "CYB-101", 2, "active"),
        ("Réjean", "ELU-100", 8, "completed"),
    ]
    certified = Certificate.objects.filter(file__sha256__gt="")
    assert certified.filter(
        enrollment__learner__first_name="Ginette", facts__name="Ginette Ouellet"
    )
    seat = Registration.objects.get(learner__email__startswith="ginette.ouellet@")
    assert seat.session.starts_at == datetime(2027, 1, 20, 17, tzinfo=UTC)


def test_people_follow_one_of_the_four_parcours_meant_for_them(demonstration):
    followed = PathEnrollment.objects.select_related("path", "learner")
    assert Path.objects.count() == 4
    assert followed.values("path").distinct().count() >= 3
    for each in followed:
        publics = set(each.learner.mandates.values_list("public", flat=True))
        assert publics & set(each.path.publics)
    personas = followed.filter(learner__email__endswith=DOMAIN).order_by("learner__first_name")
    assert list(personas.values_list("learner__first_name", "path__code")) == [
        ("Chantal", "personnel"),
        ("Ginette", "gestionnaires"),
        ("Réjean", "elus"),
    ]


def test_each_region_size_and_public_takes_part(demonstration):
    def taking_part(field: str) -> int:
        return started.values(field).distinct().count()

    started = Enrollment.objects.filter(first_activity_at__isnull=False)
    assert taking_part("mandate__organisation__region") == 17
    assert taking_part("mandate__organisation__stratum") == 9
    people = Counter(started.values_list("mandate__public", flat=True))
    assert min(people[public] for public in Public.values) > 100
    idle = Organisation.objects.municipalities().exclude(mandates__enrollments__isnull=False)
    assert 15 <= idle.count() <= 60


def test_it_serves_the_real_list_when_that_one_stands_already(db, demonstration):
    """The rows of the registry are kept as they are."""
    before = dict(Organisation.objects.values_list("code", "pk"))
    assert [place.pk for place in load_places()] == [before[place.code] for place in load_places()]
    assert Organisation.objects.count() == len(before)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_course_is_ready_to_publish_and_in_canonical_form(folder, tmp_path):
    course = courses.import_folder(path=folder)
    # Tests that empty the tables take what migrations put there.
    import_module("courses.migrations.0016_first_words_to_explain").add(apps, None)
    glossary = dict(GlossaryTerm.objects.values_list("term", "plain"))
    assert issues(draft_document(course), glossary) == []  # nothing blocks, nothing is advised
    assert courses.publish(course_id=course.pk, by=None, at=course.created_at).number == 1
    write(read(folder), tmp_path)
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes(), path
