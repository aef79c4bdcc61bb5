from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses import actions
from courses.folder import FolderRefused, read
from courses.models import Block, Course, Lesson, Question

pytestmark = pytest.mark.django_db


def texts(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_exported_is_what_was_imported_byte_for_byte(course_folder, tmp_path):
    (course_folder / "media").mkdir()
    (course_folder / "media" / "sous-titres.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:04.000\nOui\n"
    )
    course = actions.import_folder(path=course_folder)
    call_command("export_course", "ESS-101", str(tmp_path / "out"), stdout=StringIO())
    assert texts(tmp_path / "out") == texts(course_folder)
    assert course.objectives == "reconnaître un message frauduleux"


def test_importing_again_keeps_the_same_rows(course_folder):
    actions.import_folder(path=course_folder)
    before = set(Lesson.objects.values_list("pk", "uuid"))
    questions = set(Question.objects.values_list("uuid", flat=True))
    actions.import_folder(path=course_folder)
    assert set(Lesson.objects.values_list("pk", "uuid")) == before
    assert set(Question.objects.values_list("uuid", flat=True)) == questions


def test_lessons_may_be_reordered_and_removed(course_folder):
    actions.import_folder(path=course_folder)
    front = course_folder / "course.yaml"
    front.write_text(front.read_text().replace("  - signes\n  - bilan", "  - bilan\n  - signes"))
    actions.import_folder(path=course_folder)
    assert [lesson.key for lesson in Lesson.objects.order_by("position")] == ["bilan", "signes"]
    front.write_text(front.read_text().replace("  - signes\n", ""))
    actions.import_folder(path=course_folder)
    assert [lesson.key for lesson in Lesson.objects.all()] == ["bilan"]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("course.yaml", "topic: cybersecurity", "topic: cyber", 6, "«\xa0cyber\xa0» est inconnu"),
        ("course.yaml", "pass_mark: 70", "pass_mark: beaucoup", 11, "doit être un nombre"),
        ("course.yaml", "  - bilan", "  - absente", 1, "le fichier est absent"),
        ("course.yaml", "title: 'Essai", "titre: 'Essai", 2, "champ inconnu «\xa0titre\xa0»"),
        ("course.yaml", "- elected", "- [elected", 11, "ne se lit pas"),
        ("lessons/signes.md", "minutes: 8", "minutes: 8\nminutes: 9", 5, "écrit deux fois"),
        ("lessons/signes.md", "kind: lesson", "kind: cours", 3, "«\xa0cours\xa0» est inconnu"),
        ("lessons/signes.md", "::: message courriel", "::: lettre courriel", 27, "genre de bloc"),
        ("lessons/signes.md", "tone: action", "ton: action", 18, "champ inconnu «\xa0ton\xa0»"),
        ("lessons/bilan.md", "draw: 2\n:::", "draw: 2", 8, "puis se ferme"),
        ("lessons/bilan.md", "---\ntitle", "title", 1, "l’en-tête"),
        (
            "questions/bilan.bilan.yaml",
            "kind: short",
            "kind: court",
            40,
            "«\xa0court\xa0» est inconnu",
        ),
        ("questions/bilan.bilan.yaml", "key: ordre", "key: cartes", 17, "sert déjà"),
        (
            "questions/bilan.bilan.yaml",
            "feedback: ",
            "fedback: ",
            6,
            "champ inconnu «\xa0fedback\xa0»",
        ),
        ("questions/bilan.bilan.yaml", "  - text: ", "  - text: 12\n  - text: ", 5, "un texte"),
        ("lessons/signes.md", "    feedback: Bonne", "    retour: Bonne", 44, "«\xa0retour\xa0»"),
        (
            "lessons/signes.md",
            "ending: good",
            "ending: heureuse",
            48,
            "«\xa0heureuse\xa0» est inconnu",
        ),
        ("lessons/signes.md", "tone: action", "tone: rouge", 18, "«\xa0rouge\xa0» est inconnu"),
        ("lessons/signes.md", "- L’urgence.", "- texte: L’urgence.", 32, "doit être un texte"),
        ("questions/bilan.bilan.yaml", "key: ordre", "key: ordré à", 17, "la clé"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(course_folder, file, old, new, line, words):
    path = course_folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FolderRefused) as refused:
        read(course_folder)
    found = [p for p in refused.value.problems if words in p.message]
    assert found, str(refused.value)
    if "absente" not in new:
        assert (found[0].file, found[0].line) == (file, line)


def test_a_bad_folder_changes_nothing_and_the_command_says_why(course_folder):
    actions.import_folder(path=course_folder)
    before = Block.objects.count()
    (course_folder / "lessons" / "signes.md").write_bytes(b"---\ntitle: \xe9\n")
    with pytest.raises(CommandError, match=r"lessons/signes.md, ligne 2\xa0: .*UTF-8"):
        call_command("import_course", str(course_folder))
    assert Block.objects.count() == before


def test_publishing_from_the_command_line(course_folder):
    out = StringIO()
    call_command("import_course", str(course_folder), publish=True, stdout=out)
    assert "ESS-101 v1 est en vigueur" in out.getvalue()
    call_command("import_course", str(course_folder), publish=True, stdout=out)
    assert Course.objects.get().versions.count() == 1


def test_export_of_an_unknown_course_is_refused(tmp_path):
    with pytest.raises(CommandError, match="Aucun cours"):
        call_command("export_course", "RIEN", str(tmp_path))


def test_export_over_a_file_says_so(course_folder, tmp_path):
    actions.import_folder(path=course_folder)
    (tmp_path / "occupé").write_text("")
    with pytest.raises(CommandError, match=r"Impossible d’écrire .* : ce n’est pas un dossier"):
        call_command("export_course", "ESS-101", str(tmp_path / "occupé"))


def test_a_folder_in_the_place_of_a_file_says_so(course_folder):
    (course_folder / "lessons" / "signes.md").unlink()
    (course_folder / "lessons" / "signes.md").mkdir()
    with pytest.raises(
        FolderRefused, match=r"signes.md, ligne 1\xa0: illisible\xa0: c’est un dossier"
    ):
        read(course_folder)
