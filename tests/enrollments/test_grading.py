"""Marking and drawing: pure functions, whatever a browser sends."""

from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import draws
from enrollments import grading
from tests.factories import choice_question


def question(kind: str, **parts) -> dict:
    return {
        "uuid": str(uuid5(NAMESPACE_URL, kind)), "key": kind, "kind": kind, "prompt_html": "<p>?</p>",
        "feedback": {"right": "", "wrong": ""}, **parts,
    }  # fmt: skip


def choices(*keys: str, right: str) -> list[dict]:
    return [
        {"key": key, "text": key.upper(), "correct": key in right, "feedback": "…"} for key in keys
    ]


SINGLE = choice_question()
MULTIPLE = question("multiple", choices=choices("a", "b", "c", right="ac"))
TRUE_FALSE = question("true-false", choices=choices("true", "false", right="false"))
ORDERING = question("ordering", items=["Isoler", "Signaler", "Noter"])
MATCHING = question(
    "matching",
    pairs=[
        {"key": "a", "left": "Code QR", "right": "Faux paiement"},
        {"key": "b", "left": "Appel", "right": "Faux soutien"},
    ],
    distractors=["Rançongiciel"],
)
SHORT = question("short", answers=["deuxième canal", "l’autre canal"])


def expecting(*texts: str, right: int = 1) -> list[dict]:
    return [
        {"key": key, "text": text, "correct": rank < right, "feedback": ""}
        for rank, (key, text) in enumerate(zip("abc", texts, strict=False))
    ]


NUMERIC = question("numeric", choices=expecting("3,5 ± 0,1", "4 à 6", right=1))
CLOZE = question(
    "cloze",
    prompt_html="<p>[[1]] [[2]] [[3]]</p>",
    gaps=[
        {"key": "1", "kind": "single", "choices": expecting("la CAI", "la police")},
        {"key": "2", "kind": "numeric", "choices": expecting("72")},
        {"key": "3", "kind": "short", "choices": expecting("formulaire", "avis", right=2)},
    ],
)
ZONES = question("hot-spot", choices=choices("a", "b", right="a"))
SEVERAL_ZONES = {**question("hot-spot", choices=choices("a", "b", "c", right="ac")), "uuid": "z"}
CLASSIFYING = question(
    "classifying",
    categories=["Tout de suite", "Plus tard", "Jamais"],
    pairs=[
        {"key": "1", "left": "Un clic", "right": "Tout de suite"},
        {"key": "2", "left": "Un mot de passe donné", "right": "Tout de suite"},
        {"key": "3", "left": "Un doute", "right": "Plus tard"},
    ],
)
WORTHS = {"a": 50.0, "b": 50.0, "c": 0.0, "d": -25.0}


def shared(kind: str, name: str, **worths: float) -> dict:
    asked = question(
        kind,
        choices=[
            {**each, "text": each["key"] * 3, "worth": worths[each["key"]]}
            for each in choices(*worths, right=name)
        ],
    )
    return {**asked, "uuid": f"{kind}-{name}"}


BOXES = shared("multiple", "ab", **WORTHS)
THIRDS = shared("multiple", "abc", a=33.3, b=33.3, c=33.3, d=-100)
HALF = shared("single", "a", a=100.0, b=50.0, c=-50.0)
WORDS = shared("short", "a", a=100.0, b=50.0, c=0.0)
BY_GAP = {
    **CLOZE,
    "uuid": "gaps",
    "partial": True,
    "gaps": [{**CLOZE["gaps"][0], "weight": 2.0}, *CLOZE["gaps"][1:]],
}
ANY_OTHER = {
    **CLOZE, "uuid": "others", "partial": True,
    "gaps": [
        {**CLOZE["gaps"][1], "choices": expecting("72", "*")},
        {**CLOZE["gaps"][2], "choices": expecting("avis", "*")},
    ],
}  # fmt: skip
BY_RANK = {**ORDERING, "uuid": "ranks", "partial": True}
BY_PAIR = {**MATCHING, "uuid": "sides", "partial": True}
EVERY_KIND = [SINGLE, MULTIPLE, TRUE_FALSE, ORDERING, MATCHING, SHORT, NUMERIC, CLOZE, ZONES,
              CLASSIFYING, BOXES, THIRDS, HALF, WORDS, BY_GAP, ANY_OTHER, BY_RANK, BY_PAIR]  # fmt: skip


def one(asked: dict, *answer: str) -> grading.Marked:
    return grading.mark([asked], {asked["uuid"]: answer})[0]


@pytest.mark.parametrize(
    ("asked", "answer", "right"),
    [
        (SINGLE, ["b"], True),
        (SINGLE, ["a"], False),
        (MULTIPLE, ["c", "a"], True),
        (MULTIPLE, ["a"], False),
        (MULTIPLE, ["a", "b", "c"], False),
        (TRUE_FALSE, ["false"], True),
        (TRUE_FALSE, ["true"], False),
        (ORDERING, ["Isoler", "Signaler", "Noter"], True),
        (ORDERING, ["Signaler", "Isoler", "Noter"], False),
        (MATCHING, ["Faux paiement", "Faux soutien"], True),
        (MATCHING, ["Faux soutien", "Faux paiement"], False),
        (MATCHING, ["Faux paiement", "Rançongiciel"], False),
        (SHORT, ["deuxième canal"], True),
        (SHORT, ["  DEUXIEME  canal. "], True),
        (SHORT, ["L'autre canal"], True),
        (SHORT, ["canal"], False),
        (NUMERIC, ["3,5"], True),
        (NUMERIC, ["3.60"], True),
        (NUMERIC, ["3,61"], False),
        (NUMERIC, ["5"], False),
        (NUMERIC, ["trois"], False),
        (CLOZE, ["a", "72", "Un formulaire"], False),
        (CLOZE, ["a", "72", "FORMULAIRE "], True),
        (CLOZE, ["a", "72,0", "avis"], True),
        (CLOZE, ["b", "72", "avis"], False),
        (CLOZE, ["a", "", ""], False),
        (ZONES, ["a"], True),
        (ZONES, ["b"], False),
        (SEVERAL_ZONES, ["c", "a"], True),
        (SEVERAL_ZONES, ["a"], False),
        (CLASSIFYING, ["Tout de suite", "Tout de suite", "Plus tard"], True),
        (CLASSIFYING, ["Tout de suite", "Jamais", "Plus tard"], False),
        (CLASSIFYING, ["Tout de suite", "", ""], False),
    ],
)
def test_each_kind_of_question_is_marked_by_its_own_rule(asked, answer, right):
    marked = one(asked, *answer)
    assert (marked.right, marked.answered) == (right, True)


@pytest.mark.parametrize(
    ("asked", "answer", "worth"),
    [
        (BOXES, ["a", "b"], 100),
        (BOXES, ["a"], 50),
        (BOXES, ["a", "b", "c"], 100),
        (BOXES, ["a", "b", "d"], 75),
        (BOXES, ["d"], 0),
        (BOXES, ["c", "d"], 0),
        (THIRDS, ["a", "b", "c"], 100),
        (THIRDS, ["a", "b"], 66.6),
        (THIRDS, ["a", "b", "c", "d"], 0),
        (HALF, ["a"], 100),
        (HALF, ["b"], 50),
        (HALF, ["c"], 0),
        (WORDS, ["AAA"], 100),
        (WORDS, ["bbb"], 50),
        (WORDS, ["ccc"], 0),
        (WORDS, ["autre"], 0),
        (BY_GAP, ["a", "72", "avis"], 100),
        (BY_GAP, ["a", "24", "rien"], 50),
        (BY_GAP, ["b", "72", "avis"], 50),
        (ANY_OTHER, ["24", "rien"], 0),
        (ANY_OTHER, ["72", "rien"], 50),
        (BY_RANK, ["Isoler", "Noter", "Signaler"], 100 / 3),
        (BY_PAIR, ["Faux paiement", "Rançongiciel"], 50),
    ],
)
def test_a_part_of_the_mark_is_earned_and_never_less_than_nothing(asked, answer, worth):
    marked = one(asked, *answer)
    assert (marked.worth, marked.right) == (pytest.approx(worth), worth == 100)
    assert marked.partly is (0 < worth < 100)


def test_the_result_is_the_mean_of_the_parts_rounded_down():
    marked = [one(HALF, "b"), one(BY_RANK, "Isoler", "Noter", "Signaler"), one(SINGLE, "b")]
    assert grading.percent(marked) == 61  # 183,3 over 3
    assert grading.percent([one(THIRDS, "a", "b", "c")] * 3) == 100


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (SINGLE, []),
        (SINGLE, ["z"]),
        (SINGLE, ["a", "b"]),
        (SINGLE, [SHORT["uuid"]]),
        (MULTIPLE, ["z", "y"]),
        (MULTIPLE, [str(n) for n in range(10_000)]),
        (TRUE_FALSE, ["Faux"]),
        (ORDERING, ["Isoler", "Signaler"]),
        (ORDERING, ["Isoler", "Isoler", "Noter"]),
        (MATCHING, ["", ""]),
        (MATCHING, ["Autre", "Chose"]),
        (MATCHING, ["Faux paiement"] * 10_000),
        (SHORT, [""]),
        (SHORT, ["   "]),
        (SHORT, ["deuxième canal", "deuxième canal"]),
        (SHORT, ["\x00"]),
        (NUMERIC, ["3,5", "4"]),
        (CLOZE, ["", "", ""]),
        (CLOZE, ["a"]),
        (CLOZE, ["a"] * 10_000),
        (CLOZE, ["z", "\x00", " "]),
        (ZONES, ["a", "b"]),
        (ZONES, ["z"]),
        (CLASSIFYING, ["Ailleurs", "Ailleurs", "Ailleurs"]),
        (CLASSIFYING, ["Jamais"] * 4),
    ],
)
def test_what_does_not_belong_to_the_question_is_no_answer(asked, answer):
    marked = one(asked, *answer)
    assert (marked.right, marked.answered) == (False, False)


def test_a_missing_question_is_no_answer():
    assert [each.answered for each in grading.mark(EVERY_KIND, {})] == [False] * len(EVERY_KIND)


@given(
    st.dictionaries(
        st.sampled_from([each["uuid"] for each in EVERY_KIND] + ["inconnue"]),
        st.lists(
            st.text(max_size=6) | st.sampled_from(["a", "b", "true", "Isoler", "Faux soutien"]),
            max_size=4,
        ),
        max_size=7,
    )
)
def test_nothing_that_is_sent_breaks_the_marking(answers):
    marked = grading.mark(EVERY_KIND, answers)
    assert 0 <= grading.percent(marked) <= 100
    kept = {each.question["uuid"]: each.chosen for each in marked}
    again = grading.mark(EVERY_KIND, kept)
    assert [(e.chosen, e.right) for e in again] == [(e.chosen, e.right) for e in marked]
    assert "\x00" not in "".join(kept[SHORT["uuid"]])


@pytest.mark.parametrize(
    ("right", "total", "percent"), [(0, 0, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (7, 10, 70)]
)
def test_the_percentage_is_a_whole_number_never_rounded_up(right, total, percent):
    marked = [one(SINGLE, "b" if rank < right else "a") for rank in range(total)]
    assert grading.percent(marked) == percent


BANK = {"draw": 4, "questions": [choice_question(f"q{rank}") for rank in range(12)]}


@given(st.uuids())
def test_an_attempt_draws_its_number_of_different_questions(attempt):
    drawn = [each["key"] for each in draws.draw(BANK, attempt)]
    assert len(drawn) == len(set(drawn)) == 4
    assert drawn == [each["key"] for each in draws.draw(BANK, attempt)]


def test_attempts_draw_all_of_the_bank_in_many_orders():
    drawn = [tuple(each["key"] for each in draws.draw(BANK, UUID(int=n + 1))) for n in range(200)]
    assert {key for attempt in drawn for key in attempt} == {f"q{n}" for n in range(12)}
    assert len(set(drawn)) > 150


def test_an_attempt_draws_for_ever_what_it_drew_on_its_day():
    """Shown again in ten years, an attempt shows the questions that were answered."""
    attempt = UUID("6f1d0f6e-3f0b-4b5a-9a52-9b8f3a7e2c11")
    assert [each["key"] for each in draws.draw(BANK, attempt)] == ["q4", "q0", "q5", "q10"]


def test_items_to_order_are_never_shown_in_the_right_order():
    for _ in range(50):
        shown = draws.shuffled(ORDERING["items"], ORDERING, uuid4())
        assert shown != ORDERING["items"]
        assert sorted(shown) == sorted(ORDERING["items"])
