"""The « module interactif » block: in the Atelier, the checklist, the folder and the booklet."""

import io
import zipfile
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.checklist import blocking
from courses.epub import epub
from courses.models import Block
from courses.queries import draft_document
from tests.course_files import with_package
from tests.factories import NOON, UserFactory
from tests.package_files import scorm, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def block(client, course_folder) -> Block:
    course = actions.import_folder(path=with_package(course_folder, scorm()))
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    return Block.objects.get(lesson__module__course=course, kind="package")


def page_of(block):
    return reverse("atelier:edit", args=["ess-101", "bloc", block.uuid])


def typed(client, block, content, name="nouveau.zip"):
    seen = client.get(page_of(block)).context["form"]["seen"].value()
    file = SimpleUploadedFile(name, content)
    return client.post(
        page_of(block),
        {"seen": seen, "title": "Le module", "equivalent": "En mots.", "new_file": file},
        follow=True,
    )


def test_the_author_sees_what_was_recognised_and_what_it_weighs(client, block):
    answer = typed(
        client,
        block,
        scorm("2004 4th Edition", parts=("a.html", "b.html"), files={"LICENSE": "x"}),
    )

    assertContains(answer, "SCORM 2004")
    assertContains(answer, "2 parties")
    assertContains(answer, "a.html")
    assertContains(answer, "LICENSE")
    block.refresh_from_db()
    assert block.data == {"title": "Le module", "file": "nouveau.zip", "equivalent": "En mots."}


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (zipped({"page.html": "x"}), "vide.zip", "Aucun manifeste"),
        (b"MZ" + b"0" * 40, "virus.zip", "pas un fichier du type"),
        (scorm(), "module.rar", "types acceptés"),
    ],
)
def test_a_refusal_is_said_in_french_and_what_was_typed_is_kept(client, block, content, name, why):
    answer = typed(client, block, content, name)

    assert answer.status_code == 422
    assertContains(answer, why, status_code=422)
    assertContains(answer, "En mots.", status_code=422)
    block.refresh_from_db()
    assert block.data["file"] == "module.zip"


def test_b35_a_file_too_large_is_refused_by_its_size_before_it_is_read(client, block, monkeypatch):
    monkeypatch.setattr("courses.actions.media.LARGEST", 100)

    assertContains(typed(client, block, scorm()), "dépasse 60\u00a0Mo", status_code=422)


def test_publishing_waits_for_the_file_the_title_and_the_words(block):
    course = block.lesson.module.course
    assert blocking(draft_document(course)) == []

    block.data = {}
    block.save()

    said = [issue.message for issue in blocking(draft_document(course))]
    assert [message.split(" interactif ")[1] for message in said] == [
        "manque.",
        "n’a pas de titre.",
        "n’a pas de forme équivalente, en mots.",
    ]


def test_a_folder_with_a_package_comes_back_byte_for_byte(course_folder, tmp_path):
    folder = with_package(course_folder, scorm(), more="finishes: true\n")
    actions.import_folder(path=folder)

    call_command("export_course", "ESS-101", str(tmp_path / "out"), stdout=StringIO())

    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert [path for path in files if path.suffix == ".zip"]
    for path in files:
        assert (tmp_path / "out" / path).read_bytes() == (folder / path).read_bytes()


def test_the_book_says_the_same_in_words(block):
    version = actions.publish(course_id=block.lesson.module.course_id, by=None, at=NOON)

    with zipfile.ZipFile(io.BytesIO(epub(version, lambda _: b""))) as book:
        page = book.read("OEBPS/lecon-1.xhtml").decode()

    assert "Module interactif en ligne" in page
    assert "<strong>deux mains</strong>" in page
    assert "module.zip" not in page
