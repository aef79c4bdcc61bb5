"""The framework of competencies: its file, its screens, and what names it."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from certificates.queries import facts_of
from courses import actions
from courses.actions.framework import FRAMEWORK
from courses.folder import FolderRefused, read
from courses.forms.questions import question_form
from courses.models import Question, Skill, SkillDomain
from municipalities.enums import Public
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db

CYB = Path("atn_platform/demo/courses/CYB-101")


def test_the_file_holds_six_domains_of_three_competencies_and_a_second_load_adds_nothing(capsys):
    call_command("load_framework")
    assert "ajoutés : 24" in capsys.readouterr().out
    domains = SkillDomain.objects.prefetch_related("skills")
    assert [(each.letter, each.skills.count()) for each in domains] == [
        (letter, 3) for letter in "ABCDEF"
    ]
    change = SkillDomain.objects.get(letter="F")
    assert [change.expected_of(public) for public in Public] == [3, 4, 1]
    assert all(each.crcn and each.digcomp for each in domains)
    Skill.objects.filter(code="A1").update(title="changée à l’écran")
    Skill.objects.filter(code="B2").delete()
    call_command("load_framework")
    assert "ajoutés : 1." in capsys.readouterr().out
    assert Skill.objects.get(code="A1").title == "changée à l’écran"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("elected: 2", "elected: 7", "un niveau de 1 à 4"),
        ("elected: 2, ", "", "un niveau de 1 à 4"),
        ("    A1:", "    Z1:", "Z1"),
        ("- letter: A", "- letre: A", "letre"),
        ("- letter: A", "- A\n- letter: A", "une liste de domaines"),
    ],
)
def test_a_wrong_file_says_where_and_changes_nothing(tmp_path, old, new, said):
    file = tmp_path / "cnm.yaml"
    file.write_text(FRAMEWORK.read_text().replace(old, new, 1))
    with pytest.raises(FolderRefused, match=said):
        actions.load_framework(path=file)
    assert not SkillDomain.objects.exists()


def test_atn_edits_words_and_levels_and_never_a_code(client):
    actions.load_framework()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    skill = Skill.objects.get(code="A1")
    address = reverse("admin:courses_skill_change", args=[skill.pk])
    client.post(address, {"code": "Z9", "title": "flairer la fraude"})
    skill.refresh_from_db()
    assert (skill.code, skill.title) == ("A1", "flairer la fraude")
    domain = SkillDomain.objects.get(letter="A")
    typed = {"title": "Se protéger", "expected_elected": 4, "expected_manager": 3,
             "expected_staff": 9}  # fmt: skip
    address = reverse("admin:courses_skilldomain_change", args=[domain.pk])
    assertContains(client.post(address, typed), "9")
    client.post(address, typed | {"expected_staff": 1})
    domain.refresh_from_db()
    assert (domain.letter, domain.expected_elected, domain.expected_staff) == ("A", 4, 1)


def test_a_course_and_its_questions_keep_their_competencies_byte_for_byte(tmp_path):
    course = actions.import_folder(path=CYB)
    actions.export_folder(course=course, path=tmp_path)
    name = "questions/questionnaire-final.final.yaml"
    assert (tmp_path / name).read_bytes() == (CYB / name).read_bytes()
    assert (tmp_path / "course.yaml").read_bytes() == (CYB / "course.yaml").read_bytes()
    version = actions.publish(course_id=course.pk, by=None, at=course.created_at)
    asked = [
        question
        for module in version.document["modules"]
        for lesson in module["lessons"]
        for block in lesson["blocks"]
        for question in block.get("questions", [])
        if block["key"] == "final"
    ]
    assert {goal for each in asked for goal in each["competencies"]} == {"A1-2", "A2-2", "A3-1"}


def test_a_word_that_is_no_competency_is_named_with_its_line(tmp_path):
    course = actions.import_folder(path=CYB)
    actions.export_folder(course=course, path=tmp_path)
    for name in ("course.yaml", "questions/questionnaire-final.final.yaml"):
        file = tmp_path / name
        file.write_text(file.read_text().replace("- A1-2", "- A1-9", 1))
    with pytest.raises(FolderRefused) as refused:
        read(tmp_path)
    assert [each.file for each in refused.value.problems] == [
        "course.yaml", "questions/questionnaire-final.final.yaml",
    ]  # fmt: skip
    assert "A1-9" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "said"), [("a1-2\nA1-2", ""), ("A1", "écrivez"), ("Z9-1", "référentiel")]
)
def test_an_author_names_competencies_of_the_framework(typed, said):
    actions.load_framework()
    actions.import_folder(path=CYB)
    question = Question.objects.filter(kind="true-false").first()
    form = question_form(
        question,
        {"seen": "x", "prompt": "Vrai?", "answer": "True", "competencies": typed},
    )
    assert form.is_valid() is not bool(said)
    if said:
        assert said in form.errors["competencies"][0]
    else:
        assert form.cleaned_data["competencies"] == ["A1-2"]


def test_an_attestation_keeps_the_names_of_its_day():
    actions.load_framework()
    course = CourseFactory(competencies=["A1-2", "A3-1"])
    enrollment = EnrollmentFactory(version=VersionFactory(course=course), completed=True)
    facts = facts_of(enrollment)
    assert facts["skills"] == [
        {"code": "A1", "title": "reconnaître l’hameçonnage et la fraude", "level": 2},
        {"code": "A3", "title": "réagir à un incident et le signaler", "level": 1},
    ]
    Skill.objects.filter(code="A1").update(title="autre chose")
    assert facts["skills"][0]["title"] == "reconnaître l’hameçonnage et la fraude"
    assert facts_of(enrollment)["skills"][0]["title"] == "autre chose"
