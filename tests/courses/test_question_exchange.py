"""Questions that come from other systems and go back: nothing lost that is not named."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from courses.actions import bank
from courses.exchange import cloze, gift, moodle_xml
from courses.exchange.items import ItemKind
from courses.exchange.ours import Imported, ours
from courses.exchange.theirs import is_left_out, theirs, unfit_for_gift
from courses.exports import questions_file
from courses.models import BankQuestion
from courses.numbers import read_accepted
from tests.courses.test_gift import FILE as GIFT
from tests.courses.test_gift import SAMPLES
from tests.courses.test_moodle_xml import FILE as MOODLE
from tests.courses.test_qti import ENTRY, item_of

ALL_KINDS = [
    Imported("single", "Une", "Que *faire*?", {"choices": [
        {"text": "Payer ~ vite", "feedback": "Non : jamais."}, {"text": "Appeler", "correct": True}]}),
    Imported("multiple", "Trois", "Quels signes?", {"choices": [
        {"text": "L’urgence", "correct": True}, {"text": "Le logo"}, {"text": "Le lien", "correct": True},
        {"text": "L’argent", "correct": True}]}, ["signes"]),
    Imported("true-false", "Vrai", "Attendre aide?", {"answer": False, "feedback": {
        "right": "Chaque minute compte.", "wrong": "Non."}}),
    Imported("short", "Mot", "Le _____ sauve.", {"answers": ["deuxième canal", "autre = canal"]}),
    Imported("matching", "Paires", "Associez.", {"pairs": [
        {"left": "Code QR", "right": "Paiement"}, {"left": "Appel", "right": "Soutien"}],
        "distractors": ["Rançon"], "feedback": {"right": "Voilà.", "wrong": "Voilà."}}),
    Imported("numeric", "Nombre", "Combien?", {"choices": [
        {"text": "72 ± 0,5", "correct": True, "feedback": "Oui."}, {"text": "4 à 6", "correct": True},
        {"text": "24", "feedback": "Une autre règle."}]}),
    Imported("classifying", "Classer", "Que faire?", {"categories": [
        {"title": "Vite", "items": ["Un clic", "Un don"]}, {"title": "Plus tard", "items": ["Un doute"]},
        {"title": "Jamais"}]}),
    Imported("ordering", "Ordre", "Classez.", {"items": ["Isoler", "Signaler"], "feedback": {
        "right": "Oui.", "wrong": "D’abord isoler."}}),
    Imported("cloze", "Trous", "À [[1]] en [[2]] heures, par [[3]].", {"gaps": [
        {"kind": "single", "choices": [{"text": "la CAI", "correct": True},
                                       {"text": "la {police}", "feedback": "Ensuite~."}]},
        {"kind": "numeric", "choices": [{"text": "72 ± 0,5", "correct": True}]},
        {"kind": "short", "choices": [{"text": "formulaire", "correct": True}, {"text": "avis", "correct": True}]}]}),
    Imported("single", "À demi", "Que faire?", {"choices": [
        {"text": "Appeler", "correct": True}, {"text": "Écrire", "worth": 50, "feedback": "C’est plus lent."},
        {"text": "Payer", "worth": -25}]}),
    Imported("multiple", "Par parts", "Quels signes?", {"choices": [
        {"text": "L’urgence", "correct": True, "worth": 33.33333}, {"text": "Le lien", "correct": True, "worth": 66.66667},
        {"text": "Le logo", "worth": -50}, {"text": "L’heure"}]}),
    Imported("short", "Mots", "Comment dit-on?", {"choices": [
        {"text": "deuxième canal", "correct": True, "feedback": "Oui."}, {"text": "canal", "worth": 50},
        {"text": "courriel", "feedback": "C’est le premier."}]}),
    Imported("matching", "Par paires", "Associez.", {"partial": True, "pairs": [
        {"left": "Code QR", "right": "Paiement"}, {"left": "Appel", "right": "Soutien"}]}),
    Imported("numeric", "Près", "Combien?", {"choices": [
        {"text": "72", "correct": True}, {"text": "72 ± 5", "worth": 50, "feedback": "Presque."}]}),
    Imported("cloze", "Par trous", "À [[1]], [[2]].", {"partial": True, "gaps": [
        {"kind": "short", "choices": [{"text": "la CAI", "correct": True}, {"text": "la commission", "worth": 50}]},
        {"kind": "numeric", "weight": 2, "choices": [{"text": "72 ± 0,5", "correct": True}, {"text": "24"}]}]}),
    Imported("ordering", "Par rangs", "Classez.", {"partial": True, "items": ["Isoler", "Signaler"]}),
]  # fmt: skip
FOR_GIFT = [each for each in ALL_KINDS if each.kind not in {"ordering", "cloze"}]


def items_of(questions):
    return [theirs(each, rank) for rank, each in enumerate(questions, start=1)]


def test_our_questions_go_to_gift_and_come_back_the_same():
    reading = ours(gift.read(gift.write(items_of(FOR_GIFT))))
    assert reading.questions == FOR_GIFT
    assert reading.left == []


def test_our_questions_go_to_moodle_and_come_back_the_same():
    reading = ours(moodle_xml.read(moodle_xml.write(items_of(ALL_KINDS))))
    expected = {"text": "5 ± 1", "correct": True}  # an interval of Moodle has a middle
    numeric = replace_choice(ALL_KINDS[5], 1, expected)
    assert reading.questions == [*ALL_KINDS[:5], numeric, *ALL_KINDS[6:]]
    assert reading.left == []


def replace_choice(question, rank, choice):
    choices = list(question.data["choices"])
    choices[rank] = choice
    return replace(question, data={"choices": choices})


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", ["gift", "moodle-xml"])
def test_files_of_others_are_exported_and_imported_again_without_loss(path, kind):
    questions = ours(gift.read(path.read_text())).questions
    items = [each for each in items_of(questions) if not is_left_out(each, kind)]
    assert len(items) == len(questions)
    if kind == "gift":
        again = ours(gift.read(gift.write(items)))
    else:
        again = ours(moodle_xml.read(moodle_xml.write(items)))
    assert [known(each) for each in again.questions] == [known(each) for each in questions]
    assert again.left == []


def known(question):
    """All of it, where « 4 à 6 » and « 5 ± 1 » are the same interval."""
    data = question.data
    if question.kind == "numeric":
        data = [{**each, "text": read_accepted(each["text"])} for each in data["choices"]]
    return question.kind, question.prompt, question.tags, question.title, data


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (ALL_KINDS[7], "une mise en ordre"),
        (ALL_KINDS[8], "un texte à trous"),
        (Imported("hot-spot", "", "?", {}), "une question du genre « zones d’une image »"),
        (Imported("single", "", "?", {"feedback": {"right": "Oui."}}),
         "les rétroactions de la question, que GIFT ne distingue pas"),
        (Imported("multiple", "", "?", {"choices": [{"text": "a", "correct": True, "worth": 100}]}),
         "des cases à cocher dont une seule est juste"),
        (Imported("matching", "", "?", {"pairs": [{"left": "a -> b", "right": "c"}],
                                        "partial": True}),
         "une flèche « -> » dans une paire"),
        (Imported("matching", "", "?", {"pairs": [{"left": "a", "right": "b"}]}),
         "« tout ou rien » : dans Moodle, chaque bonne réponse donne une part des points"),
    ],
)  # fmt: skip
def test_what_gift_cannot_hold_is_named(question, words):
    said = [
        each.replace("\N{NO-BREAK SPACE}", " ") for each in unfit_for_gift(theirs(question, 1))
    ]
    assert said == [words]


MULTIANSWER = """<quiz><question type="cloze"><name><text>Délais</text></name>
<questiontext format="html"><text><![CDATA[<p>À {1:MULTICHOICE:=la CAI#Oui~%50%la MRC~la police#Non}
en {1:NUMERICAL:=72:0.5#Trois jours~%0%24} heures, par {2:SA:=formulaire\\~~=avis}.</p>]]></text></questiontext>
</question>
<question type="gapselect"><questiontext format="html"><text>Un [[2]] et un [[1]], un [[2]].</text></questiontext>
<selectoption><text>chien</text><group>1</group></selectoption>
<selectoption><text>chat</text><group>1</group></selectoption>
<selectoption><text>mars</text><group>2</group></selectoption></question>
<question type="cloze"><questiontext format="html"><text>{1:MULTIRESPONSE:=a~=b}</text></questiontext></question>
<question type="ordering"><questiontext format="html"><text>Classez.</text></questiontext>
<answer fraction="1"><text>Isoler</text></answer><answer fraction="2"><text>Signaler</text></answer></question>
</quiz>"""


def test_texts_with_gaps_of_moodle_are_ours():
    reading = ours(moodle_xml.read(MULTIANSWER.encode()))
    gaps, shared, ordering = reading.questions
    assert (gaps.kind, gaps.prompt) == ("cloze", "À [[1]]\nen [[2]] heures, par [[3]].")
    choice, number, word = gaps.data["gaps"]
    assert choice["choices"] == [
        {"text": "la CAI", "correct": True, "feedback": "Oui"},
        {"text": "la MRC", "worth": 50},
        {"text": "la police", "feedback": "Non"},
    ]
    assert (word["weight"], gaps.data["partial"], shared.data["partial"]) == (2, True, True)
    assert number["choices"] == [
        {"text": "72 ± 0,5", "correct": True, "feedback": "Trois jours"},
        {"text": "24"},
    ]
    assert [each["text"] for each in word["choices"]] == ["formulaire~", "avis"]
    assert shared.prompt == "Un [[1]] et un [[2]], un [[3]]."
    assert [
        [(each["text"], "correct" in each) for each in gap["choices"]]
        for gap in shared.data["gaps"]
    ] == [
        [("chien", False), ("chat", True)],
        [("chien", True), ("chat", False)],
        [("chien", False), ("chat", True)],
    ]
    assert (ordering.kind, ordering.data["items"]) == ("ordering", ["Isoler", "Signaler"])
    assert [each.what.replace("\N{NO-BREAK SPACE}", " ") for each in reading.left] == [
        "une question du genre « cloze MULTIRESPONSE »",
    ]


@pytest.mark.parametrize(
    "words", ["", "{", "{1:}", "{1:MC:}", "{:SA:=a}", "{1:NM:=x:y}", "{1:XX:=a}"]
)
def test_a_notation_that_is_wrong_breaks_nothing(words):
    stem, gaps, unknown = cloze.read(words)
    assert cloze.read(cloze.write(stem, gaps))[1:] == (gaps, unknown)


REAL = """<quiz>
<question type="category"><category><text>$course$/top/Sécurité A//B/Mots de passe</text></category>
<info format="html"><text>Révisée en mai.</text></info></question>
<question type="cloze"><name><text>Avis</text></name><questiontext format="html"><text><![CDATA[<p>À la
<img src="@@PLUGINFILE@@/la%20CAI.png" alt="Commission" />, en {2:NUMERICAL:=72:0.5~*#Comptez.} heures,
par {1:SA:=formulaire~*#Relisez.}.</p>]]></text><file name="la CAI.png" encoding="base64">iVBORw0KGgo=</file></questiontext>
<idnumber>A &amp; 7</idnumber><defaultgrade>2.0000000</defaultgrade><penalty>0.3333333</penalty>
<shuffleanswers>0</shuffleanswers></question>
<question type="cloze"><questiontext><text>{1:MC:=a~b} {1:NM}</text></questiontext></question>
<question type="shortanswer"><name><text>Mot</text></name><questiontext><text>Par quoi?</text></questiontext>
<usecase>1</usecase><answer fraction="100"><text>*canal</text></answer><answer fraction="0"><text>*</text>
<feedback><text>Non.</text></feedback></answer></question>
<question type="ordering"><name><text>Ordre</text></name><gradingtype>RELATIVE_TO_CORRECT</gradingtype>
<selecttype>RANDOM</selecttype><answer fraction="1"><text>a</text></answer><answer fraction="2"><text>b</text></answer></question>
<question type="calculated"><name><text>Calcul</text></name></question>
</quiz>"""


def test_what_an_export_of_moodle_holds_is_kept_or_named_row_by_row():
    reading = ours(moodle_xml.read(REAL.encode()))
    gaps, word, order = reading.questions
    assert gaps.prompt == "À la\nCommission, en [[1]] heures,\npar [[2]]."
    assert gaps.tags == ["Sécurité A/B", "Mots de passe", "id:A & 7"]
    number, text = gaps.data["gaps"]
    assert (number["weight"], number["choices"][1]) == (2, {"text": "*", "feedback": "Comptez."})
    assert text["choices"][1] == {"text": "*", "feedback": "Relisez."}
    assert (word.data["feedback"], order.data["partial"]) == ({"wrong": "Non."}, True)
    assert [
        f"{each.where.split(',')[0]}, {each.what}".replace("\N{NO-BREAK SPACE}", " ")
        for each in reading.left
    ] == [
        "no 1, la description « Révisée en mai. »",
        "no 2, l’image « @@PLUGINFILE@@/la CAI.png »",
        "no 2, le fichier joint « la CAI.png »",
        "no 2, la note de la question : 2 points",
        "no 2, l’ordre fixe des choix",
        "no 3, une question du genre « cloze NM »",
        "no 4, « *canal », où * tient lieu de mots",
        "no 4, la différence entre majuscules et minuscules",
        "no 5, la façon de noter l’ordre, « RELATIVE_TO_CORRECT »",
        "no 5, le tirage d’une partie des éléments à ordonner",
        "no 6, une question du genre « calculated »",
    ]
    (again,) = ours(moodle_xml.read(moodle_xml.write([theirs(gaps, 1)]))).questions
    assert (again.data, again.tags) == (gaps.data, gaps.tags)


GAP_MATCH = """<gapMatchInteraction responseIdentifier="R"><prompt>Placez.</prompt>
<gapText identifier="c" matchMax="1">la CAI</gapText><gapText identifier="p" matchMax="1">police</gapText>
<blockquote><p>On avise <gap identifier="G1"/>, puis la <gap identifier="G2"/>.</p></blockquote>
</gapMatchInteraction>"""


@pytest.mark.parametrize("version", [2])
def test_texts_with_gaps_of_qti_are_ours(version):
    item = item_of(GAP_MATCH, "c G1", "p G2", base="directedPair", version=version)
    (question,) = ours([item]).questions
    assert question.kind == "cloze"
    assert "On avise [[1]], puis la [[2]]." in question.prompt
    assert "Placez." in question.prompt
    assert [
        [each["text"] for each in gap["choices"] if "correct" in each]
        for gap in question.data["gaps"]
    ] == [["la CAI"], ["police"]]
    two = item_of(ENTRY + ENTRY, "canal", base="string")
    assert two.kind is ItemKind.CLOZE
    (question,) = ours([two]).questions
    assert question.prompt == "Le [[1]] sauve tout.\n\nLe [[2]] sauve tout."


@pytest.mark.django_db
def test_the_bank_is_written_by_command_and_says_what_it_leaves(tmp_path):
    bank.import_questions(content=MOODLE, kind="moodle-xml", source="moodle.xml")
    bank.import_questions(content=MULTIANSWER.encode(), kind="moodle-xml", source="trous.xml")
    path, out = tmp_path / "banque.gift", io.StringIO()
    call_command("export_questions", str(path), "--format", "gift", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["questions"] == BankQuestion.objects.count() - 3
    assert [each["what"] for each in answer["not_represented"]].count("un texte à trous") == 2
    call_command("export_questions", str(path), "--format", "gift", "--tag", "hameçonnage",
                 stdout=out)  # fmt: skip
    assert [each.tags for each in gift.read(path.read_text())] == [("Réflexes", "hameçonnage")]
    with pytest.raises(CommandError, match="Impossible d’écrire"):
        call_command("export_questions", str(tmp_path), "--format", "gift")


@pytest.mark.django_db
def test_what_the_bank_writes_it_knows_already():
    bank.import_questions(content=GIFT.encode(), kind="gift", source="un.gift")
    before = set(BankQuestion.objects.values_list("content_hash", flat=True))
    made = questions_file(BankQuestion.objects.order_by("pk"), kind="moodle-xml")
    bank.import_questions(content=made.content, kind="moodle-xml", source="deux.xml")
    again = BankQuestion.objects.filter(source="deux.xml")
    assert [each.kind for each in again] == ["numeric"]  # its interval has a middle now
    assert before < set(BankQuestion.objects.values_list("content_hash", flat=True))


BROKEN = """Bien? {T}

Amputée {~a =b

Combien? {#cinq}

Encore? {F}
"""


@pytest.mark.django_db
def test_a_question_that_cannot_be_read_is_a_row_and_the_others_are_kept(tmp_path):
    path, out = tmp_path / "brisé.gift", io.StringIO()
    path.write_text(BROKEN)
    call_command("import_questions", str(path), "--format", "gift", "--json", stdout=out)
    answer = json.loads(out.getvalue().replace("\N{NO-BREAK SPACE}", " "))
    assert [each["title"] for each in answer["questions"]] == ["Bien?", "Encore?"]
    assert answer["not_represented"] == [
        {"where": "ligne 3", "what": "« Amputée {~a =b », qui ne se lit pas : "
                                     "l’accolade qui ouvre les réponses ne se ferme pas"},
        {"where": "ligne 5", "what": "« Combien? {#cinq} », qui ne se lit pas : "
                                     "« cinq » n’est pas un nombre"},
    ]  # fmt: skip
    assert BankQuestion.objects.count() == 2


@pytest.mark.django_db
def test_a_file_of_which_nothing_can_be_read_is_refused(tmp_path):
    path = tmp_path / "brisé.gift"
    path.write_text("$CATEGORY: x\n\nAmputée {~a =b\n\nCombien? {#cinq}\n")
    with pytest.raises(CommandError, match=r"Ligne 3[\s\S]*Ligne 5[\s\S]*Rien n’a été changé"):
        call_command("import_questions", str(path), "--format", "gift")
    assert not BankQuestion.objects.exists()
