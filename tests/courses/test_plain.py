"""Advice on words, time and pictures, each with its place."""

import io
from importlib import import_module

import pytest
from django.apps import apps
from PIL import Image, ImageDraw, ImageFile

from courses import actions
from courses.actions.media import MediaRefused, store_asset
from courses.actions.pictures import seen_in
from courses.checklist import blocking, issues
from courses.checklist.plain import estimated
from courses.models import Asset, Block, GlossaryTerm, Lesson
from courses.queries import draft_document
from tests.exercise_files import oversized, painted
from tests.factories import choice_question, lesson_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


def picture(ink: str, ground: str = "white") -> bytes:
    """A few words of this colour on that ground, as a PNG."""
    drawn = Image.new("RGB", (320, 120), ground)
    ImageDraw.Draw(drawn).text((20, 40), "Ne payez jamais avant d’appeler", fill=ink, font_size=20)
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return kept.getvalue()


def advice(course, glossary=None):
    found = issues(draft_document(course), glossary)
    return {(each.block or each.lesson, each.message.replace("\u00a0", " ")) for each in found}


def written(text):
    Block.objects.filter(key="texte-1").update(data={"markdown": text})


def test_the_contrast_of_a_picture_is_that_of_its_words():
    assert seen_in(picture("black")).contrast == 21
    assert seen_in(picture("#767676")).contrast == pytest.approx(4.5, abs=0.1)
    assert seen_in(picture("#aaaaaa")).contrast < 2.5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (picture("black")[:-60], "cette image est coupée, ou sa taille est fausse"),
        (b"\x89PNG\r\n\x1a\n", "cette image est coupée"),
        (oversized(), "cette image est coupée, ou sa taille est fausse"),
        (painted(6_000, 5_001), "6000 × 5001 pixels : réduisez-la à 30 millions"),
    ],
)
def test_b_36_a_picture_that_lies_about_its_size_is_refused_and_nothing_is_kept(
    course, settings, tmp_path, monkeypatch, content, words
):
    """Where PDFs are made too: WeasyPrint asks Pillow to take pictures that are cut."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    settings.MEDIA_ROOT = tmp_path / "kept"
    with pytest.raises(MediaRefused, match=r"vue\.png") as refused:
        store_asset(course=course, name="vue.png", content=content)
    assert words in str(refused.value).replace("\u00a0", " ")
    assert not course.assets.filter(name="vue.png").exists()
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("ink", "holds_text", "blocks", "words"),
    [
        ("#aaaaaa", True, True, "Le texte de l’image se lit mal"),
        ("#aaaaaa", False, False, "L’image est pâle"),
        ("black", True, None, ""),
        ("black", False, None, ""),
    ],
)
def test_a_pale_picture_is_flagged_and_forbids_when_words_are_in_it(
    course, ink, holds_text, blocks, words
):
    actions.store_asset(course=course, name="a.png", content=picture(ink))
    data = {"file": "a.png", "alt": "Une consigne.", "holds_text": holds_text}
    Block.objects.filter(key="courriel").update(kind="image", data=data)
    document = draft_document(course)
    found = [each for each in issues(document) if each.block == "courriel"]
    assert [(each.blocks, words in each.message) for each in found] == (
        [] if blocks is None else [(blocks, True)]
    )
    assert bool(blocking(document)) is bool(blocks)


def test_what_was_published_before_keeps_its_fingerprint(course):
    """A picture whose contrast is good, or was never measured, adds nothing to the document."""
    asset = actions.store_asset(course=course, name="a.png", content=picture("black"))
    data = {"file": "a.png", "alt": "Une consigne."}
    Block.objects.filter(key="courriel").update(kind="image", data=data)
    measured = actions.content_hash(draft_document(course))
    Asset.objects.filter(pk=asset.pk).update(contrast=None)
    assert actions.content_hash(draft_document(course)) == measured


def test_heavy_media_have_their_advice(course):
    actions.store_asset(course=course, name="a.png", content=picture("black"))
    Asset.objects.update(size=61_000)
    Block.objects.filter(key="courriel").update(
        kind="image", data={"file": "a.png", "alt": "Une consigne."}
    )
    actions.store_asset(course=course, name="v.mp4", content=b"\0\0\0\0ftyp" + b"0" * 60_000)
    Asset.objects.filter(name="v.mp4").update(size=6_000_000)
    Block.objects.filter(key="appel").update(kind="video", data={"file": "v.mp4", "seconds": 60})
    found = advice(course)
    assert ("courriel", "L’image pèse 61 ko : sous 60 ko, elle s’ouvre vite partout.") in found
    assert ("appel", "La vidéo n’a pas de version à écouter, plus légère.") in found
    assert any("2,5 Mo par minute" in words for place, words in found if place == "appel")


def test_a_word_to_explain_is_told_once_where_it_comes_first(course):
    written("Le phishing presse. Encore du Phishing.")
    Block.objects.filter(key="demain-matin").update(data={"title": "x", "text": "Du phishing."})
    found = advice(course, {"phishing": "hameçonnage"})
    assert {each for each in found if "dites plutôt" in each[1]} == {
        ("texte-1", "« phishing » : dites plutôt « hameçonnage »."),
    }
    assert not any("dites plutôt" in words for __, words in advice(course))


def test_an_acronym_is_explained_once_or_known_to_all(course):
    written("La commission d’accès à l’information (CAI) reçoit l’avis. La MRC aide le SRHQ.")
    found = {words for __, words in advice(course, {"MRC": ""}) if "sigle" in words}
    assert found == {"Le sigle « SRHQ » n’est pas expliqué."}


def test_the_glossary_is_data_that_starts_with_words_of_ours():
    # Tests that empty the tables take what migrations put there.
    import_module("courses.migrations.0016_first_words_to_explain").add(apps, None)
    terms = dict(GlossaryTerm.objects.values_list("term", "plain"))
    assert terms["phishing"] == "hameçonnage"
    assert terms["MRC"] == ""


def test_the_time_announced_is_held_against_the_content(course):
    Lesson.objects.filter(key="signes").update(minutes=45)
    assert any("Durée annoncée : 45 min" in words for __, words in advice(course))
    about = round(estimated(draft_document(course)["modules"][0]["lessons"][0]))
    Lesson.objects.filter(key="signes").update(minutes=about)
    assert not any(
        "Durée annoncée" in words for place, words in advice(course) if place == "signes"
    )


def test_only_the_questions_that_are_drawn_take_time():
    asked = lesson_document("a", questions=[choice_question(), choice_question("qr")])
    whole = estimated(asked)
    asked["blocks"][1]["draw"] = 1
    assert whole - estimated(asked) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("block", "minutes"),
    [
        ({"kind": "reflection", "html": "<p>Prenez 12 minutes.</p>"}, 12),
        ({"kind": "reflection", "html": "<p>Et vous?</p>"}, 2),
        ({"kind": "callout", "title": "À vous : 3 minutes", "html": "<p>Comptez.</p>"}, 3),
        ({"kind": "callout", "title": "Demain matin", "html": "<p>Dans 60 minutes.</p>"}, 0),
    ],
)
def test_an_exercise_takes_the_time_that_its_author_says(block, minutes):
    lesson = lesson_document("a") | {"blocks": [block]}
    assert estimated(lesson) == pytest.approx(minutes, abs=0.1)
