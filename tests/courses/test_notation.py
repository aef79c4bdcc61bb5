import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.notation import (
    NotationRefused,
    read_choices,
    read_scenes,
    write_choices,
    write_scenes,
)
from courses.notation.pasted import EXAMPLE, read_questions

PASTED = """\
1. Que faites-vous d’abord?
J’achète les cartes.
> C’est le piège.
* J’appelle la mairesse.
> Un autre canal coupe le fil.

Lesquels font ralentir?
* Une échéance
- Un logo
* Un nouveau compte

V/F Il faut attendre.
* Faux
> Chaque minute compte.
Vrai
> Attendre aide le fraudeur.
"""


def test_a_dozen_lines_make_questions():
    single, multiple, truth = read_questions(PASTED)
    assert (single.kind, single.prompt) == ("single", "Que faites-vous d’abord?")
    assert single.data["choices"] == [
        {"text": "J’achète les cartes.", "feedback": "C’est le piège."},
        {
            "text": "J’appelle la mairesse.",
            "correct": True,
            "feedback": "Un autre canal coupe le fil.",
        },
    ]
    assert multiple.kind == "multiple"
    assert [c.get("correct", False) for c in multiple.data["choices"]] == [True, False, True]
    assert (truth.kind, truth.prompt) == ("true-false", "Il faut attendre.")
    assert truth.data == {
        "answer": False,
        "feedback": {"right": "Chaque minute compte.", "wrong": "Attendre aide le fraudeur."},
    }


def test_the_example_has_a_question_of_each_kind_that_words_can_say():
    single, truth, short, numeric, matching, ordering, cloze = read_questions(EXAMPLE)
    assert (single.kind, truth.data["answer"]) == ("single", False)
    assert short.data == {
        "choices": [
            {"text": "le réseau", "correct": True},
            {"text": "l’écran", "feedback": "Le poste resterait joignable."},
        ]
    }
    assert (numeric.kind, numeric.data["choices"]) == (
        "numeric", [{"text": "72 ± 0,5", "correct": True}],
    )  # fmt: skip
    assert matching.data["distractors"] == ["mise à jour"]
    assert [pair["right"] for pair in matching.data["pairs"]] == [
        "fraude au fournisseur", "faux site",
    ]  # fmt: skip
    assert ordering.data == {"items": ["Isoler", "Signaler", "Noter l’heure"]}
    assert cloze.prompt == "On débranche [[1]] dans les [[2]] minutes, puis on [[3]]."
    assert [(gap["kind"], len(gap["choices"])) for gap in cloze.data["gaps"]] == [
        ("short", 2), ("numeric", 1), ("single", 2),
    ]  # fmt: skip
    assert cloze.data["gaps"][2]["choices"] == [
        {"text": "signale", "correct": True}, {"text": "efface"},
    ]  # fmt: skip


def test_a_word_alone_is_the_answer_and_gaps_are_numbered_over_lines():
    short, cloze = read_questions("3. mot : Lequel?\ncâble\n\nTrous : Un [a],\nun [b] et un [c].")
    assert short.data == {"answers": ["câble"]}
    assert cloze.prompt == "Un [[1]], un [[2]] et un [[3]]."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "aucune question"),
        ("Énoncé\n* un\n- deux\n\nSans choix\n", 5, "moins de deux choix"),
        ("Énoncé\nun\ndeux", 1, "aucun choix n’est marqué juste"),
        ("Énoncé\n> trop tôt\n* un\ndeux", 2, "suit un choix"),
        ("* un\n- deux", 1, "commence par son énoncé"),
        ("V/F Vraiment?\nOui\nNon", 1, "* Vrai"),
        ("Mot : Lequel?\n- l’écran", 1, "réponse attendue"),
        ("Nombre : Combien?\n* 72\n> Oui.\n* beaucoup", 4, "pas un nombre"),
        ("Nombre : Combien?", 1, "nombre attendu"),
        ("Paires : Associez\na = b\nc = d\ne", 4, "gauche = droite"),
        ("Paires : Associez\na = b", 1, "moins de deux paires"),
        ("Ordre : Classez\nun", 1, "moins de deux éléments"),
        ("Trous : Rien ici", 1, "entre crochets"),
        ("Trous : Un [mot]\net [*seul]", 2, "deux choix"),
        ("Trous : Un [ / ]", 1, "réponse manque"),
    ],
)
def test_a_mistake_is_named_by_its_line(text, line, words):
    with pytest.raises(NotationRefused) as refused:
        read_questions(text)
    assert refused.value.problems[0].line == line
    assert words in str(refused.value)


WORDS = st.lists(
    st.text(st.characters(categories=("L", "N", "P")), min_size=1), min_size=1, max_size=5
).map(" ".join)
CHOICES = st.lists(
    st.fixed_dictionaries({"text": WORDS}, optional={"feedback": WORDS, "correct": st.just(True)}),
    max_size=5,
)


@given(CHOICES)
def test_choices_survive_being_written_and_read(choices):
    assert read_choices(write_choices(choices)) == choices


SCENES = [
    {
        "key": "debut",
        "text": "On vous appelle.\n\nElle insiste.",
        "choices": [
            {"text": "Je rappelle.", "to": "fin", "feedback": "Bonne idée."},
            {"text": "Je paie.", "to": "debut"},
        ],
    },
    {"key": "fin", "text": "Elle raccroche.", "ending": "good"},
]


def test_scenes_survive_being_written_and_read():
    assert read_scenes(write_scenes(SCENES)) == SCENES


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Du texte d’abord", 1, "commence par sa clé"),
        ("[a]\nx\n[a]\ny", 3, "existe déjà"),
        ("[a : heureuse]", 1, "bonne, mitigée ou mauvaise"),
        ("[a]\nx\n- va -> b\ntexte perdu", 4, "après les choix"),
    ],
)
def test_a_scene_written_wrong_is_named_by_its_line(text, line, words):
    with pytest.raises(NotationRefused) as refused:
        read_scenes(text)
    assert (refused.value.problems[0].line, words in str(refused.value)) == (line, True)
