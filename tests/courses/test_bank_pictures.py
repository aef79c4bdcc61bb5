"""Zones of a picture in the bank: the picture goes along, is kept once, and each version has its own."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.models import BankPicture, BankQuestion, Block, Question
from courses.queries import draft_document
from tests.courses.test_bank_pages import page_of
from tests.exercise_files import add_exercise
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder):
    add_exercise(course_folder)
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))


@pytest.fixture
def kept(client, author, course):
    """The question of the course, put in the bank."""
    question = Question.objects.get(key="ou-regarder")
    client.post(reverse("atelier:bank-deposit", args=["ess-101", question.uuid]))
    return BankQuestion.objects.get()


@pytest.fixture
def other(author):
    """An exercise of another course."""
    made = actions.create_course(code="AUT-101", title="Autre", topic="digital", mode="self-paced")
    module = actions.add_module(course=made, title="Un", by=UserFactory(), at=NOON)
    lesson = actions.add_lesson(
        module=module, title="Une", kind="lesson", by=UserFactory(), at=NOON
    )
    return actions.add_block(lesson=lesson, kind="quiz", by=UserFactory(), at=NOON)


def take(client, block, question):
    url = reverse("atelier:bank-take", args=["aut-101", block.uuid])
    client.post(url, {"question": [question.pk]})
    return Question.objects.get(block=block)


def png(colour):
    held = io.BytesIO()
    Image.new("RGB", (64, 40), colour).save(held, "PNG")
    return held.getvalue()


def sent(client, question, **fields):
    form = client.get(page_of(question)).context["form"]
    typed = {each.html_name: each.value() or "" for each in form if each.name != "new_image"}
    return client.post(page_of(question), typed | fields)


def test_a_question_goes_to_the_bank_with_its_picture_and_stays_as_it_is(client, kept, course):
    picture = BankPicture.objects.get()
    asset = course.assets.get(name="message.png")
    assert (kept.data["image"], picture.sha256) == (picture.name, asset.sha256)
    copy = Question.objects.get(key="ou-regarder")
    assert (copy.data["image"], copy.bank_uuid) == ("message.png", str(kept.uuid))
    page = client.get(page_of(kept))
    address = reverse("courses:asset", args=[picture.sha256, picture.name])
    assertContains(page, f'src="{address}"')
    assertContains(page, '<foreignObject x="5%" y="5%"')
    assert client.get(address)["Content-Type"] == "image/png"


def test_whoever_takes_it_has_its_picture_among_the_media_of_the_course(client, kept, other):
    copy = take(client, other, kept)
    made = other.lesson.module.course
    assert [each.name for each in made.assets.all()] == [kept.data["image"]]
    lesson = draft_document(made)["modules"][0]["lessons"][0]
    shown = lesson["blocks"][0]["questions"][0]
    assert shown["asset"]["sha256"] == BankPicture.objects.get().sha256
    with pytest.raises(actions.MediaRefused):
        actions.remove_asset(asset=made.assets.get())
    assert copy.bank_number == "1"


def test_another_picture_is_another_version_and_copies_follow_when_asked(client, kept, other):
    copy, before = take(client, other, kept), kept.data["image"]
    file = SimpleUploadedFile("Nouvelle image.JPEG.png", png("navy"))
    assert sent(client, kept, new_image=file).status_code == 302
    kept.refresh_from_db()
    assert (kept.number, kept.versions.get().data["image"]) == (2, before)
    assert kept.data["image"] != before
    page = client.get(page_of(kept))
    for each in BankPicture.objects.all():
        assertContains(page, each.sha256)
    copy.refresh_from_db()
    assert copy.data["image"] == before
    url = reverse("atelier:bank-renew", args=["aut-101", copy.uuid])
    client.post(url, {"seen": actions.revision(copy)})
    copy.refresh_from_db()
    assert copy.data["image"] == kept.data["image"]
    assert other.lesson.module.course.assets.filter(name=kept.data["image"]).exists()


def test_words_and_zones_change_without_a_new_picture(client, kept):
    page = sent(client, kept, prompt="Où est le piège?", zones="* 5 10 60 15 : L’adresse\n> Oui.")
    assert page.status_code == 302
    before = kept.data["image"]
    kept.refresh_from_db()
    assert (kept.prompt, kept.number, kept.data["image"]) == ("Où est le piège?", 2, before)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("image.png", b"rien", "n’est pas un fichier du type"),
        ("image.png", png("red")[:20], "cette image est coupée"),
        ("image.gif", b"GIF89a", "les types acceptés"),
        ("notes.pdf", b"%PDF-1.7", "n’est pas une image"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_changes(client, kept, name, content, words):
    before = kept.content_hash
    page = sent(client, kept, prompt="Autre.", new_image=SimpleUploadedFile(name, content))
    assertContains(page, words, status_code=422)
    assertContains(page, "Autre.", status_code=422)
    kept.refresh_from_db()
    assert (kept.content_hash, BankPicture.objects.count()) == (before, 1)


def test_the_page_takes_the_same_queries_whatever_its_versions(
    client, kept, django_assert_num_queries
):
    with django_assert_num_queries(6):  # session, person, question, copies, versions, pictures
        client.get(page_of(kept))
    for colour in ("navy", "teal"):
        sent(client, kept, new_image=SimpleUploadedFile("a.png", png(colour)))
    with django_assert_num_queries(6):
        client.get(page_of(kept))
    assert Block.objects.filter(kind="quiz").count() == 2
