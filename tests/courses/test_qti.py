"""QTI 2.x and 3.0: one question under two sets of names, and what items have no place for."""

import pytest

from courses.exchange import qti
from courses.exchange.items import Answer, ItemKind, Pair, Span, Text
from courses.notation import NotationRefused

V2 = """\
<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="q-7" title="Le piège">
  <responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base}">
    <correctResponse>{right}</correctResponse>{mapping}
  </responseDeclaration>
  <itemBody>{body}</itemBody>
</assessmentItem>
"""
CHOICE = """<p onclick="x()">La mairesse écrit : <b>vite</b>.</p>
<choiceInteraction responseIdentifier="R" maxChoices="1"><prompt>Que faire?</prompt>
<simpleChoice identifier="a">Payer<feedbackInline identifier="a" outcomeIdentifier="F">C’est le
piège.</feedbackInline></simpleChoice>
<simpleChoice identifier="b">Appeler</simpleChoice></choiceInteraction>"""
ORDER = """<orderInteraction responseIdentifier="R"><prompt>Classez.</prompt>
<simpleChoice identifier="a">Signaler</simpleChoice><simpleChoice identifier="b">Isoler</simpleChoice>
</orderInteraction>"""
MATCH = """<matchInteraction responseIdentifier="R"><prompt>Associez.</prompt><simpleMatchSet>
<simpleAssociableChoice identifier="q">Code QR</simpleAssociableChoice></simpleMatchSet>
<simpleMatchSet><simpleAssociableChoice identifier="p">Paiement</simpleAssociableChoice>
<simpleAssociableChoice identifier="l">Leurre</simpleAssociableChoice></simpleMatchSet>
</matchInteraction>"""
ENTRY = """<p>Le <textEntryInteraction responseIdentifier="R"/> sauve tout.</p>"""
MAPPING = """<mapping defaultValue="0"><mapEntry mapKey="canal" mappedValue="2"/>
<mapEntry mapKey="courriel" mappedValue="1"/></mapping>"""


def item_of(body, *right, base="identifier", cardinality="single", mapping="", version=2):
    values = "".join(f"<value>{each}</value>" for each in right)
    text = V2.format(body=body, right=values, base=base, cardinality=cardinality, mapping=mapping)
    (item,) = qti.read((to_v3(text) if version > 2 else text).encode())
    return item


def to_v3(text):
    """The same question under the names of 3.0."""
    for old, new in (
        ("assessmentItem", "qti-assessment-item"),
        ("responseDeclaration", "qti-response-declaration"),
        ("correctResponse", "qti-correct-response"),
        ("itemBody", "qti-item-body"),
        ("choiceInteraction", "qti-choice-interaction"),
        ("orderInteraction", "qti-order-interaction"),
        ("matchInteraction", "qti-match-interaction"),
        ("textEntryInteraction", "qti-text-entry-interaction"),
        ("simpleMatchSet", "qti-simple-match-set"),
        ("simpleAssociableChoice", "qti-simple-associable-choice"),
        ("simpleChoice", "qti-simple-choice"),
        ("feedbackInline", "qti-feedback-inline"),
        ("prompt", "qti-prompt"),
        ("mapEntry", "qti-map-entry"),
        ("<mapping", "<qti-mapping"),
        ("</mapping", "</qti-mapping"),
        ("<value", "<qti-value"),
        ("</value", "</qti-value"),
        ("responseIdentifier", "response-identifier"),
        ("maxChoices", "max-choices"),
        ("baseType", "base-type"),
        ("mapKey", "map-key"),
        ("mappedValue", "mapped-value"),
        ("imsqti_v2p2", "imsqtiasi_v3p0"),
    ):
        text = text.replace(old, new)
    return text


@pytest.fixture(params=[2, 3])
def version(request):
    return request.param


def test_a_choice_keeps_its_words_and_leaves_scripts(version):
    item = item_of(CHOICE, "b", version=version)
    assert (item.kind, item.title, item.several) == (ItemKind.CHOICE, "Le piège", False)
    assert item.stem == Text("<p>La mairesse écrit : <b>vite</b>.</p> Que faire?", "html")
    assert item.answers == (
        Answer(False, Text("Payer", "html"), feedback=Text("C’est le piège.", "html")),
        Answer(True, Text("Appeler", "html")),
    )


def test_several_right_choices(version):
    body = CHOICE.replace('maxChoices="1"', 'maxChoices="0"')
    item = item_of(body, "a", "b", cardinality="multiple", version=version)
    assert item.several
    assert [each.right for each in item.answers] == [True, True]


def test_an_order_is_given_by_the_right_answer(version):
    item = item_of(ORDER, "b", "a", cardinality="ordered", version=version)
    assert (item.kind, [each.text.words for each in item.answers]) == (
        ItemKind.ORDERING,
        ["Isoler", "Signaler"],
    )


def test_sides_that_belong_to_none_are_distractors(version):
    item = item_of(MATCH, "q p", base="directedPair", version=version)
    assert item.pairs == (Pair(Text("Code QR", "html"), "Paiement"), Pair(Text(""), "Leurre"))


def test_a_word_to_write_stands_in_its_sentence_and_is_worth_its_share(version):
    item = item_of(ENTRY, "canal", base="string", mapping=MAPPING, version=version)
    assert (item.kind, item.blank, item.stem.words) == (
        ItemKind.SHORT,
        True,
        "<p>Le _____ sauve tout.</p>",
    )
    assert item.answers == (
        Answer(True, Text("canal", "plain"), 100),
        Answer(True, Text("courriel", "plain"), 50),
    )
    assert item.aside == ()


def test_a_number_to_write(version):
    item = item_of(ENTRY, "5", base="integer", version=version)
    assert (item.kind, [each.span for each in item.answers]) == (
        ItemKind.NUMERICAL,
        [Span(5, 5, 5, 0)],
    )


def test_what_we_do_not_know_is_named():
    item = item_of('<drawingInteraction responseIdentifier="R"/>')
    assert (item.kind, item.foreign) == (ItemKind.OTHER, "drawingInteraction")
    assert item.title == "Le piège"


def test_a_text_without_a_question_is_a_description():
    assert item_of("<p>Lisez.</p>").kind is ItemKind.DESCRIPTION


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "bien formé"),
        (b"<assessmentItem>", "bien formé"),
        (b"<assessmentTest/>", "assessmentItem"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><assessmentItem>&x;</assessmentItem>', "refusés"),
    ],
)
def test_what_is_no_question_is_refused_with_a_reason(content, words):
    with pytest.raises(NotationRefused, match=words):
        qti.read(content)


def test_an_item_without_a_body_or_an_answer_is_no_error():
    assert qti.read(b"<assessmentItem/>")[0].kind is ItemKind.DESCRIPTION
    assert [each.right for each in item_of(CHOICE).answers] == [False, False]
    assert item_of(ORDER).answers == ()
