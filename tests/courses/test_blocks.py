"""Blocks that are more than words: their files, their forms, the checklist and the booklets."""

import io
import zipfile
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from courses import actions
from courses.checklist import blocking, issues, plain
from courses.drawing import numbered
from courses.epub import epub
from courses.folder import FolderRefused, read
from courses.models import Block, Course
from courses.queries import draft_document
from courses.search import words
from tests.block_files import CAPTIONS, SOUND, TEXTS, add_blocks
from tests.exercise_files import picture
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
        ("- title: Isoler", "- titre: Isoler", "champ inconnu"),
        ("  area: 5 5 60 15", "  area: 50 5 60 15", "tient dans l’image"),
        ("header: both", "header: tout", "est inconnu"),
        ("  | Ensuite | a", "  | Ensuite | de plus | a", "cases\xa0: 4; la première ligne en a 3"),
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
        assertContains(page, "23\xa0s, 23\xa0ko")

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
        assert any("plus de 110\u00a0ko par minute" in message for message in said)

    def test_captions_that_do_not_read_are_refused_by_their_line(self, client, author, course):
        block = of("audio")
        wrong = CAPTIONS.replace("00:23.000", "quatre")
        answer = saved(client, block, new_captions=SimpleUploadedFile("x.vtt", wrong.encode()))
        assertContains(answer, "ligne 3", status_code=422)
        assertContains(answer, "Le message du lundi", status_code=422)


class TestSteps:
    def test_they_are_numbered_in_order_with_their_words(self, client, author, course):
        page = client.get(page_of(of("steps")))

        assertContains(page, '<ol class="steps"')
        assertContains(page, "<strong>Isoler</strong>")
        assertContains(page, "<li>Puis le Wi-Fi.</li>", html=True)
        # A title alone is a step; a text that looks like a title is not one.
        assertContains(page, "<p>[Au téléphone]</p>")
        assertContains(page, "<strong>Attendre</strong>")

    def test_what_precedes_the_first_title_is_named_by_its_line(self, client, author, course):
        answer = saved(client, of("steps"), steps="Isolez.\n\n[Signaler]\nAppelez.\n[ ]")

        assertContains(answer, "Ligne 1\xa0: une étape commence par son titre", status_code=422)
        assertContains(answer, "Ligne 5", status_code=422)
        assertContains(answer, "[Signaler]\nAppelez.", status_code=422)

    def test_publishing_waits_for_a_title_and_two_steps(self, course):
        document = changed(of("steps"), title="", steps=[{"text": "Seul."}])
        assert lacking(document) == [
            "La marche à suivre n’a pas de titre.",
            "La marche à suivre a moins de deux étapes.",
            "L’étape 1 n’a pas de titre.",
        ]

    def test_their_words_are_found_counted_and_printed(self, course):
        lesson = draft_document(course)["modules"][0]["lessons"][0]
        (block,) = [each for each in lesson["blocks"] if each["kind"] == "steps"]
        assert "Signaler" in words(block)
        assert "Puis le Wi-Fi." in words(block)
        before = plain.estimated(lesson)
        block["steps"] *= 30
        assert plain.estimated(lesson) > before + 1
        assert "<h3>1. Isoler</h3>" in in_the_book(course)


class TestTable:
    def test_each_header_says_what_it_is_the_header_of(self, client, author, course):
        page = client.get(page_of(of("table")))

        assertContains(page, '<th scope="col">Qui</th>')
        assertContains(page, '<th scope="row">Tout de suite</th>')
        assertContains(page, "<td>La <strong>direction</strong></td>")
        assertContains(page, "<td>a | b</td>")
        assertContains(page, 'role="region" tabindex="0"')

    @pytest.mark.parametrize(("header", "columns", "lines"), [("row", 3, 0), ("column", 0, 3)])
    def test_headers_stand_where_the_author_says(self, course, header, columns, lines):
        document = changed(of("table"), header=header)
        blocks = document["modules"][0]["lessons"][0]["blocks"]
        (table,) = [each for each in blocks if each["kind"] == "table"]
        scopes = [cell["scope"] for row in table["rows"] for cell in row]
        assert (scopes.count("col"), scopes.count("row")) == (columns, lines)

    def test_cells_of_a_spreadsheet_are_pasted_as_they_are(self, client, author, course):
        saved(client, of("table"), rows="Quand\tQui\r\nTout de suite\tMoi")
        assert of("table").data["rows"] == "Quand | Qui\nTout de suite | Moi"

    def test_a_line_with_too_few_cells_is_named(self, client, author, course):
        answer = saved(client, of("table"), rows="Quand | Qui\nTout de suite")
        message = "Ligne 2\xa0: cases\xa0: 1; la première ligne en a 2."
        assertContains(answer, message, status_code=422)

    def test_publishing_waits_for_a_title_headers_and_lines(self, course):
        document = changed(of("table"), caption="", rows="Quand |  | Qui\nDemain | Moi | Toi")
        assert lacking(document) == [
            "Le tableau n’a pas de titre.",
            "Une colonne ou une ligne du tableau n’a pas d’en-tête.",
        ]
        assert "Le tableau a moins de deux lignes." in lacking(changed(of("table"), rows="a | b"))

    def test_no_tag_of_an_author_reaches_the_page(self, client, author, course):
        saved(client, of("table"), rows="a | b\n<script>alert(1)</script> | [x](javascript:1)")
        page = client.get(page_of(of("table")))
        assertNotContains(page, "<script>alert")
        assertNotContains(page, 'href="javascript')

    def test_the_book_keeps_its_headers(self, course):
        assert '<th scope="row">Tout de suite</th>' in in_the_book(course)

    def test_a_wide_one_is_told(self, course):
        document = changed(of("table"), rows="a|b|c|d|e|f\n1|2|3|4|5|6")
        assert any("cinq colonnes" in each.message for each in issues(document))


class TestZones:
    def test_each_zone_leads_to_its_words_and_all_are_in_the_list(self, client, author, course):
        block = of("zones")
        page = client.get(page_of(block))

        assertContains(page, f'<a class="zone" href="#zone-{block.uuid}-1">')
        assertContains(page, f'id="zone-{block.uuid}-2"')
        assertContains(page, 'x="30%" y="75.5%" width="40%" height="15%"')
        assertContains(page, "2. La paie</summary>")
        assertContains(page, "<li>Et des numéros.</li>", html=True)
        assertContains(page, "zones.js")

    def test_a_place_that_does_not_read_is_named_by_its_line(self, client, author, course):
        answer = saved(client, of("zones"), places="[5 5 60 : Le comptoir]\nDes noms.")
        assertContains(answer, "Ligne 1\xa0: une zone commence par sa place", status_code=422)
        assertContains(answer, "[5 5 60 : Le comptoir]", status_code=422)

    def test_a_comma_is_a_comma(self, client, author, course):
        saved(client, of("zones"), places="[ 5,5  5 60 15 :  Le comptoir ]\n\nDes noms.\n")
        assert of("zones").data["places"] == [
            {"area": "5,5 5 60 15", "title": "Le comptoir", "text": "Des noms."}
        ]
        assertContains(client.get(page_of(of("zones"))), 'x="5.5%"')

    def test_publishing_waits_for_all_that_stands_for_the_picture(self, course):
        block = of("zones")
        block.data = {"places": [{"area": "90 5 60 15", "title": "Le comptoir"}]}
        assert lacking(changed(block)) == [
            "Le fichier de l’image à explorer manque.",
            "L’image à explorer n’a pas de titre.",
            "L’image à explorer n’a pas de texte de remplacement.",
            "La zone 1 n’a pas de nom, ou pas d’explication.",
            "La zone 1 sort de l’image, ou sa place ne se lit pas.",
        ]
        assert "L’image à explorer n’a pas de zone." in lacking(changed(block, places=[]))

    def test_its_picture_weighs_on_the_lesson_and_its_words_are_found(self, course):
        lesson = draft_document(course)["modules"][0]["lessons"][0]
        (block,) = [each for each in lesson["blocks"] if each["kind"] == "zones"]
        assert lesson["bytes"] > block["asset"]["size"] + len(str(block))
        assert "La paie Des comptes." in words(block)

    def test_paper_has_its_numbers_drawn_in_it(self, course):
        version = actions.publish(course_id=course.pk, by=None, at=NOON)
        plain_picture = picture()
        with zipfile.ZipFile(io.BytesIO(epub(version, lambda _: plain_picture))) as book:
            page = book.read("OEBPS/lecon-1.xhtml").decode()
            (name,) = [each for each in book.namelist() if each.startswith("OEBPS/images/")]
            drawn = Image.open(io.BytesIO(book.read(name))).convert("RGB")

        assert "<h3>1. Le comptoir</h3>" in page
        # The corner of the first zone bears its number; its middle is as it was.
        assert drawn.getpixel((34, 22)) != Image.open(io.BytesIO(plain_picture)).getpixel((34, 22))
        assert drawn.getpixel((200, 50)) == Image.open(io.BytesIO(plain_picture)).getpixel(
            (200, 50)
        )
        again = epub(version, lambda _: plain_picture)
        assert again == epub(version, lambda _: plain_picture)

    def test_a_picture_that_does_not_open_stays_as_it_is(self):
        assert numbered(b"GIF89a", []) == b"GIF89a"

    def test_a_picture_in_use_is_not_taken_out(self, course):
        with pytest.raises(actions.MediaRefused):
            actions.remove_asset(asset=course.assets.get(name="message.png"))


class TestPledge:
    def test_authors_see_what_is_proposed_and_who_will_read_it(self, client, author, course):
        page = client.get(page_of(of("pledge")))
        assertContains(page, "<li>Afficher la fiche</li>", html=True)
        assertContains(page, "Elle seule le voit, sauf si elle le confie")

    def test_publishing_waits_for_a_title_and_words(self, course):
        document = changed(of("pledge"), title="", text="", options=[])
        assert lacking(document) == ["Le geste à poser n’a pas de titre.", "Le texte est vide."]
        assert any("Aucun geste n’est proposé" in each.message for each in issues(document))

    def test_paper_leaves_room_to_write(self, course):
        page = in_the_book(course)
        assert "Votre prochain geste" in page
        assert '<p class="lines"></p>' in page
