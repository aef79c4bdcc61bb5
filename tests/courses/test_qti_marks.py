"""QTI as authoring systems write it: points, conditions, feedbacks, several questions a file."""

import io
import zipfile

import pytest

from courses.actions.bank import QuestionsRefused, read_questions
from courses.exchange import qti
from courses.exchange.items import ItemKind
from courses.exchange.ours import ours
from tests.courses.test_qti import CHOICE, ENTRY, MATCH, to_v3

HEAD = '<assessmentItem identifier="i" title="Signes"{more}>{declared}<itemBody>{body}</itemBody>{after}</assessmentItem>'
BOXES = """<choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>Quels signes?</prompt>
<simpleChoice identifier="a">L’urgence</simpleChoice><simpleChoice identifier="b">Le lien</simpleChoice>
<simpleChoice identifier="c" fixed="true">Le logo</simpleChoice></choiceInteraction>"""


def declared(*right, name="R", kind="single", base="identifier", mapping=""):
    values = "".join(f"<value>{each}</value>" for each in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{kind}" baseType="{base}">'
        f"{correct}{mapping}</responseDeclaration>"
    )


def mapping(*entries, upper=""):
    points = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries)
    return f"<mapping{upper}>{points}</mapping>"


def processed(name):
    return f'<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/{name}"/>'


def read(body, answer, after="", more=""):
    text = HEAD.format(body=body, declared=answer, after=after, more=more)
    return ours(qti.read(text.encode()))


def said(reading):
    return [each.what.replace("\N{NO-BREAK SPACE}", " ") for each in reading.left]


def test_boxes_are_worth_their_points_or_right_as_a_whole():
    points = mapping(("a", 2), ("b", 1), ("c", -1))
    key = declared("a", "b", kind="multiple", mapping=points)
    reading = read(BOXES, key, processed("map_response"))
    (parts,) = reading.questions
    assert parts.data["choices"] == [
        {"text": "L’urgence", "correct": True, "worth": 66.66667},
        {"text": "Le lien", "correct": True, "worth": 33.33333},
        {"text": "Le logo", "worth": -33.33333},
    ]
    assert said(reading) == ["la place fixe de « Le logo »"]
    (whole,) = read(BOXES, key, processed("match_correct")).questions
    assert whole.data["choices"] == [
        {"text": "L’urgence", "correct": True},
        {"text": "Le lien", "correct": True},
        {"text": "Le logo"},
    ]
    bounded = declared(
        "a", kind="multiple", mapping=mapping(("a", 2), ("b", 2), upper=' upperBound="2"')
    )
    (most,) = read(BOXES, bounded, processed("map_response")).questions
    assert [each.get("worth") for each in most.data["choices"]] == [100, 100, None]


CONDITIONS = """<responseProcessing><responseCondition>
<responseIf><match><variable identifier="R"/><baseValue baseType="identifier">a</baseValue></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>
<responseElseIf><match><variable identifier="R"/><baseValue baseType="identifier">b</baseValue></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0.5</baseValue></setOutcomeValue></responseElseIf>
</responseCondition></responseProcessing>"""


def test_conditions_that_test_one_value_each_say_what_it_is_worth():
    (question,) = read(
        BOXES.replace('maxChoices="0"', 'maxChoices="1"'), declared(), CONDITIONS
    ).questions
    assert question.kind == "single"
    assert [each.get("worth", "correct" in each) for each in question.data["choices"]] == [
        True,
        50,
        False,
    ]


RIGHT_OR_NOT = """<responseProcessing><responseCondition>
<responseIf><match><variable identifier="R"/><correct identifier="R"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>
<setOutcomeValue identifier="F"><baseValue baseType="identifier">x1</baseValue></setOutcomeValue></responseIf>
<responseElse><setOutcomeValue identifier="F"><baseValue baseType="identifier">x2</baseValue></setOutcomeValue></responseElse>
</responseCondition>{more}</responseProcessing>
<modalFeedback outcomeIdentifier="F" identifier="x1" showHide="show"><p>Oui.</p></modalFeedback>
<modalFeedback outcomeIdentifier="F" identifier="x2" showHide="show">Non.</modalFeedback>
<modalFeedback outcomeIdentifier="F" identifier="b" showHide="show">Pas toujours.</modalFeedback>
<modalFeedback outcomeIdentifier="F" identifier="x4" showHide="show">Ailleurs.</modalFeedback>"""


def test_what_is_said_after_stands_where_ours_has_it():
    reading = read(BOXES, declared("a", kind="multiple"), RIGHT_OR_NOT.format(more="<random/>"))
    (question,) = reading.questions
    assert question.data["feedback"] == {"right": "Oui.", "wrong": "Non."}
    assert question.data["choices"][1]["feedback"] == "Pas toujours."
    assert said(reading)[1:] == ["la règle de notation « random »", "la rétroaction « Ailleurs. »"]


def test_each_thing_that_a_file_asks_is_a_question_of_its_own():
    second = ENTRY.replace('"R"', '"S"')
    third = ENTRY.replace('"R"', '"T"')
    key = (
        declared("b")
        + declared("canal", name="S", base="string")
        + declared("5", name="T", base="integer")
    )
    gaps, choice = read(CHOICE + second + third, key).questions
    assert (gaps.kind, gaps.title, choice.kind, choice.title) == (
        "cloze", "Signes (1/2)", "single", "Signes (2/2)",
    )  # fmt: skip
    assert "Le [[1]] sauve tout." in gaps.prompt
    assert "Le [[2]] sauve tout." in gaps.prompt
    assert [each["kind"] for each in gaps.data["gaps"]] == ["short", "numeric"]
    assert choice.prompt.endswith("Que faire?")
    assert "[[" not in choice.prompt


HOTTEXT = """<hottextInteraction responseIdentifier="R" maxChoices="1"><p>Le <hottext identifier="a">lien</hottext>
et le <hottext identifier="b">logo</hottext>.</p></hottextInteraction>"""


def test_words_to_point_at_are_choices_and_a_slider_is_a_number():
    (words,) = read(HOTTEXT, declared("a")).questions
    assert (words.kind, words.prompt) == ("single", "Le lien et le logo.")
    assert [each["text"] for each in words.data["choices"]] == ["lien", "logo"]
    slider = '<sliderInteraction responseIdentifier="R" lowerBound="0" upperBound="10"/>'
    (number,) = read(slider, declared("7", base="integer")).questions
    assert (number.kind, number.data["choices"]) == ("numeric", [{"text": "7", "correct": True}])


def test_pairs_earn_their_share_and_a_side_that_serves_twice_is_a_category():
    points = mapping(("q p", 1), ("l p", 1))
    key = declared("q p", "l p", kind="multiple", base="directedPair", mapping=points)
    (question,) = read(MATCH, key, processed("map_response")).questions
    assert (question.kind, question.data["partial"]) == ("classifying", True)
    assert question.data["categories"] == [{"title": "Paiement", "items": ["Code QR", "Leurre"]}]
    (turned,) = read(MATCH, declared("p q", "p l", kind="multiple", base="directedPair")).questions
    assert turned.data == {"categories": [{"title": "Paiement", "items": ["Code QR", "Leurre"]}]}
    both = declared("q p", "q l", "p l", kind="multiple", base="directedPair")
    assert said(read(MATCH, both)) == ["une question du genre « plusieurs liens par élément »"]


def test_a_number_may_be_near():
    near = """<responseProcessing><responseCondition><responseIf>
    <equal toleranceMode="absolute" tolerance="0.5 0.5"><variable identifier="R"/><correct identifier="R"/></equal>
    </responseIf></responseCondition></responseProcessing>"""
    (question,) = read(ENTRY, declared("3.5", base="float"), near).questions
    assert question.data["choices"] == [{"text": "3,5 ± 0,5", "correct": True}]


def test_a_picture_without_words_keeps_its_name():
    body = BOXES.replace("L’urgence", '<img src="img/logo.png"/>')
    (question,) = read(body, declared("a", kind="multiple")).questions
    assert question.data["choices"][0]["text"] == "[logo.png]"


RICH = """<p>Voyez <img src="a.png" alt="le courriel"/> et <math><mi>x</mi><mo>=</mo><mn>2</mn></math>.</p>
<object data="son.mp3" type="audio/mpeg"/><rubricBlock view="candidate"><p>Lisez tout.</p></rubricBlock>
<rubricBlock view="scorer"><p>Deux points.</p></rubricBlock><feedbackBlock identifier="z">Plus tard.</feedbackBlock>"""


def test_what_has_no_place_here_is_named_piece_by_piece_and_words_stay():
    reading = read(RICH + CHOICE, declared("b"))
    (question,) = reading.questions
    assert "Voyez le courriel et x = 2." in question.prompt
    assert "Lisez tout." in question.prompt
    assert said(reading) == [
        "l’image « a.png »",
        "la mise en forme de la formule « x = 2 »",
        "le fichier « son.mp3 »",
        "la note « Deux points. »",
        "la rétroaction « Plus tard. »",
    ]


@pytest.mark.parametrize(
    ("more", "body"),
    [(' adaptive="true"', CHOICE), ("", f"<p><printedVariable identifier='X'/></p>{CHOICE}")],
)
def test_a_question_that_is_another_one_each_time_is_named(more, body):
    (item,) = qti.read(
        HEAD.format(body=body, declared=declared("b"), after="", more=more).encode()
    )
    assert item.kind is ItemKind.OTHER


def package(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return held.getvalue()


def item(more=""):
    return HEAD.format(body=CHOICE, declared=declared("b"), after="", more=more)


def test_a_package_gives_its_questions_and_names_its_test():
    content = package(
        imsmanifest_xml="<manifest/>", items__a_xml=item(), items__b_xml=to_v3(item()),
        test_xml="<qti-assessment-test/>", style__a="p {}", old_xml="<questestinterop/>",
    )  # fmt: skip
    reading = read_questions(content=content, kind="qti")
    assert [each.kind for each in reading.questions] == ["single", "single"]
    assert [(each.where, each.what[:10]) for each in reading.left] == [
        ("old.xml", "Ligne 1\N{NO-BREAK SPACE}: "), ("test.xml", "un test\N{NO-BREAK SPACE}: "),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (package(**{"..__a_xml": item()}), "sort du dossier"),
        (package(a_xml=item(), b_xml=" " * 5_000_000), "signe d’un piège"),
        (package(a_xml=item())[:-30], "tronquée"),
        (package(readme="rien"), "aucune question QTI"),
        (package(a_xml="<assessmentItem>", b_xml="<questestinterop/>"), r"a\.xml[\s\S]*QTI 1\.2"),
        (b"<questestinterop/>", "QTI 1.2"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><assessmentItem>&x;</assessmentItem>', "refusés"),
    ],
)  # fmt: skip
def test_a_bad_package_is_refused_in_french(content, words):
    with pytest.raises(QuestionsRefused, match=words):
        read_questions(content=content, kind="qti")
