"""« Mes compétences » and the scenario of departure: of one person, for that person alone."""

from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from courses import actions as courses
from courses.actions.positioning import SCENARIOS
from courses.folder import FolderRefused
from courses.models import Course, PositioningScenario
from enrollments import actions
from enrollments.actions import NewEvent
from enrollments.enums import Verb
from enrollments.models import PositioningResult, SkillLevel
from enrollments.queries.positioning import units
from enrollments.queries.skills import skill_rows
from municipalities.enums import Public
from tests.demo import COURSES
from tests.factories import (
    NOON,
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db

SKILLS = reverse("enrollments:skills")
START = reverse("enrollments:positioning")
FORGET = reverse("enrollments:forget-positioning")


@pytest.fixture
def framework():
    courses.load_framework()
    courses.load_scenarios()


@pytest.fixture
def person(client, framework):
    mandate = MandateFactory(public=Public.ELECTED)
    client.force_login(mandate.user)
    return mandate


def row(user, code):
    domains = skill_rows(user, [Public.ELECTED])
    return next(each for domain in domains for each in domain.skills if each.skill.code == code)


def test_levels_are_said_changed_and_erased_by_their_person_alone(client, person):
    client.post(SKILLS, {"A1": "2", "F3": "4"})
    assert (row(person.user, "A1").declared, row(person.user, "F3").declared) == (2, 4)
    page = client.get(SKILLS)
    assertContains(page, '<option value="2" selected>2, appliquer</option>', count=1, html=True)
    assertContains(page, '<svg class="radar"')
    client.post(SKILLS, {"A1": "3", "F3": ""})
    assert [(each.skill.code, each.level) for each in SkillLevel.objects.all()] == [("A1", 3)]
    assert client.post(SKILLS, {"A1": "9"}).status_code == 200
    assert row(person.user, "A1").declared == 3
    # Whoever answers for the town, accompanies or administers has no page that shows it.
    for other in (UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.COACH)):
        client.force_login(other)
        shown = '<option value="3" selected>3, adapter</option>'
        assertNotContains(client.get(SKILLS), shown, html=True)
        assert row(other, "A1").declared == 0


def test_a_finished_course_attests_its_level_and_right_answers_are_evidence(person):
    question = {**choice_question(), "competencies": ["A1-2"]}
    version = VersionFactory(
        course=CourseFactory(competencies=["A1-2", "A3-1"]),
        stations=[lesson_document("a", questions=[question])],
    )
    other = VersionFactory(course=CourseFactory(competencies=["A1-1"]))
    EnrollmentFactory(version=other, mandate=person, completed=True)
    enrollment = EnrollmentFactory(version=version, mandate=person)
    answer(enrollment, version, chosen="a")
    assert (row(person.user, "A1").attested, row(person.user, "A1").evidence) == (1, 0)
    answer(enrollment, version, chosen="b")
    answer(enrollment, version, chosen="b")
    assert row(person.user, "A1").evidence == 1  # the same question counts once
    enrollment.status, enrollment.completed_at = "completed", NOON
    enrollment.save()
    assert (row(person.user, "A1").attested, row(person.user, "A3").attested) == (2, 1)
    assert row(person.user, "A1").expected == 2


def answer(enrollment, version, *, chosen):
    lesson = version.document["modules"][0]["lessons"][0]
    block = lesson["blocks"][1]
    answers = {block["questions"][0]["uuid"]: [chosen]}
    event = NewEvent(
        uuid=uuid4(), verb=Verb.ANSWERED, lesson=UUID(lesson["uuid"]), block=UUID(block["uuid"]),
        result={"score": 0, "answers": answers}, happened_at=NOON,
    )  # fmt: skip
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_was_done(
    client, person, django_assert_num_queries, count
):
    for _ in range(count):
        course = CourseFactory(competencies=["A1-2"])
        EnrollmentFactory(version=VersionFactory(course=course), mandate=person, completed=True)
    actions.declare_levels(
        learner=person.user,
        levels=dict(list({"A1": 1, "B1": 2, "C1": 3}.items())[:count]),
        at=NOON,
    )
    # Session, person; mandates; levels said, courses finished, answers, domains, competencies;
    # what « Par où commencer » would ask is not asked.
    with django_assert_num_queries(8):
        assert client.get(SKILLS).status_code == 200


@pytest.mark.parametrize("public", Public.values)
def test_each_scenario_names_units_that_exist_and_takes_ten_minutes(framework, public):
    scenario = PositioningScenario.objects.get(public=public).document
    modules = {folder.name: folder / "course.yaml" for folder in COURSES.iterdir()}
    assert len(scenario["situations"]) == 8
    words = str(scenario).split()
    assert 500 < len(words) < 1500  # at 130 words a minute, with the time to think
    for each in scenario["situations"]:
        code, __, module = each["unit"].partition("/")
        assert f"- key: {module}\n" in modules[code].read_text(), each["unit"]
        assert {choice["level"] for choice in each["choices"]} >= {2}, each["key"]


@pytest.fixture
def catalogue(framework):
    """The courses that the scenario of elected people leads to."""
    for code in ("CYB-101", "ELU-100", "IA-115", "VIL-110", "SEC-201"):
        course = courses.import_folder(path=COURSES / code)
        courses.publish(course_id=course.pk, by=None, at=NOON)


def choices(rank_of) -> dict[str, str]:
    scenario = PositioningScenario.objects.get(public="elected").document
    return {each["key"]: str(rank_of(each)) for each in scenario["situations"]}


def test_three_units_come_from_the_widest_gaps_with_their_durations(client, person, catalogue):
    assertContains(client.get(START), "Une semaine au conseil")
    assert not PositioningResult.objects.exists()  # reading it keeps nothing
    # Everything mastered but the decisions of the council.
    weak = {"fournisseur": 0, "capteurs": 0, "clic": 1}
    typed = choices(lambda each: weak.get(each["key"], 3)) | {"public": "elected"}
    page = client.post(START, typed, follow=True)
    result = PositioningResult.objects.get()
    scenario = PositioningScenario.objects.get(public="elected").document
    found = units(result, scenario, person.user)
    assert [(each.code, each.title) for each in found] == [
        ("VIL-110", "Pas besoin de capteurs partout"),
        ("ELU-100", "Décider sans être technicien"),
        ("ELU-100", "Agir juste"),
    ]
    assert all(each.minutes > 0 for each in found)
    for each in found:
        assertContains(page, each.title)
    # A unit that is finished is not proposed again.
    course = Course.objects.get(code="ELU-100")
    enrollment = EnrollmentFactory(version=course.current_version, mandate=person)
    first = course.current_version.document["modules"][0]["lessons"]
    for lesson in first:
        enrollment.lesson_states.create(lesson=lesson["uuid"], completed_at=NOON)
    titles = [each.title for each in units(result, scenario, person.user)]
    assert "Décider sans être technicien" not in titles
    assert len(titles) == 3


def test_the_answers_are_private_and_erased_at_will(client, person, catalogue):
    client.post(START, choices(lambda each: 1) | {"public": "elected"})
    assertContains(client.get(START), "Effacer mes réponses")
    for other in (UserFactory(), UserFactory(role=Role.ADMINISTRATOR)):
        client.force_login(other)
        assertNotContains(client.get(START), "Effacer mes réponses")
        assert client.post(FORGET).status_code == 404
    client.force_login(person.user)
    assertContains(client.post(FORGET, follow=True), "effacées pour de bon")
    assert not PositioningResult.objects.exists()
    assert client.post(FORGET).status_code == 404


def test_a_missing_answer_is_told_and_the_others_are_kept(client, person):
    typed = choices(lambda each: 2) | {"public": "elected"}
    del typed["liste"]
    page = client.post(START, typed)
    assertContains(page, "Choisissez ce que vous feriez.", status_code=422)
    kept = '<input type="radio" name="clic" value="2" id="id_clic_2" required checked>'
    assertContains(page, kept, status_code=422, html=True)
    assert not PositioningResult.objects.exists()


def test_one_may_take_the_scenario_of_another_role(client, person):
    assertContains(client.get(START + "?public=staff"), "Une journée à la mairie")
    assertContains(client.get(START + "?public=inconnu"), "Une semaine au conseil")


def test_without_framework_nor_scenario_the_pages_say_so(client):
    client.force_login(UserFactory())
    assertContains(client.get(SKILLS), "pas encore en place")
    assertContains(client.get(START), "Aucun scénario")


def test_atn_edits_a_scenario_and_a_mistake_is_told_with_its_line(client, framework):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    scenario = PositioningScenario.objects.get(public="elected")
    address = reverse("admin:courses_positioningscenario_change", args=[scenario.pk])
    wrong = scenario.source.replace("level: 0", "level: 9", 1)
    page = client.post(address, {"source": wrong})
    assertContains(page, "un niveau va de 0 à 4")
    assertContains(page, "level: 9")
    client.post(address, {"source": scenario.source.replace("cartes-cadeaux pour", "cartes pour")})
    scenario.refresh_from_db()
    assert "six cartes pour des bénévoles" in scenario.document["situations"][0]["text"]
    assert courses.load_scenarios() == 0
    scenario.refresh_from_db()
    assert "six cartes pour des bénévoles" in scenario.source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("skill: A1", "skill: hameçon", "A1"),
        ("unit: CYB-101/le-message-qui-presse", "unit: partout", "CYB-101"),
        ("public: elected", "public: voisin", "voisin"),
        ("- key: tablette", "- key: cartes-cadeaux", "sert déjà"),
        ("    level: 3", "    level: trois", "niveau"),
    ],
)
def test_a_wrong_scenario_adds_nothing(tmp_path, old, new, said):
    file = tmp_path / "elus.yaml"
    file.write_text((SCENARIOS / "elus.yaml").read_text().replace(old, new, 1))
    with pytest.raises(FolderRefused, match=said):
        courses.load_scenarios(folder=tmp_path)
    assert not PositioningScenario.objects.exists()
