from hashlib import sha256

import pytest

from courses import actions
from courses.checklist import blocking, issues
from courses.models import Block, Course, CourseVersion, Lesson, Module, Question
from courses.queries import document, draft_document, uec
from tests.exercise_files import painted
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


def publish(course):
    return actions.publish(course_id=course.pk, by=None, at=NOON)


def test_a_sound_draft_becomes_the_version_in_force(course):
    author = UserFactory()
    version = actions.publish(course_id=course.pk, by=author, at=NOON)
    course.refresh_from_db()
    assert course.current_version == version
    assert (version.number, version.published_by, version.published_at) == (1, author, NOON)
    lesson = version.document["modules"][0]["lessons"][0]
    assert "8\u00a0h\u00a012" in lesson["blocks"][0]["html"]
    assert version.document["minutes"] == 18
    assert document(version.pk) == version.document


def test_the_same_draft_makes_no_second_version(course):
    assert publish(course) == publish(course)
    Lesson.objects.filter(key="signes").update(title="Les six signes")
    assert publish(course).number == 2
    assert CourseVersion.objects.count() == 2


def test_identities_survive_from_one_version_to_the_next(course):
    first = publish(course)
    Block.objects.filter(key="texte-1").update(data={"markdown": "Autre texte."})
    second = publish(course)
    uuids = [
        [
            block["uuid"]
            for lesson in v.document["modules"][0]["lessons"]
            for block in lesson["blocks"]
        ]
        for v in (first, second)
    ]
    assert uuids[0] == uuids[1]


def test_uec_are_rounded_down_to_the_twentieth():
    assert [uec(90), uec(18), uec(600), uec(59)] == [0.15, 0.0, 1.0, 0.05]


def change(model, key, **data):
    row = model.objects.get(key=key)
    row.data = {**row.data, **data}
    row.save()


BREAKS = {
    "n’a pas d’objectif": lambda: Course.objects.update(objectives=""),
    "n’a pas de résumé": lambda: Course.objects.update(summary=""),
    "à quels publics": lambda: Course.objects.update(publics=[]),
    "n’a pas de leçon": lambda: Module.objects.create(
        course=Course.objects.get(), uuid=Course.objects.get().stable_uuid("m"), key="m",
        position=9, title="Vide",
    ),
    "La durée manque": lambda: Lesson.objects.update(minutes=0),
    "La leçon est vide": lambda: Block.objects.all().delete(),
    "exactement un questionnaire": lambda: Block.objects.filter(kind="quiz").delete(),
    "saute un niveau": lambda: change(Block, "texte-1", markdown="#### Trop bas"),
    "plus de 100\u00a0ko": lambda: change(Block, "texte-1", markdown="mot " * 30_000),
    "ne mène nulle part": lambda: change(
        Block, "texte-1", markdown="Voir [le site](www.ville.example)."
    ),
    "Le lien «\u00a0l’avis\u00a0»": lambda: Question.objects.filter(key="cartes").update(
        prompt="Lisez [l’avis](avis.html)."
    ),
    "Le texte est vide": lambda: change(Block, "texte-1", markdown=""),
    "L’encadré n’a pas de titre": lambda: change(Block, "demain-matin", title=""),
    "ne se répondent pas": lambda: change(Block, "courriel", clues=[]),
    "La première scène": lambda: change(Block, "appel", start="ailleurs"),
    "Aucun choix ne mène": lambda: change(
        Block, "appel", scenes=[{"key": "debut", "text": "x", "ending": "good"},
                                {"key": "perdue", "text": "y", "ending": "bad"}]
    ),
    "n’a ni choix ni fin": lambda: change(
        Block, "appel", scenes=[{"key": "debut", "text": "x"}]
    ),
    "qui n’existe pas": lambda: change(
        Block, "appel", scenes=[{"key": "debut", "text": "x", "choices": [
            {"text": "a", "feedback": "b", "to": "nulle-part"}]}]
    ),
    "un choix sans rétroaction": lambda: change(
        Block, "appel", scenes=[{"key": "debut", "text": "x", "choices": [
            {"text": "a", "to": "debut"}]}]
    ),
    "n’a pas de question": lambda: Question.objects.all().delete(),
    "plus de questions que la banque": lambda: change(Block, "bilan", draw=50),
    "pas de bonne réponse": lambda: change(
        Question, "cartes", choices=[{"text": "a", "feedback": "b"}, {"text": "c", "feedback": "d"}]
    ),
    "moins de deux choix": lambda: change(
        Question, "cartes", choices=[{"text": "a", "feedback": "b", "correct": True}]
    ),
    "plusieurs bonnes réponses": lambda: change(
        Question, "cartes", choices=[{"text": t, "feedback": "b", "correct": True} for t in "ab"]
    ),
    "Le choix 2 n’a pas de rétroaction": lambda: change(
        Question, "cartes", choices=[{"text": "a", "feedback": "b", "correct": True}, {"text": "c"}]
    ),
    "pas ses deux rétroactions": lambda: change(Question, "ordre", feedback={"right": "oui"}),
    "pas assez de réponses": lambda: change(Question, "canal", answers=[]),
    "sont identiques": lambda: change(Question, "ordre", items=["a", "a"]),
}  # fmt: skip


@pytest.mark.parametrize("words", BREAKS)
def test_what_is_missing_is_refused_with_its_place(course, words):
    BREAKS[words]()
    with pytest.raises(actions.PublicationRefused) as refused:
        publish(course)
    assert any(words in issue.message for issue in refused.value.issues), str(refused.value)
    assert CourseVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("image", {"file": "a.png"}, ["Le fichier de l’image", "texte de remplacement"]),
        ("video", {}, ["vidéo manque", "sous-titres", "transcription", "durée de la vidéo"]),
        ("file", {}, ["à télécharger manque", "n’a pas de titre"]),
    ],
)
def test_media_without_their_twins_are_refused(course, kind, data, words):
    Block.objects.filter(key="courriel").update(kind=kind, data=data)
    messages = [issue.message for issue in blocking(draft_document(course))]
    for each in words:
        assert any(each in message for message in messages)


def test_a_picture_in_the_place_of_a_video_is_refused(course):
    actions.store_asset(course=course, name="a.png", content=PNG)
    Block.objects.filter(key="courriel").update(kind="video", data={"file": "a.png"})
    messages = [issue.message for issue in blocking(draft_document(course))]
    assert "Le fichier de la vidéo n’est pas une vidéo." in messages


def test_a_decorative_image_needs_no_alternative(course):
    actions.store_asset(course=course, name="a.png", content=PNG)
    Block.objects.filter(key="courriel").update(
        kind="image", data={"file": "a.png", "decorative": True}
    )
    assert blocking(draft_document(course)) == []


def test_long_sentences_are_advice_only(course):
    change(Block, "texte-1", markdown="mot " * 40)
    found = [each for each in issues(draft_document(course)) if "30 mots" in each.message]
    assert [(issue.blocks, issue.block) for issue in found] == [(False, "texte-1")]
    assert publish(course).number == 1


PNG = painted(800, 600)


def test_media_are_stored_once_and_measured(course):
    first = actions.store_asset(course=course, name="a.png", content=PNG)
    second = actions.store_asset(course=course, name="b.png", content=PNG)
    assert first.file.name == second.file.name
    assert (first.width, first.height, first.size) == (800, 600, len(PNG))


@pytest.mark.parametrize("name", ["a.svg", "a.SVG", "a.exe", "a.PNG.php", "sans-suffixe"])
def test_s55_other_types_are_refused(course, name):
    with pytest.raises(actions.MediaRefused, match="types acceptés"):
        actions.store_asset(course=course, name=name, content=b"x")


@pytest.mark.parametrize("content", [b"<script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_s55_a_file_that_lies_about_its_type_is_refused(course, content):
    with pytest.raises(actions.MediaRefused, match="que son nom annonce"):
        actions.store_asset(course=course, name="a.png", content=content)


def test_a_lesson_too_heavy_for_the_light_mode_is_refused(course):
    """By the measure of the page that it will be: tests/demo/test_weights.py."""
    words = " ".join(f"Phrase {sha256(bytes([n])).hexdigest()}." for n in range(250))
    Block.objects.filter(key="texte-1").update(data={"markdown": words})
    (refused,) = (
        each for each in blocking(draft_document(course)) if "mode léger" in each.message
    )
    assert refused.lesson == "signes"
    assert "ko, pour 15" in refused.message
    with pytest.raises(actions.PublicationRefused, match="mode léger"):
        publish(course)


def test_a_link_that_leads_somewhere_is_left_alone(course):
    change(
        Block, "texte-1",
        markdown="[a](https://ville.example/x) [b](mailto:a@ville.example) [c](tel:18005551234) "
        "[d](/aide/) [e](#bas)",
    )  # fmt: skip
    assert blocking(draft_document(course)) == []
