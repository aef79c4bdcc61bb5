"""Lessons and blocks that go from a course to another."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.models import Asset, Block, Lesson, Module, Question
from tests.exercise_files import painted
from tests.factories import NOON, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
PNG = painted(800, 600)


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def other():
    made = actions.create_course(code="AUT-1", title="Autre", topic="digital", mode="self-paced")
    module = actions.add_module(course=made, title="Là-bas", by=UserFactory(), at=NOON)
    return actions.add_lesson(
        module=module, title="Une leçon", kind="lesson", by=UserFactory(), at=NOON
    )


def send(part, to, by, *, keeps=True):
    return actions.send(part=part, to=to, keeps=keeps, by=by, at=NOON)


def test_a_lesson_is_copied_with_its_blocks_questions_and_media(course, other, author):
    actions.store_asset(course=course, name="a.png", content=PNG)
    exam = Lesson.objects.get(key="bilan")
    block = actions.add_block(lesson=exam, kind="image", by=UserFactory(), at=NOON)
    Block.objects.filter(pk=block.pk).update(data={"file": "a.png", "alt": "Un plan."})
    made = send(exam, other.module, author)
    assert made.module.course == other.module.course
    assert Question.objects.filter(block__lesson=made).count() == 5
    ours, theirs = Asset.objects.order_by("pk")
    assert (theirs.name, theirs.course, theirs.file.name) == (
        "a.png", other.module.course, ours.file.name,
    )  # fmt: skip
    assert Lesson.objects.filter(pk=exam.pk).exists()
    assert not set(exam.blocks.values_list("uuid")) & set(made.blocks.values_list("uuid"))


def test_a_file_whose_name_is_taken_there_takes_another(course, other, author):
    there = other.module.course
    actions.store_asset(course=there, name="a.png", content=PNG + b"x")
    actions.store_asset(course=course, name="a.png", content=PNG)
    Block.objects.filter(key="courriel").update(kind="image", data={"file": "a.png", "alt": "x"})
    made = send(Block.objects.get(key="courriel"), other, author)
    assert made.data["file"] == "a-2.png"
    again = send(Block.objects.get(lesson__key="signes", key="courriel"), other, author)
    assert again.data["file"] == "a-2.png"
    assert there.assets.count() == 2


def test_what_moves_leaves_its_place(course, other, author):
    block = Block.objects.get(key="demain-matin")
    made = send(block, other, author, keeps=False)
    assert made.lesson == other
    ranks = Block.objects.filter(lesson__key="signes").values_list("position", flat=True)
    assert list(ranks.order_by("position")) == list(range(1, len(ranks) + 1))
    assert not Block.objects.filter(pk=block.pk).exists()


def test_what_was_saved_since_the_page_was_read_arrives(course, other, author):
    """The lock of the course comes after the page read the object; autosave may come between."""
    block = Block.objects.get(key="demain-matin")
    Block.objects.filter(pk=block.pk).update(data={"prompt": "Le texte d’après."})
    assert send(block, other, author, keeps=False).data == {"prompt": "Le texte d’après."}
    lesson = Lesson.objects.get(key="signes")
    Lesson.objects.filter(pk=lesson.pk).update(title="Le titre d’après", minutes=42)
    made = send(lesson, other.module, author, keeps=False)
    assert (made.title, made.minutes) == ("Le titre d’après", 42)


def test_what_somebody_removed_meanwhile_goes_nowhere(course, other, author):
    block = Block.objects.get(key="demain-matin")
    Block.objects.filter(pk=block.pk).delete()
    with pytest.raises(actions.SendingRefused, match="supprimé par quelqu’un"):
        send(block, other, author, keeps=False)
    lesson = Lesson.objects.get(key="signes")
    there = Module.objects.get(pk=other.module_id)
    actions.remove(part=other.module, by=author, at=NOON)
    with pytest.raises(actions.SendingRefused, match="supprimé par quelqu’un"):
        send(lesson, there, author, keeps=False)


@pytest.mark.django_db(transaction=True)
def test_nobody_saves_in_what_is_leaving(course, other, author, monkeypatch):
    """Words saved between the copy and the removal would leave with the original."""
    exam = Lesson.objects.get(key="bilan")
    question = Question.objects.filter(block__lesson=exam).first()
    elsewhere = Block.objects.exclude(lesson=exam).first()  # the negative control
    found = []

    def can_be_saved(row):
        rows = type(row).objects.filter(pk=row.pk)
        try:
            with transaction.atomic():
                return bool(list(rows.select_for_update(no_key=True, nowait=True)))
        except OperationalError:
            return False
        finally:
            connection.close()

    def remove(**fields):
        with ThreadPoolExecutor(1) as pool:
            found.extend(pool.map(can_be_saved, [exam, question.block, question, elsewhere]))
        actions.remove(**fields)

    monkeypatch.setattr("courses.actions.sending.remove", remove)
    send(exam, other.module, author, keeps=False)
    assert found == [False, False, False, True]


def test_a_meeting_that_is_planned_does_not_leave_and_nothing_arrives(course, other, author):
    lesson = Lesson.objects.get(key="signes")
    SessionFactory(course=course, lesson=lesson)
    with pytest.raises(ActionError, match="Une rencontre est prévue"):
        send(lesson, other.module, author, keeps=False)
    assert other.module.lessons.count() == 1


def test_a_block_does_not_go_in_a_module(course, other, author):
    with pytest.raises(actions.SendingRefused, match="un bloc dans une leçon"):
        send(Block.objects.first(), other.module, author)


def test_an_author_chooses_the_place_on_a_page(client, course, other, author):
    block = Block.objects.get(key="demain-matin")
    url = reverse("atelier:send", args=["ess-101", "bloc", block.uuid])
    assertContains(client.get(url), "Une leçon")
    refused = client.post(url, {"keeps": "copie"})
    assert refused.status_code == 422
    sent = client.post(url, {"to": str(other.uuid), "keeps": "copie"})
    made = Block.objects.get(lesson=other)
    there = reverse("atelier:edit", args=["aut-1", "bloc", made.uuid])
    assertRedirects(sent, there)
    assert Block.objects.filter(pk=block.pk).exists()
    lesson = Lesson.objects.get(key="signes")
    url = reverse("atelier:send", args=["ess-101", "lecon", lesson.uuid])
    client.post(url, {"to": str(other.module.uuid), "keeps": "deplace"})
    assert not Lesson.objects.filter(pk=lesson.pk).exists()
    assert other.module.lessons.count() == 2


def test_a_lesson_is_seen_as_each_public_sees_it_and_as_wide_as_a_phone(client, course, author):
    lesson = Lesson.objects.get(key="signes")
    url = reverse("atelier:preview", args=["ess-101", lesson.uuid])
    assertContains(client.get(url, {"comme": "elected"}), "Ce cours s’adresse à ce public")
    assertContains(client.get(url, {"comme": "manager"}), "Ce cours ne s’adresse pas à ce public")
    paper = client.get(url, {"forme": "papier"})
    assertContains(paper, '<article class="prose lesson paper"')
    assertContains(paper, "Le courriel arrive")
    narrow = client.get(url, {"comme": "elected", "largeur": "telephone"})
    assertContains(narrow, 'class="stack lesson phone"')
    assert client.get(url, {"comme": "personne", "largeur": "x"}).status_code == 200
