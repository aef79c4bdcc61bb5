"""What authors do to the outline of a draft: numbered among its revisions, and taken back."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.actions.changes import holder_of
from courses.actions.revisions import MOST
from courses.models import OUTLINE, Block, DraftRevision, Lesson, Module, Question
from courses.queries import draft_document
from tests.courses.test_revisions import titled
from tests.factories import NOON, UserFactory, VersionFactory, lesson_document


@pytest.fixture
def course(db, course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def lesson(course):
    return Lesson.objects.get(key="signes")


@pytest.fixture
def author(client, db):
    someone = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(someone)
    return someone


def changes(node):
    rows = DraftRevision.objects.filter(node=node.uuid, kind=OUTLINE).order_by("number")
    return [(each.said["gesture"], each.said["label"], each.said["rank"]) for each in rows]


def at(name, *arguments):
    return reverse(f"atelier:{name}", args=["ess-101", *arguments])


def test_what_an_author_does_to_the_outline_is_numbered_with_the_words(
    client, course, lesson, author
):
    titled(lesson, "Six", author)
    client.post(at("new-block", lesson.uuid), {"kind": "image"})
    block = lesson.blocks.get(kind="image")
    rank = block.position
    for step in ("monter", "monter", "descendre"):  # in one sitting: one change
        client.post(at("move", "bloc", block.uuid, step))
    client.post(at("duplicate", "bloc", block.uuid))
    client.post(at("remove", "bloc", block.uuid))
    assert changes(lesson) == [
        ("added", "Image", rank), ("moved", "Image", rank - 1), ("copied", "Image", rank),
        ("removed", "Image", rank - 1),
    ]  # fmt: skip
    assert titled(lesson, "Sept", author).number == 7
    page = client.get(at("node-revisions", lesson.uuid))
    for words in ("Ajout", "Déplacement", "Copie", "Suppression"):
        assertContains(page, f"<strong>{words}</strong>")
    for number in range(1, 8):
        assert client.get(at("revision", lesson.uuid, number)).status_code == 200


@pytest.mark.parametrize(
    ("noun", "model", "key"),
    [
        ("module", Module, "reconnaitre"),
        ("lecon", Lesson, "signes"),
        ("bloc", Block, "questionnaire"),
        ("question", Question, "paires"),
    ],
)
def test_what_was_removed_comes_back_whole_where_it_was(client, course, author, noun, model, key):
    before = draft_document(course)
    part = model.objects.filter(key=key).first() or model.objects.first()
    holder = holder_of(part)
    done = client.post(at("remove", noun, part.uuid), follow=True)
    assertContains(done, "peut le rétablir")
    assert draft_document(course) != before
    (row,) = DraftRevision.objects.filter(kind=OUTLINE)
    assert (row.node, row.said["node"]) == (holder.uuid, str(part.uuid))
    url = at("revision", holder.uuid, row.number)
    assertContains(client.get(url), "Rétablir")
    assertContains(client.post(url, follow=True), "De retour dans le brouillon")
    course.refresh_from_db()
    assert draft_document(course) == before
    # A second press finds it there, and adds nothing.
    assertContains(client.post(url, follow=True), "est déjà revenu")
    assert draft_document(course) == before
    assertContains(client.get(url), "est revenu dans le brouillon")


def test_a_key_taken_meanwhile_is_left_to_whoever_has_it(client, course, lesson, author):
    block = lesson.blocks.get(key="texte-2")
    client.post(at("remove", "bloc", block.uuid))
    Block.objects.create(lesson=lesson, uuid=block.uuid, key="texte-2", kind="text", position=99)
    row = DraftRevision.objects.get(kind=OUTLINE)
    client.post(at("revision", lesson.uuid, row.number))
    assert lesson.blocks.get(key="texte-2-2").data == block.data


def test_a_lesson_put_back_takes_no_key_that_a_version_knows(client, course, lesson, author):
    """The key of a station is whose progress it is, for good."""
    module = lesson.module
    VersionFactory(course=course, stations=[lesson_document("signes-2")])
    client.post(at("remove", "lecon", lesson.uuid))
    row = DraftRevision.objects.get(kind=OUTLINE)
    Lesson.objects.create(module=module, uuid=lesson.uuid, key="signes", position=99, minutes=5)
    client.post(at("revision", row.node, row.number))
    keys = set(Lesson.objects.filter(module__course=course).values_list("key", flat=True))
    assert "signes-3" in keys
    assert "signes-2" not in keys


def test_what_held_it_comes_back_first(client, course, lesson, author):
    block = lesson.blocks.first()
    client.post(at("remove", "bloc", block.uuid))
    client.post(at("remove", "lecon", lesson.uuid))
    inner, outer = DraftRevision.objects.filter(kind=OUTLINE).order_by("pk")
    inner_url, outer_url = (at("revision", each.node, each.number) for each in (inner, outer))
    assertContains(client.post(inner_url, follow=True), "rétablissez-le d’abord")
    client.post(outer_url)
    client.post(inner_url)
    assert Block.objects.get(uuid=block.uuid).data == block.data


def test_the_revision_of_a_removed_object_says_its_name_and_leads_to_its_return(
    client, course, lesson, author
):
    titled(lesson, "Six signes", author)
    client.post(at("remove", "lecon", lesson.uuid))
    page = client.get(at("revision", lesson.uuid, 2))
    assertContains(page, "Six signes")
    assertContains(page, '<p class="prewrap">leçon</p>')
    row = DraftRevision.objects.get(kind=OUTLINE)
    assertContains(page, f'href="{at("revision", row.node, row.number)}"')


def test_changes_of_the_outline_push_no_words_out(client, course, lesson, author):
    titled(lesson, "Six", author)
    for __ in range(MOST + 3):
        block = actions.add_block(lesson=lesson, kind="text", by=author, at=NOON)
        actions.remove(part=block, by=author, at=NOON)
    assert told_titles(lesson) == ["Les cinq signes", "Six"]
    assert len(changes(lesson)) == MOST


def told_titles(lesson):
    rows = DraftRevision.objects.filter(node=lesson.uuid).exclude(kind=OUTLINE)
    return [each.said["title"] for each in rows.order_by("number")]
