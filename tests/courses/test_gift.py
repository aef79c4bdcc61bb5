"""GIFT: what a file says, what it says wrongly, and the same file written again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.exchange import gift
from courses.exchange.items import Answer, Item, ItemKind, Pair, Span, Text
from courses.notation import NotationRefused

# Files made by others, which the project does not ship.
SAMPLES = [
    path
    for parent in Path(__file__).parents
    for path in sorted((parent / "shared" / "cases" / "gift").glob("*.gift"))
]
FILE = """\
// Banque de la formation // [id:q-7] [tag:hameçonnage] [tag:courriel]
::Carte-cadeau \\: le piège::La mairesse demande
des cartes-cadeaux. Que faites-vous? {
    ~J’achète.#C’est le piège.
    ~%50%Je réponds.
    =J’appelle.#Un autre canal\\, oui.
    ####Le deuxième canal
    sauve des trésoreries.
}

$CATEGORY: $course$/Réflexes
Il faut attendre. {F#Attendre aide le fraudeur.#Chaque minute compte.}

Le {=deuxième canal =%50%autre canal#Presque.} sauve tout.

Le code QR est {
    =Code QR -> Faux paiement

    =Appel -> Faux soutien
}

Combien de signes? {#5:1}

L’année de la Loi 25? {#=2021#L’adoption.
=%50%2022..2024#L’entrée en vigueur.}

[html]<p style\\="color\\:red">Décrivez.</p>{}

Une consigne sans réponse.
"""


def test_every_kind_of_item_is_read_with_all_that_it_says():
    choice, category, truth, short, matching, number, numbers, essay, note = gift.read(FILE)
    assert choice == Item(
        ItemKind.CHOICE,
        2,
        title="Carte-cadeau : le piège",
        stem=Text("La mairesse demande des cartes-cadeaux. Que faites-vous?"),
        answers=(
            Answer(False, Text("J’achète."), None, Text("C’est le piège.")),
            Answer(False, Text("Je réponds."), 50),
            Answer(True, Text("J’appelle."), None, Text("Un autre canal\\, oui.")),
        ),
        general=Text("Le deuxième canal sauve des trésoreries."),
        id="q-7",
        tags=("hameçonnage", "courriel"),
    )
    assert [each.worth for each in choice.answers] == [0, 50, 100]
    assert (category.kind, category.title, category.line) == (
        ItemKind.CATEGORY,
        "$course$/Réflexes",
        11,
    )
    assert (truth.truth, truth.verdicts) == (
        False,
        (Text("Attendre aide le fraudeur."), Text("Chaque minute compte.")),
    )
    assert (short.kind, short.blank, short.stem.words) == (
        ItemKind.SHORT,
        True,
        "Le _____ sauve tout.",
    )
    assert matching.pairs == (
        Pair(Text("Code QR"), "Faux paiement"),
        Pair(Text("Appel"), "Faux soutien"),
    )
    assert [each.span for each in number.answers] == [Span(4, 6, 5, 1)]
    assert [(each.span, each.weight) for each in numbers.answers] == [
        (Span(2021, 2021, 2021), None),
        (Span(2022, 2024), 50),
    ]
    assert (essay.kind, essay.stem) == (
        ItemKind.ESSAY,
        Text('<p style="color:red">Décrivez.</p>', "html"),
    )
    assert note.kind is ItemKind.DESCRIPTION


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n\n\nAmputée {~a =b\n\nSuite", 4, "ne se ferme pas"),
        ("Trop } tôt", 1, "sans s’être ouverte"),
        ("Deux {=a} groupes {=b}", 1, "un seul groupe"),
        ("Nombre? {#cinq}", 1, "n’est pas un nombre"),
        ("Nombre? {#1..}", 1, "n’est pas un nombre"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text, line, words):
    with pytest.raises(NotationRefused) as refused:
        gift.read(text)
    (problem,) = refused.value.problems
    assert problem.line == line
    assert words in problem.message


@pytest.mark.parametrize("text", ["", "\n\n", "// rien\n", "\ufeff\r\n"])
def test_an_empty_file_holds_nothing(text):
    assert gift.read(text) == []


def bare(items):
    """Without the lines, which a file written again does not keep."""
    return [replace(each, line=0) for each in items]


def test_a_file_written_again_says_the_same():
    items = gift.read(FILE)
    assert bare(gift.read(gift.write(items))) == bare(items)


words = st.text(
    st.sampled_from(list("aé’ ~=#{}:\\n\n%[]->._/T1")), min_size=1, max_size=12
).map(lambda text: f"x{text.strip()}y")  # fmt: skip
texts = st.builds(Text, words, st.sampled_from(["moodle", "html"]))
answers = st.builds(Answer, st.booleans(), texts, st.sampled_from([None, 50, 33.33333]), texts)


@given(stem=texts, said=st.lists(answers, min_size=1, max_size=4), title=words, general=texts)
def test_no_sign_of_the_words_is_taken_for_one_of_the_format(stem, said, title, general):
    wrong = Answer(False, Text("faux"))
    title = " ".join(title.split())
    item = Item(ItemKind.CHOICE, 0, title, stem, answers=(*said, wrong), general=general)
    assert bare(gift.read(gift.write([item]))) == [item]


# An arrow parts the two sides: GIFT has no way to write one inside them.
plain = st.builds(Text, words.map(lambda each: each.replace(">", "")), st.just("html"))


@given(pairs=st.lists(st.builds(Pair, plain, words), min_size=1, max_size=3), stem=texts)
def test_pairs_keep_their_sides(pairs, stem):
    item = Item(ItemKind.MATCHING, 0, stem=stem, pairs=tuple(pairs))
    assert bare(gift.read(gift.write([item]))) == [item]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_files_of_others_are_read_as_their_authors_say(path):
    items = gift.read(path.read_text())
    assert [as_json(each) for each in items] == json.loads(path.with_suffix(".json").read_text())
    assert bare(gift.read(gift.write(items))) == bare(items)


KINDS = {
    ItemKind.ESSAY: "Essay", ItemKind.TRUE_FALSE: "TF", ItemKind.CHOICE: "MC",
    ItemKind.SHORT: "Short", ItemKind.NUMERICAL: "Numerical", ItemKind.MATCHING: "Matching",
    ItemKind.DESCRIPTION: "Description", ItemKind.CATEGORY: "Category",
}  # fmt: skip


def as_json(item: Item) -> dict:
    """An item in the words of those files."""
    kind = KINDS[item.kind]
    if kind == "Category":
        return {"type": kind, "title": item.title}
    said = {
        "id": item.id, "tags": list(item.tags) or None, "type": kind, "title": item.title,
        "stem": _text(item.stem), "hasEmbeddedAnswers": item.blank,
    }  # fmt: skip
    if kind != "Description":
        said["globalFeedback"] = _text(item.general)
    if kind == "TF":
        first, second = map(_text, item.verdicts)
        said |= {"isTrue": item.truth, "trueFeedback": first, "falseFeedback": second}
    if kind == "Matching":
        said["matchPairs"] = [
            {"subquestion": _text(each.left), "subanswer": each.right} for each in item.pairs
        ]
    if kind in {"MC", "Short", "Numerical"}:
        alone = kind == "Numerical" and len(item.answers) == 1 and item.answers[0].weight is None
        said["choices"] = _number(item.answers[0].span) if alone else [*map(_answer, item.answers)]
    return said


def _text(text: Text | None) -> dict | None:
    return text and {"format": text.markup, "text": text.words}


def _answer(answer: Answer) -> dict:
    words = _number(answer.span) if answer.span else _text(answer.text)
    return {
        "isCorrect": answer.right, "weight": answer.weight, "text": words,
        "feedback": _text(answer.feedback),
    }  # fmt: skip


def _number(span: Span) -> dict:
    if span.value is None:
        return {"type": "high-low", "numberHigh": span.high, "numberLow": span.low}
    if span.tolerance is None:
        return {"type": "simple", "number": span.value}
    return {"type": "range", "number": span.value, "range": span.tolerance}


OTHERS = """\
::Q5:: Combien? {#3:2~#Pas du tout.}

Qui? { Moi #oui ~Toi =Elle}

L’an? {#
  =1867:0   # Juste.
  =%50%1867,5:2 # Presque,
            à deux près.
  =%0%*#Non.
}

$CATEGORY: $course$/A//B/C

Laquelle vaut 5? {
  ~ \\= 2 + 2
  = \\= 2 + 3
}
"""


def test_files_as_people_write_them_lose_nothing():
    number, who, year, category, sums = gift.read(OTHERS.replace("\n", "\r\n"))
    assert [(each.worth, each.span and each.span.centre) for each in number.answers] == [
        (100, (3, 2)), (0, None),
    ]  # fmt: skip
    assert number.answers[1].feedback == Text("Pas du tout.")
    assert [(each.worth, each.text.words) for each in who.answers] == [
        (0, "Moi"), (0, "Toi"), (100, "Elle"),
    ]  # fmt: skip
    assert [each.worth for each in year.answers] == [100, 50, 0]
    assert year.answers[1].feedback == Text("Presque, à deux près.")
    assert year.answers[1].span == Span(1865.5, 1869.5, 1867.5, 2)
    assert category.title == "$course$/A//B/C"
    assert [each.text.words for each in sums.answers] == ["= 2 + 2", "= 2 + 3"]


def test_a_form_feed_and_a_line_separator_are_no_new_lines():
    (item,) = gift.read("Un\u2028deux\x0ctrois {T}")
    assert item.kind is ItemKind.TRUE_FALSE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("::A:: Un {T}\n::B:: Deux {F}", ["A", "B"]),
        ("Un {=a ~b}\nDeux {\n=c\n~d\n}\nTrois {T}", [None, None, None]),
        ("::A:: Un {T}\r\n$CATEGORY: x\r\n\r\n::B:: Deux {F}", ["A", "x", "B"]),
        ("::A:: Un {=a ~b} de plus,\net encore.", ["A"]),
    ],
)
def test_a_question_ends_where_another_begins_without_an_empty_line(text, found):
    assert [each.title for each in gift.read(text)] == found


def test_a_number_beyond_all_numbers_is_none():
    with pytest.raises(NotationRefused, match="1e999"):
        gift.read("Combien? {#1e999}")


OPEN = "// [id:a]\n::A:: Bien {T}\n\nAmputée {~a =b\n\n"


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("// [id:c]\nDeux\nlignes {F}\n\nTrois {T}\n", [("Deux lignes", "c"), ("Trois", None)]),
        ("::C:: Deux {F}\n::D:: Trois {T}", [("Deux", None), ("Trois", None)]),
        ("$CATEGORY: x\n\nDeux {F}", [("", None), ("Deux", None)]),
        ("Trop} {=b}\n\nDeux {F}", [("Deux", None)]),
        ("=c {d}\n}\n\nDeux {F}", [("Deux", None)]),
    ],
)
def test_a_question_that_cannot_be_read_takes_no_other_with_it(rest, found):
    good, broken, *others = gift.read(OPEN + rest)
    assert (good.id, broken.kind, broken.line) == ("a", ItemKind.UNREADABLE, 4)
    read = [each for each in others if each.kind is not ItemKind.UNREADABLE]
    assert [(each.stem.words, each.id) for each in read] == found
