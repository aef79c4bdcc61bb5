"""Moodle's XML: what a file says, hostile files, and the same file written again."""

import pytest

from courses.exchange import gift, moodle_xml
from courses.exchange.items import Answer, Item, ItemKind, Pair, Span, Text
from courses.notation import NotationRefused

FILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/Réflexes</text></category></question>
  <question type="multichoice">
    <name><text>Le piège</text></name>
    <questiontext format="html"><text><![CDATA[<p>Que faites-vous?</p>]]></text></questiontext>
    <generalfeedback format="html"><text>Un autre canal.</text></generalfeedback>
    <idnumber>q-7</idnumber>
    <single>false</single>
    <answer fraction="50" format="html"><text>J’appelle.</text>
      <feedback format="html"><text>Oui.</text></feedback></answer>
    <answer fraction="50" format="html"><text>Je note.</text></answer>
    <answer fraction="-33.333" format="html"><text>Je paie.</text></answer>
    <hint format="html"><text>Deux gestes.</text></hint>
    <tags><tag><text>hameçonnage</text></tag></tags>
  </question>
  <question type="truefalse">
    <name><text>Attendre</text></name>
    <questiontext format="plain_text"><text>Il faut attendre.</text></questiontext>
    <answer fraction="0"><text>true</text><feedback><text>Non.</text></feedback></answer>
    <answer fraction="100"><text>false</text><feedback><text>Juste.</text></feedback></answer>
  </question>
  <question type="numerical">
    <questiontext format="html"><text>Combien?</text></questiontext>
    <answer fraction="100"><text>5</text><tolerance>1</tolerance></answer>
    <answer fraction="0"><text>*</text><feedback><text>Comptez.</text></feedback></answer>
  </question>
  <question type="matching">
    <questiontext format="html"><text>Associez.</text></questiontext>
    <subquestion format="html"><text>Code QR</text><answer><text>Paiement</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>Leurre</text></answer></subquestion>
  </question>
  <question type="shortanswer">
    <questiontext format="html"><text>Comment dit-on?</text></questiontext>
    <answer fraction="100"><text>canal</text></answer>
  </question>
  <question type="essay"><questiontext format="html"><text>Racontez.</text></questiontext></question>
  <question type="ddimageortext">
    <name><text>La mairie</text></name>
    <questiontext format="html"><text>Placez.</text></questiontext>
  </question>
</quiz>
""".encode()


def test_every_kind_is_read_with_all_that_it_says():
    category, choice, truth, number, matching, short, essay, other = moodle_xml.read(FILE)
    assert (category.kind, category.title) == (ItemKind.CATEGORY, "$course$/Réflexes")
    assert choice == Item(
        ItemKind.CHOICE,
        2,
        title="Le piège",
        stem=Text("<p>Que faites-vous?</p>", "html"),
        answers=(
            Answer(True, Text("J’appelle.", "html"), 50, Text("Oui.", "html")),
            Answer(True, Text("Je note.", "html"), 50),
            Answer(False, Text("Je paie.", "html"), -33.333),
        ),
        general=Text("Un autre canal.", "html"),
        id="q-7",
        tags=("hameçonnage",),
        several=True,
        aside=("l’indice «\N{NO-BREAK SPACE}Deux gestes.\N{NO-BREAK SPACE}»",),
    )
    assert (truth.truth, truth.verdicts) == (False, (Text("Non."), Text("Juste.")))
    assert [each.span for each in number.answers] == [Span(4, 6, 5, 1), None]
    assert matching.pairs == (
        Pair(Text("Code QR", "html"), "Paiement"),
        Pair(Text("", "html"), "Leurre"),
    )
    assert (short.kind, essay.kind) == (ItemKind.SHORT, ItemKind.ESSAY)
    assert (other.kind, other.foreign, other.title) == (
        ItemKind.OTHER,
        "ddimageortext",
        "La mairie",
    )


BOMB = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<quiz><question type="essay"><questiontext><text>&b;</text></questiontext></question></quiz>"""
OUTSIDE = b"""<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>"""


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "bien formé"),
        (b"<quiz>\n<question>\n</quiz>", 3, "bien formé"),
        (b"<!-- \xff -->", 1, "bien formé"),
        (b"<lom/>", 1, "commence par"),
        (BOMB, 1, "refusés"),
        (OUTSIDE, 1, "refusés"),
    ],
)
def test_what_is_no_file_of_questions_is_refused_with_a_reason(content, line, words):
    with pytest.raises(NotationRefused) as refused:
        moodle_xml.read(content)
    (problem,) = refused.value.problems
    assert (problem.line, words in problem.message) == (line, True)


@pytest.mark.parametrize("numbers", ["", "x", "1e999", "nan"])
def test_marks_that_are_no_numbers_are_worth_nothing(numbers):
    content = (
        f'<quiz><question type="multichoice"><answer fraction="{numbers}"/></question></quiz>'
    )
    (item,) = moodle_xml.read(content.encode())
    assert (item.answers[0].worth, item.answers[0].right) == (0.0, False)


def test_a_file_written_again_says_the_same():
    items = [each for each in moodle_xml.read(FILE) if each.kind is not ItemKind.OTHER]
    again = moodle_xml.read(moodle_xml.write(items))
    assert [_kept(each) for each in again] == [_kept(each) for each in items]


def test_what_gift_says_travels_by_xml():
    (item,) = gift.read("::T::Que dire? {~%-50%Rien#Non. =%100%Tout ####Voilà}")
    (again,) = moodle_xml.read(moodle_xml.write([item]))
    assert (again.title, again.stem, again.answers, again.general) == (
        item.title,
        item.stem,
        item.answers,
        item.general,
    )


def _kept(item: Item) -> tuple:
    """All but the rank, and the hints that items do not keep."""
    return (
        item.kind, item.title, item.stem, item.answers, item.pairs, item.truth, item.verdicts,
        item.general, item.id, item.tags, item.several,
    )  # fmt: skip


def test_an_encoding_that_nobody_knows_is_refused_with_a_reason():
    with pytest.raises(NotationRefused, match="encodage inconnu"):
        moodle_xml.read(b'<?xml version="1.0" encoding="foo"?><quiz/>')


def test_a_pair_left_empty_is_no_distractor():
    content = (
        b'<quiz><question type="matching"><subquestion><text>a</text><answer><text>1</text>'
        b"</answer></subquestion><subquestion><text></text></subquestion></question></quiz>"
    )
    assert [each.right for each in moodle_xml.read(content)[0].pairs] == ["1"]
