"""QTI: zones of a picture, from the package to the bank."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from PIL import ImageFile

from courses.actions.bank import import_questions, read_questions
from courses.exchange import qti
from courses.exchange.items import ItemKind
from courses.models import BankPicture, BankQuestion
from tests.courses.test_qti import to_v3
from tests.exercise_files import oversized, painted

PNG = painted(800, 600)
ITEM = """\
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="z" title="Le message">
  <responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}">{key}
  </responseDeclaration>
  <itemBody><{tag} responseIdentifier="R" maxChoices="{most}"><prompt>Touchez l’indice.</prompt>
    <object type="image/png" data="images/message%201.png"{size}>{alt}</object>{choices}
  </{tag}></itemBody>
</assessmentItem>
"""
RIGHT = "<correctResponse><value>A</value></correctResponse>"
CHOICES = """<hotspotChoice identifier="A" shape="rect" coords="80,60,240,90" hotspotLabel="Le lien"/>
<hotspotChoice identifier="B" shape="circle" coords="400,300,80"/>
<hotspotChoice identifier="C" shape="poly" coords="0,0,80,0,0,60"/>"""
AREAS = """<areaMapping defaultValue="0"><areaMapEntry shape="rect" coords="0,0,400,300" mappedValue="1"/>
<areaMapEntry shape="ellipse" coords="600,450,40,60" mappedValue="0"/></areaMapping>"""
SIZE = ' width="800" height="600"'


def written(
    key=RIGHT, choices=CHOICES, *, point=False, several=False, size=SIZE, alt="Un courriel"
):
    return ITEM.format(
        key=key, choices=choices, size=size, alt=alt, most=0 if several else 1,
        tag="selectPointInteraction" if point else "hotspotInteraction",
        base="point" if point else "identifier", cardinality="multiple" if several else "single",
    )  # fmt: skip


def read(*args, **kwargs):
    (item,) = qti.read(written(*args, **kwargs).encode())
    return item


def package(text, **files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("items/q.xml", text)
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_zones_are_read_in_percent_and_other_shapes_as_the_rectangle_around_them():
    item = read()
    assert item.kind is ItemKind.HOTSPOT
    assert [(each.text.words, each.area, each.right) for each in item.answers] == [
        ("Le lien", "10 10 20 5", True),
        ("B", "40 36.67 20 26.66", False),
        ("C", "0 0 10 10", False),
    ]
    assert ["circle" in item.aside[0], "poly" in item.aside[1]] == [True, True]
    assert (item.picture, item.alt) == ("images/message%201.png", "Un courriel")


def test_version_3_says_the_same_under_other_names():
    text = to_v3(written()).replace("hotspotInteraction", "qti-hotspot-interaction")
    text = text.replace("hotspotChoice", "qti-hotspot-choice").replace(
        "hotspotLabel", "hotspot-label"
    )
    (item,) = qti.read(text.encode())
    assert item == read()


def test_points_are_zones_of_their_mapping():
    item = read(AREAS, "", point=True)
    assert [(each.area, each.right) for each in item.answers] == [
        ("0 0 50 50", True), ("70 65 10 20", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (lambda: read(size=""), "ne dit pas sa taille"),
        (lambda: read(RIGHT.replace("<value>A", "<value>A</value><value>B")), "une seule suffit"),
        (
            lambda: read(RIGHT.replace("A", "102 113"), "", point=True),
            "un point juste, sans zone autour",
        ),
        (lambda: read(choices=CHOICES.replace(",", ";")), "aucune place ne se lit"),
        (lambda: read(AREAS.replace(",", ";"), "", point=True), "aucune place ne se lit"),
    ],
)
def test_what_our_zones_cannot_hold_is_named(item, words):
    assert item().kind is ItemKind.OTHER
    assert words in item().foreign


def test_a_place_that_cannot_be_read_is_left_out_and_said():
    item = read(choices=CHOICES.replace("400,300,80", "400,300"))
    assert [each.text.words for each in item.answers] == ["Le lien", "C"]
    assert any("dont la place ne se lit pas" in words for words in item.aside)


@pytest.mark.django_db
def test_the_picture_comes_from_the_package_once_and_its_words_are_asked_for(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = package(written(alt=""), **{"items/images/message 1.png": PNG})
    reading = import_questions(content=content, kind="qti", source="essai.zip")
    import_questions(content=content, kind="qti", source="essai.zip")
    question, picture = BankQuestion.objects.get(), BankPicture.objects.get()
    assert (question.kind, question.data["image"]) == ("hot-spot", picture.name)
    assert question.data["zones"][0] == {"text": "Le lien", "correct": True, "area": "10 10 20 5"}
    assert (picture.width, picture.height) == (800, 600)
    assert any("texte de remplacement" in left.what for left in reading.left)


@pytest.mark.parametrize("files", [{}, {"items/images/autre.png": PNG}])
def test_a_picture_that_is_missing_leaves_the_question_aside(files):
    reading = read_questions(content=package(written(), **files), kind="qti")
    assert (reading.questions, reading.pictures) == ([], {})
    assert "qui manque ou ne se lit pas" in reading.left[0].what


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [PNG[:8], PNG[:26], PNG[:-100], oversized()])
def test_a_picture_that_cannot_be_read_leaves_its_question_aside_and_the_rest_comes(
    broken, monkeypatch
):
    """In the preview and on confirmation alike; its bytes are not kept.

    Where PDFs are made too: WeasyPrint asks Pillow to take pictures that are cut.
    """
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    other = written().replace("message%201.png", "bon.png")
    files = {"items/images/message 1.png": broken, "items/r.xml": other}
    content = package(written(), **files, **{"items/images/bon.png": PNG})
    reading = read_questions(content=content, kind="qti")
    assert "message%201.png\xa0», qui manque ou ne se lit pas" in reading.left[0].what
    import_questions(content=content, kind="qti", source="essai.zip")
    assert BankQuestion.objects.get().data["image"] == BankPicture.objects.get().name
    digest = hashlib.sha256(broken).hexdigest()
    assert not default_storage.exists(f"cours/{digest[:2]}/{digest}.png")


def test_a_question_alone_in_its_file_has_no_picture_and_says_so():
    reading = read_questions(content=written().encode(), kind="qti")
    assert "images/message%201.png" in reading.left[0].what
