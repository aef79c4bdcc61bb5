"""Blocks that are more than words: their files, their forms, the checklist and the booklets."""

import io
import zipfile
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from courses import actions
from courses.checklist import blocking, issues
from courses.epub import epub
from courses.folder import FolderRefused, read
from courses.models import Block, Course
from courses.queries import draft_document
from courses.search import words
from tests.block_files import CAPTIONS, SOUND, TEXTS, add_blocks
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder) -> Course:
    add_blocks(course_folder)
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def of(kind: str) -> Block:
    return Block.objects.get(kind=kind)


def page_of(block):
    return reverse("atelier:edit", args=["ess-101", "bloc", block.uuid])


def saved(client, block, **changes):
    """What the form answers when only these fields were changed in it."""
    form = client.get(page_of(block)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in shown.items() if value not in (None, False)}
    return client.post(page_of(block), {**typed, **changes})


def changed(block, **data):
    block.data = {**block.data, **data}
    block.save()
    return draft_document(block.lesson.module.course)


def lacking(document) -> list[str]:
    return [issue.message for issue in blocking(document)]


def in_the_book(course) -> str:
    version = actions.publish(course_id=course.pk, by=None, at=NOON)
    with zipfile.ZipFile(io.BytesIO(epub(version, lambda _: b""))) as book:
        return book.read("OEBPS/lecon-1.xhtml").decode()


def test_a_folder_with_these_blocks_comes_back_byte_for_byte(course_folder, tmp_path):
    add_blocks(course_folder)
    actions.import_folder(path=course_folder)

    call_command("export_course", "ESS-101", str(tmp_path / "out"), stdout=StringIO())

    for path in (each for each in course_folder.rglob("*") if each.is_file()):
        written = tmp_path / "out" / path.relative_to(course_folder)
        assert written.read_bytes() == path.read_bytes(), path.name


def test_these_blocks_are_ready_to_publish(course):
    assert lacking(draft_document(course)) == []


@pytest.mark.parametrize("kind", TEXTS)
def test_a_form_saved_as_it_was_shown_changes_nothing(client, author, course, kind):
    block = of(kind)

    assertRedirects(saved(client, block), page_of(block))

    before = block.data
    block.refresh_from_db()
    assert block.data == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seconds: 23", "seconds: longtemps", "doit être un nombre"),
        ("captions: message.vtt", "soustitres: message.vtt", "champ inconnu"),
    ],
)
def test_a_mistake_in_the_files_is_named_by_its_line(course_folder, old, new, words):
    add_blocks(course_folder)
    lesson = course_folder / "lessons" / "signes.md"
    text = lesson.read_text()
    lesson.write_text(text.replace(old, new, 1))

    with pytest.raises(FolderRefused) as refused:
        read(course_folder)

    (problem,) = refused.value.problems
    assert problem.line == text[: text.index(old)].count("\n") + 1
    assert words in problem.message


class TestAudio:
    def test_it_never_starts_alone_and_says_its_weight(self, client, author, course):
        page = client.get(page_of(of("audio")))

        assertContains(page, 'controls preload="none"')
        assertNotContains(page, "autoplay")
        assertContains(page, 'kind="captions"')
        assertContains(page, "23\xa0s, 1\xa0ko")

    def test_the_book_gives_its_words(self, course):
        page = in_the_book(course)

        assert "Texte de l’enregistrement" in page
        assert "<strong>coupé</strong>" in page

    def test_its_words_are_found(self, course):
        (lesson, *_) = draft_document(course)["modules"][0]["lessons"]
        (block,) = [each for each in lesson["blocks"] if each["kind"] == "audio"]
        assert "coupé à midi" in words(block)
        assert "Le message du lundi" in words(block)

    def test_publishing_waits_for_all_that_stands_for_the_sound(self, course):
        block = of("audio")
        block.data = {}

        assert lacking(changed(block)) == [
            "Le fichier de l’enregistrement manque.",
            "L’enregistrement n’a pas de titre.",
            "L’enregistrement n’a pas de sous-titres (.vtt).",
            "L’enregistrement n’a pas de transcription.",
            "La durée de l’enregistrement manque.",
        ]

    def test_a_file_of_another_kind_is_refused(self, course):
        document = changed(of("audio"), file="message.vtt")
        assert lacking(document) == ["Le fichier de l’enregistrement n’est pas un son."]

    def test_a_heavy_voice_is_told(self, course):
        actions.store_asset(course=course, name="message.mp3", content=SOUND + b"\0" * 300_000)
        said = [each.message for each in issues(draft_document(course)) if not each.blocks]
        assert any("plus de 500 ko par minute" in message for message in said)

    def test_captions_that_do_not_read_are_refused_by_their_line(self, client, author, course):
        block = of("audio")
        wrong = CAPTIONS.replace("00:04.000", "quatre")
        answer = saved(client, block, new_captions=SimpleUploadedFile("x.vtt", wrong.encode()))
        assertContains(answer, "ligne 3", status_code=422)
        assertContains(answer, "Le message du lundi", status_code=422)
