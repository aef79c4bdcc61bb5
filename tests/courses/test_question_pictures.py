"""A picture under the prompt of any question: written, published, brought in and sent out."""

import base64
import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.template.loader import render_to_string
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from courses import actions, paper
from courses.actions.bank import import_questions, read_questions
from courses.checklist import blocking
from courses.exports import questions_file
from courses.models import BankPicture, BankQuestion, Question
from courses.queries import draft_document
from courses.queries.questions import question_document
from enrollments import grading
from enrollments.queries.questions import shown
from tests.courses.test_bank_pages import page_of
from tests.courses.test_qti import to_v3
from tests.exercise_files import add_exercise, painted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PNG = painted(80, 60)
MOODLE = """<quiz><question type="multichoice"><name><text>Le quai</text></name>
<questiontext format="html"><text><![CDATA[<p>Que voit-on?</p>
<p><img src="@@PLUGINFILE@@/le%20quai.png" alt="Un quai [désert]" width="80"/> {more}</p>]]></text>
<file name="le quai.png" path="/" encoding="base64">{content}</file>
<file name="notes.pdf" path="/" encoding="base64">JVBERi0=</file></questiontext>
<answer fraction="100"><text>La marée</text></answer><answer fraction="0"><text>Rien</text></answer>
</question></quiz>"""
QTI = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="q" title="Le quai">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier">
<correctResponse><value>A</value></correctResponse></responseDeclaration>
<itemBody><p>Regardez.</p><p><img src="../img/le quai.png" alt="Un quai."/></p>
<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Que voit-on?</prompt>
<simpleChoice identifier="A">La marée</simpleChoice><simpleChoice identifier="B">Rien</simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def course(course_folder):
    add_exercise(course_folder)
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))


def moodle(content=PNG, more=""):
    return MOODLE.format(content=base64.b64encode(content).decode(), more=more).encode()


def package(item=QTI, **files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("items/q.xml", item)
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def lost(reading):
    return [each.what.replace("\u00a0", " ") for each in reading.left]


def page_of_question(question):
    return reverse("atelier:edit", args=["ess-101", "question", question.uuid])


def sent(client, url, **fields):
    form = client.get(url).context["form"]
    typed = {each.html_name: each.value() or "" for each in form if each.name != "new_image"}
    return client.post(url, typed | fields)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("moodle-xml", moodle()),
        ("qti", package(**{"img/le quai.png": PNG})),
        ("qti", package(to_v3(QTI), **{"img/le quai.png": PNG})),
    ],
)
def test_the_picture_of_a_prompt_comes_with_its_words(kind, content):
    reading = import_questions(content=content, kind=kind, source="essai")
    question, picture = BankQuestion.objects.get(), BankPicture.objects.get()
    assert question.data["image"] == picture.name
    assert question.data["alt"].startswith("Un quai")
    assert "quai" not in question.prompt
    assert (picture.width, picture.height) == (80, 60)
    # What else came is still said, and the picture no more.
    assert lost(reading) == (["le fichier joint « notes.pdf »"] if kind == "moodle-xml" else [])
    document = question_document(
        Question(uuid=question.uuid, kind=question.kind, prompt="?", data=question.data),
        {picture.name: {"type": "image/png"}},
    )
    assert (document["alt"], document["asset"]) == (question.data["alt"], {"type": "image/png"})


@pytest.mark.parametrize("content", [PNG[:40], b"GIF89a", b""])
def test_a_picture_that_cannot_be_read_is_named_and_its_question_comes(content):
    reading = import_questions(content=moodle(content), kind="moodle-xml", source="essai")
    assert "image" not in BankQuestion.objects.get().data
    assert "l’image « @@PLUGINFILE@@/le quai.png »" in lost(reading)
    assert not BankPicture.objects.exists()


def test_a_second_picture_is_named_and_an_embedded_one_comes():
    data = base64.b64encode(PNG).decode()
    more = '<img src="@@PLUGINFILE@@/autre.png" alt="Autre"/>'
    reading = read_questions(content=moodle(more=more), kind="moodle-xml")
    assert "l’image « @@PLUGINFILE@@/autre.png »" in lost(reading)
    assert reading.questions[0].prompt.endswith("Autre")
    embedded = f"<img src='data:image/png;base64,{data}'>".replace("=", r"\=").replace(":", r"\:")
    content = f"::Le quai:: [html]{embedded} Quoi? {{=a ~b}}".encode()
    reading = read_questions(content=content, kind="gift")
    assert (reading.questions[0].data["image"], len(reading.pictures)) == (
        next(iter(reading.pictures)), 1,
    )  # fmt: skip
    assert lost(reading) == ["le texte de remplacement de l’image, qui reste à écrire"]


def test_a_picture_goes_out_to_moodle_and_comes_back_the_same(tmp_path, capsys):
    import_questions(content=moodle(), kind="moodle-xml", source="essai")
    before = BankQuestion.objects.get()
    made = questions_file(BankQuestion.objects.all(), kind="moodle-xml")
    assert made.left == []
    assert b"@@PLUGINFILE@@/" in made.content
    (tmp_path / "q.xml").write_bytes(made.content)
    options = {"format": "moodle-xml", "json": True}
    call_command("import_questions", str(tmp_path / "q.xml"), **options)
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "questions": [{"type": "single", "title": "Le quai"}], "not_represented": [],
    }  # fmt: skip
    assert BankQuestion.objects.get() == before
    assert "\nl’image" in "\n".join(
        ["", *(each.what for each in questions_file([before], kind="gift").left)]
    )


def test_an_author_gives_a_question_its_picture_and_publishing_asks_for_its_words(
    client, author, course
):
    url = page_of_question(Question.objects.get(key="heures"))
    assert sent(client, url, new_image=SimpleUploadedFile("Quai.png", PNG)).status_code == 302
    said = [each.message for each in blocking(draft_document(course))]
    assert said == ["L’image de la question n’a pas de texte de remplacement."]
    sent(client, url, alt="Un quai.")
    assert blocking(draft_document(course)) == []
    page = client.get(url)
    assertContains(page, 'alt="Un quai."')
    assertNotContains(page, "<foreignObject")
    version = actions.publish(course_id=course.pk, by=None, at=course.created_at)
    (asked,) = (
        question
        for lesson in version.document["modules"][0]["lessons"]
        for block in lesson["blocks"]
        for question in block.get("questions", ())
        if question["key"] == "heures"
    )
    assert (asked["alt"], asked["asset"]["name"]) == ("Un quai.", "quai.png")
    printed = [
        each.zones
        for stop in paper.stops(version.document)
        for quiz in stop.quizzes.values()
        for each in quiz.asked
        if each.doc["key"] == "heures"
    ]
    assert printed == [[]]
    view = shown(grading.mark([asked], {})[0], 1, uuid4(), is_open=True)
    for light, words in ((True, "Voir l’image"), (False, 'alt="Un quai." lang="fr-CA"')):
        page = render_to_string(
            "enrollments/blocks/questions.html", {"questions": [view], "light": light}
        )
        assert words in page
        assert "<svg>" not in page
    course.assets.filter(name="quai.png").delete()
    assert [each.message for each in blocking(draft_document(course))] == [
        "L’image de la question manque."
    ]


def test_a_picture_of_the_bank_is_taken_out_again(client, author):
    import_questions(content=moodle(), kind="moodle-xml", source="essai")
    question = BankQuestion.objects.get()
    assertContains(client.get(page_of(question)), "Retirer l’image")
    assert sent(client, page_of(question), without_image="on").status_code == 302
    question.refresh_from_db()
    assert "image" not in question.data
    assert question.versions.get().data["image"]
