"""Questions that answer themselves: said to their author, and never in the way of publishing."""

import pytest

from courses import checklist
from courses.checklist import giveaways


def question(*choices, right=0, kind="single"):
    return {
        "kind": kind,
        "choices": [
            {"key": "abcd"[rank], "text": text, "correct": rank == right, "feedback": "…"}
            for rank, text in enumerate(choices)
        ],
    }


def truth(answer):
    return {
        "kind": "true-false",
        "choices": [
            {"key": key, "text": key, "correct": (key == "true") is answer, "feedback": "…"}
            for key in ("true", "false")
        ],
    }


LONG = "J’appelle la personne au numéro que je connais déjà, avant tout paiement"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (question(LONG, "Je paie tout de suite"), "nettement plus longue"),
        (question("J’appelle", "Je paie", "Toutes ces réponses"), "Toutes ces réponses"),
        (question("J’appelle", "Je paie", "Aucune de ces réponses"), "Toutes ces réponses"),
        (question("Parfois", "Toujours", "Jamais de la vie"), "Chaque mauvaise réponse"),
    ],
)
def test_a_pattern_that_gives_the_answer_away_is_said(asked, words):
    (said,) = giveaways.in_question(asked)
    assert words in said


@pytest.mark.parametrize(
    "asked",
    [
        question("J’appelle la mairesse", "Je paie tout de suite"),
        question("Oui, après un appel", "Non"),
        question(LONG, LONG.replace("appelle", "oublie")),
        question("Jamais", "Toujours", "Parfois"),
        question("Je garde ces réponses", "Je paie"),
        question(),
        question("a", "b", right=9),
        {"kind": "short", "answers": ["toutes ces réponses"]},
    ],
)
def test_what_gives_nothing_away_is_left_alone(asked):
    assert list(giveaways.in_question(asked)) == []


@pytest.mark.parametrize(
    ("answers", "count"),
    [([True] * 3, 1), ([False] * 4, 1), ([True] * 2, 0), ([True, True, False], 0)],
)
def test_truths_that_are_all_alike_are_said_of_the_quiz(answers, count):
    assert len(list(giveaways.in_quiz([truth(each) for each in answers]))) == count


def test_a_giveaway_never_forbids_publishing():
    block = {"uuid": "", "key": "q", "kind": "quiz", "title": "", "draw": None,
             "questions": [{**question(LONG, "Je paie"), "key": "a", "feedback": {}}]}  # fmt: skip
    lesson = {"uuid": "", "key": "l", "kind": "lesson", "title": "L", "objective": "o", "minutes": 1,
              "required": True, "bytes": 1, "blocks": [block]}  # fmt: skip
    document = {"objectives": ["o"], "summary": "s", "publics": ["staff"],
                "modules": [{"title": "M", "lessons": [lesson]}]}  # fmt: skip
    (issue,) = checklist.issues(document)
    assert (issue.blocks, issue.question) == (False, "a")
