"""Parcours: their steps in the administration, and their file."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.folder import FolderRefused
from courses.models import Module, Path, PathStep
from tests.factories import NOON, CourseFactory, LessonFactory, ModuleFactory, UserFactory

pytestmark = pytest.mark.django_db

FILE = """\
- code: essai
  title: Essai
  publics:
  - elected
  order: required
  weeks: 6
  steps:
  - course: CYB-901
    note: D’abord
  - course: CYB-902
    choice_group: au-choix
    equivalents:
    - CYB-903
    - CYB-903/m2
  - course: CYB-903
    modules:
    - m1
    lessons:
    - lecon-m2
"""


@pytest.fixture
def author(client):
    someone = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(someone)
    return someone


@pytest.fixture
def path():
    """A parcours of three courses, in order."""
    made = Path.objects.create(code="essai", title="Essai", position=1)
    for code in ("CYB-901", "CYB-902", "CYB-903"):
        course = CourseFactory(code=code)
        for key in ("m1", "m2"):
            module = ModuleFactory(course=course, key=key, title=f"Module {key}")
            LessonFactory(module=module, key=f"lecon-{key}", title=f"Leçon {key}")
        actions.add_step(path=made, course=course)
    return made


def codes(path) -> list[str]:
    return list(path.steps.order_by("position").values_list("course__code", flat=True))


def url(name: str, path, step=None) -> str:
    arguments = [path.pk] if step is None else [path.pk, step.pk]
    return reverse(f"admin:courses_path_{name}", args=arguments)


def test_buttons_order_the_steps_and_stop_at_the_ends(client, author, path):
    first = path.steps.order_by("position").first()
    client.post(url("step_up", path, first))
    assert codes(path) == ["CYB-901", "CYB-902", "CYB-903"]
    client.post(url("step_down", path, first))
    client.post(url("step_down", path, first))
    client.post(url("step_down", path, first))
    assert codes(path) == ["CYB-902", "CYB-903", "CYB-901"]
    assert list(path.steps.order_by("position").values_list("position", flat=True)) == [1, 2, 3]


def test_a_course_joins_a_parcours_once(client, author, path):
    course = CourseFactory(code="CYB-904")
    client.post(url("steps", path), {"course": course.pk})
    again = client.post(url("steps", path), {"course": course.pk})
    assert again.status_code == 422
    assertContains(again, "Ce cours est déjà dans le parcours, en entier", status_code=422)
    assert codes(path) == ["CYB-901", "CYB-902", "CYB-903", "CYB-904"]


def test_a_step_has_words_and_a_choice(client, author, path):
    step = path.steps.order_by("position").last()
    other = CourseFactory(code="CYB-950")
    typed = {"choice_group": "au-choix", "note": "Une journée", "equivalents": [other.code]}
    answer = client.post(url("step", path, step), typed, follow=True)
    assertContains(answer, "L’étape est enregistrée.")
    assertContains(answer, "Une journée")
    step.refresh_from_db()
    assert (step.choice_group, step.note) == ("au-choix", "Une journée")
    assert step.equivalents == ["CYB-950"]
    wrong = client.post(url("step", path, step), typed | {"equivalents": ["XYZ-000"]})
    assert wrong.status_code == 422


def test_boxes_are_folded_by_module_and_by_course_and_what_is_ticked_is_open(client, author, path):
    step = path.steps.order_by("position").last()
    PathStep.objects.filter(pk=step.pk).update(modules=["parti"], equivalents=["CYB-901"])
    form = client.get(url("step", path, step)).context["form"]
    open_parts = [(each.title, each.ticked) for each in form.parts() if each.ticked]
    assert open_parts == [("Parties retirées du cours", 1)]
    assert [each.ticked for each in form.courses() if each.title.startswith("CYB-901")] == [1]
    # Every box is in one group, and only there.
    boxes = [each.data["value"] for each in (*form["modules"], *form["lessons"])]
    folded = [box.data["value"] for group in form.parts() for box in group.boxes]
    assert sorted(folded) == sorted(boxes)
    page = client.get(url("step", path, step)).content.decode()
    assert page.count('<details class="card plain plan" open>') == 2


def test_parts_gone_from_the_draft_stay_in_their_step_until_they_are_unticked(
    client, author, path
):
    """Or a step saved for its note would become the whole course, without a word."""
    step = path.steps.order_by("position").last()
    PathStep.objects.filter(pk=step.pk).update(modules=["parti"], lessons=["partie", "lecon-m1"])
    page = client.get(url("step", path, step))
    assertContains(page, "qui n’est plus dans le cours", count=2)
    form = page.context["form"]
    typed = {each.html_name: each.value() for each in form} | {"note": "Autre"}
    client.post(url("step", path, step), typed)
    step.refresh_from_db()
    assert (step.note, step.modules) == ("Autre", ["parti"])
    assert sorted(step.lessons) == ["lecon-m1", "partie"]
    client.post(url("step", path, step), typed | {"modules": [], "lessons": ["lecon-m1"]})
    step.refresh_from_db()
    assert (step.modules, step.lessons) == ([], ["lecon-m1"])


def test_a_parcours_has_a_new_version_only_when_it_changed(path):
    first = actions.freeze_path(path=path, at=NOON)
    assert actions.freeze_path(path=path, at=NOON) == first
    Path.objects.filter(pk=path.pk).update(position=7)  # where it is listed is no part of it
    assert actions.freeze_path(path=path, at=NOON) == first
    actions.move_step(step=path.steps.get(position=1), by=1)
    second = actions.freeze_path(path=path, at=NOON)
    assert (first.number, second.number) == (1, 2)
    assert [step["course"] for step in second.document["steps"]][:2] == ["CYB-902", "CYB-901"]
    first.refresh_from_db()
    assert [step["course"] for step in first.document["steps"]][:2] == ["CYB-901", "CYB-902"]


def test_taking_a_step_out_asks_first(client, author, path):
    step = path.steps.order_by("position").first()
    assertContains(client.get(url("step_remove", path, step)), "Le cours reste au catalogue")
    assert len(codes(path)) == 3
    answer = client.post(url("step_remove", path, step), follow=True)
    assertContains(answer, "plus dans le parcours")
    assert codes(path) == ["CYB-902", "CYB-903"]


@pytest.mark.parametrize("name", ["steps", "step", "step_remove", "step_up"])
def test_steps_are_for_authors(client, path, name):
    client.force_login(UserFactory())
    step = None if name == "steps" else path.steps.first()
    assert client.post(url(name, path, step)).status_code == 403


def test_a_step_of_another_parcours_does_not_exist(client, author, path):
    other = Path.objects.create(code="autre", title="Autre", position=2)
    assert client.get(url("step", other, path.steps.first())).status_code == 404


def test_a_parcours_is_written_in_the_stock_form_and_leads_to_its_steps(client, author, path):
    page = client.get(reverse("admin:courses_path_changelist"))
    assertContains(page, url("steps", path))
    assertContains(client.get(reverse("admin:courses_path_change", args=[path.pk])), "Essai")


def test_a_file_of_parcours_makes_them_then_changes_them_and_leaves_the_others(tmp_path, path):
    Path.objects.create(code="autre", title="Autre", position=9)
    file = tmp_path / "paths.yaml"
    file.write_text(FILE)
    for _ in range(2):
        (made,) = actions.import_paths(path=file)
    assert made == path
    assert codes(path) == ["CYB-901", "CYB-902", "CYB-903"]
    path.refresh_from_db()
    assert (path.order, path.weeks) == ("required", 6)
    assert path.steps.get(position=2).equivalents == ["CYB-903", "CYB-903/m2"]
    last = path.steps.get(position=3)
    assert (last.modules, last.lessons) == (["m1"], ["lecon-m2"])
    assert [step.choice_group for step in path.steps.order_by("position")] == ["", "au-choix", ""]
    assert set(Path.objects.values_list("code", flat=True)) == {"essai", "autre"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "le fichier est une liste de parcours"),
        (FILE.replace("CYB-902", "XYZ-000"), "aucun cours n’a le code «\xa0XYZ-000\xa0»"),
        (FILE.replace("elected", "voisins"), "voisins"),
        (FILE.replace("required", "forcé"), "forcé"),
        (FILE.replace("weeks: 6", "weeks: six"), "weeks"),
        (FILE.replace("CYB-903", "XYZ-001"), "XYZ-001"),
        (FILE.replace("- m1", "- m9"), "ligne 17\xa0: «\xa0m9\xa0» n’est pas dans le cours CYB-903"),
        (FILE.replace("- lecon-m2", "- autre"), "autre"),
        (FILE.replace("CYB-903/m2", "CYB-903/m9"), "«\xa0m9\xa0» n’est pas dans le cours CYB-903"),
        (FILE.replace("- CYB-903/m2", "- 12"), "doit être un texte"),
        (FILE + "  - course: CYB-901\n", "cette étape est déjà dans le parcours"),
        (FILE.replace("- course: CYB-902", "- CYB-902").split("    choice_group")[0],
         "une étape a «\xa0course\xa0»"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_parcours_changes_nothing_and_says_where(tmp_path, path, text, said):
    file = tmp_path / "paths.yaml"
    file.write_text(text)
    with pytest.raises(FolderRefused, match=said):
        actions.import_paths(path=file)
    assert codes(path) == ["CYB-901", "CYB-902", "CYB-903"]


def test_a_file_of_parcours_is_written_as_it_was_read(tmp_path, path):
    file, again = tmp_path / "paths.yaml", tmp_path / "again.yaml"
    file.write_text(FILE)
    call_command("import_paths", str(file))
    call_command("export_paths", str(again))
    assert again.read_text() == FILE
    with pytest.raises(CommandError, match="Impossible d’écrire"):
        call_command("export_paths", str(tmp_path / "nulle-part" / "paths.yaml"))
    file.write_text("x")
    with pytest.raises(CommandError, match="liste de parcours"):
        call_command("import_paths", str(file))


def test_a_step_is_narrowed_to_parts_of_its_course(client, author, path):
    """The same course comes back by another part of it, and never twice by the same."""
    step = path.steps.order_by("position").last()
    page = client.get(url("step", path, step))
    assertContains(page, "Leçon m1")
    assertContains(page, 'value="CYB-901/m2"')
    typed = {"choice_group": "", "note": "", "modules": ["m1"], "lessons": ["lecon-m2"]}
    said = client.post(url("step", path, step), typed, follow=True)
    assertContains(said, "En partie\xa0: Module m1 · Leçon m2")
    client.post(url("steps", path), {"course": step.course_id})
    again = path.steps.order_by("position").last()
    twice = client.post(url("step", path, again), typed)
    assertContains(twice, "Cette partie du cours est déjà dans le parcours.", status_code=422)
    client.post(url("step", path, again), typed | {"modules": [], "equivalents": ["CYB-901/m2"]})
    assert [step.lessons for step in path.steps.filter(course=step.course)] == [["lecon-m2"]] * 2
    Module.objects.filter(course=step.course, key="m1").delete()
    assertContains(client.get(url("steps", path)), "m1\xa0» n’est plus dans le cours")


@pytest.mark.parametrize("count", [1, 3])
def test_the_steps_cost_the_same_for_one_and_three(
    client, author, path, django_assert_num_queries, count
):
    PathStep.objects.filter(position__gt=count).delete()
    # Session, person; the parcours, its steps, their modules and lessons; the courses to add.
    with django_assert_num_queries(7):
        client.get(url("steps", path))
