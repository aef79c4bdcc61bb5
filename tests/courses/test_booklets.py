"""The booklet of a course, on paper (PDF/UA) and as a book (EPUB 3): its words, and no answer."""

import io
import zipfile
from xml.etree import ElementTree

import page as page_validation
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from pypdf import PdfReader

from courses import actions, paper
from courses.actions.booklets import kept_as
from courses.documents import stations
from courses.models import Asset, CourseVersion
from courses.pdf import lesson_html
from courses.queries import document
from tests.block_files import add_blocks
from tests.course_files import write_course
from tests.exercise_files import add_exercise
from tests.factories import NOON, EnrollmentFactory

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
PICTURE = """
::: image rue
file: rue.png
alt: Une rue
caption: La rue & le pont<br>
:::
"""
ALTS = {"Une rue", "Une mairie en coupe.", "Un courriel en trois parties."}
XHTML = "{http://www.w3.org/1999/xhtml}"
ANSWERS = ("deuxième canal", "Chaque minute compte", "Un autre canal", "C’est le piège")


@pytest.fixture
def version(tmp_path, db) -> CourseVersion:
    folder = write_course(tmp_path)
    add_blocks(folder)
    add_exercise(folder)
    (folder / "media" / "rue.png").write_bytes(PIXEL)
    lesson = folder / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + PICTURE)
    draft = actions.import_folder(path=folder)
    return actions.publish(course_id=draft.pk, by=None, at=NOON)


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_printed_booklet_is_tagged_pdf_with_every_lesson_and_no_answer(version):
    content = actions.take_booklet(version=version, kind="pdf")
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == "fr-CA"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = " ".join(page.extract_text() for page in reader.pages)
    for lesson in stations(document(version.pk)):
        assert lesson["title"] in text
    assert "L’urgence." in text
    assert not any(answer in text for answer in ANSWERS)


def test_the_printed_booklet_meets_pdf_ua_1(version):
    content = actions.take_booklet(version=version, kind="pdf")
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert report.rules.total > 100
    assert [failure.rule_id for failure in report.failures] == []


def test_the_book_is_a_valid_package(version):
    """EPUB 3.3: the type first and not compressed, all files named, every page well-formed XML."""
    content = actions.take_booklet(version=version, kind="epub")
    book = opened(content)
    first = book.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert book.read("mimetype") == b"application/epub+zip"
    assert content[30:58] == b"mimetypeapplication/epub+zip"
    container = ElementTree.fromstring(book.read("META-INF/container.xml"))  # noqa: S314 -- ours
    root = container.find(".//{*}rootfile").get("full-path")
    package = ElementTree.fromstring(book.read(root))  # noqa: S314
    items = {each.get("id"): each for each in package.findall(".//{*}manifest/{*}item")}
    named = {f"OEBPS/{each.get('href')}" for each in items.values()}
    files = {name for name in book.namelist() if name.startswith("OEBPS/")} - {root}
    assert named == files
    assert [each for each in items.values() if each.get("properties") == "nav"]
    spine = [each.get("idref") for each in package.findall(".//{*}spine/{*}itemref")]
    assert len(spine) == 2 + len(list(stations(document(version.pk))))
    assert set(spine) <= set(items)
    for field in ("identifier", "title", "language"):
        assert package.findtext(f".//{{http://purl.org/dc/elements/1.1/}}{field}")
    for name in files:
        if name.endswith(".xhtml"):
            page = ElementTree.fromstring(book.read(name))  # noqa: S314
            assert page.tag == f"{XHTML}html"
            for link in page.iter(f"{XHTML}img"):
                assert f"OEBPS/{link.get('src')}" in files
                assert link.get("alt") in ALTS


def test_the_book_says_the_same_words_and_no_answer(version):
    book = opened(actions.take_booklet(version=version, kind="epub"))
    text = " ".join(
        " ".join(ElementTree.fromstring(book.read(name)).itertext())  # noqa: S314 -- ours
        for name in book.namelist()
        if name.endswith(".xhtml")
    )
    for word in ("Les cinq signes", "Le courriel arrive", "La rue & le pont<br>", "Il presse."):
        assert word in text
    assert not any(answer in text for answer in ANSWERS)


def test_a_hot_spot_is_printed_with_its_picture_and_the_letters_of_its_zones(version):
    stop = paper.stops(document(version.pk))[0]
    (asked,) = [
        each
        for quiz in stop.quizzes.values()
        for each in quiz.asked
        if each.doc["kind"] == "hot-spot"
    ]
    texts = {tuple(each["area"]): each["text"] for each in asked.doc["choices"]}
    # A letter means the same in the picture and in the list of choices.
    assert [(zone.mark, texts[tuple(zone.area)]) for zone in asked.zones] == [
        (option.letter, option.text) for option in asked.lines[0].options
    ]
    given = []

    def picture(asset, zones):
        given.append((asset, zones))
        return "message.png"

    page = lesson_html(stop, picture, drawn=True)
    assert (asked.doc["asset"], asked.zones) in given
    assert 'alt="Un courriel en trois parties."' in page
    laid_over = lesson_html(stop, picture, drawn=False)
    assert all(f"<b>{zone.mark}</b></p></foreignObject>" in laid_over for zone in asked.zones)


@pytest.mark.parametrize("kind", ["pdf", "epub"])
def test_a_booklet_is_the_same_each_time_and_made_once(version, kind):
    first = actions.take_booklet(version=version, kind=kind)
    assert actions.take_booklet(version=version, kind=kind) == first
    default_storage.delete(kept_as(version, kind))
    assert actions.take_booklet(version=version, kind=kind) == first


def test_a_picture_that_is_gone_leaves_its_words(version):
    default_storage.delete(kept_as(version, "epub"))  # made by another test
    for asset in Asset.objects.filter(content_type="image/png"):
        default_storage.delete(asset.file.name)
    book = opened(actions.take_booklet(version=version, kind="epub"))
    assert not any(name.startswith("OEBPS/images/") for name in book.namelist())
    default_storage.delete(kept_as(version, "epub"))  # not for the next test


def test_anyone_signed_in_takes_the_version_they_follow_or_the_one_in_force(client, version):
    pdf = reverse("enrollments:booklet", args=["ess-101"])
    assert client.get(pdf).status_code == 302
    client.force_login(EnrollmentFactory().learner)
    answer = client.get(pdf)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) < 2_000_000
    book = client.get(reverse("enrollments:epub", args=["ess-101"]))
    assert book.headers["Content-Type"] == "application/epub+zip"
    assert client.get(reverse("enrollments:booklet", args=["rien-1"])).status_code == 404
