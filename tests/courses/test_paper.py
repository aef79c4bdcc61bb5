"""A course on paper: letters of the booklet, what is typed from its sheet, and its code."""

import pytest
from django.template.loader import render_to_string

from courses import paper
from enrollments import grading
from tests.enrollments.test_grading import (
    CLASSIFYING,
    CLOZE,
    EVERY_KIND,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SEVERAL_ZONES,
    SINGLE,
)
from tests.factories import VersionFactory, lesson_document


def right(question: dict) -> list[str]:
    """An answer that earns the whole mark."""
    if "pairs" in question:
        return [pair["right"] for pair in question["pairs"]]
    if "gaps" in question:
        return [_written(gap["kind"], gap["choices"]) for gap in question["gaps"]]
    if question["kind"] in {"short", "numeric"}:
        words = question.get("answers")
        return words[:1] if words else [_written(question["kind"], question["choices"])]
    ticked = [each["key"] for each in question.get("choices", ()) if each["correct"]]
    return ticked or question["items"]


def _written(kind: str, choices: list[dict]) -> str:
    found = next(each for each in choices if each["correct"])
    return found["key"] if kind == "single" else found["text"].split(" ")[0]


def printed(*questions: dict, number: int = 1) -> list[paper.Asked]:
    """The questions as the booklet asks them, in their own order."""
    lesson = lesson_document("a", questions=list(questions))
    (quiz,) = paper.stops({"modules": [{"lessons": [lesson]}]})[0].quizzes.values()
    by_uuid = {each.doc["uuid"]: each for each in quiz.asked}
    return [by_uuid[each["uuid"]] for each in questions]


def letters(asked: paper.Asked, answer: list[str]) -> dict[str, str]:
    """What somebody who knows writes on the sheet."""
    if asked.keys:
        by_key = {p["key"]: side for p, side in zip(asked.doc["pairs"], answer, strict=True)}
        answer = [by_key[key] for key in asked.keys]
    lines = [[each] for each in answer] if "gaps" in asked.doc else [answer]
    written = {}
    for line, values in zip(asked.lines, lines, strict=True):
        by_value = {option.value: option.letter for option in line.options}
        written[line.name] = "".join(by_value.get(value, value) for value in values)
    return written


@pytest.mark.parametrize(
    "question", [*EVERY_KIND, SEVERAL_ZONES], ids=lambda each: each["uuid"][:8]
)
def test_the_letters_of_a_right_answer_are_marked_right(question):
    (asked,) = printed(question)
    typed = letters(asked, right(question))
    said = paper.read(asked, typed)
    assert grading.mark([question], {question["uuid"]: said})[0].right
    (line, *__) = asked.lines
    spaced = (
        {name: " - ".join(each.lower()) for name, each in typed.items()} if line.options else typed
    )
    if "gaps" not in question:
        assert paper.read(asked, spaced) == said


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda each: each["uuid"][:8])
def test_what_is_left_blank_is_no_answer(question):
    (asked,) = printed(question)
    assert paper.read(asked, {}) == []
    assert all(paper.understood(line, "  ") == "" for line in asked.lines)


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        (SINGLE, "ab", "Une seule lettre"),
        (SINGLE, "z", "Z.» n’est pas"),
        (SINGLE, "0", "0.» n’est pas"),
        (MULTIPLE, "ad", "de A à C"),
        (ORDERING, "abb", "une seule fois"),
        (ORDERING, "ab", "une seule fois"),
        (MATCHING, "a", "2 en tout"),
        (CLASSIFYING, "abcd", "D.» n’est pas"),
        (NUMERIC, "trois", "un nombre seul"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(question, typed, said):
    (asked,) = printed(question)
    with pytest.raises(paper.Unread, match=said):
        paper.read(asked, {asked.lines[0].name: typed})


def test_a_row_left_empty_is_a_zero_and_a_gap_left_empty_is_blank():
    matching, cloze = printed(MATCHING, CLOZE)
    sides = {option.letter: option.value for option in matching.lines[0].options}
    said = paper.read(matching, {matching.lines[0].name: "A0"})
    assert sorted(said) == ["", sides["A"]]
    assert paper.read(cloze, {cloze.lines[1].name: "72"}) == ["", "72", ""]


def test_understood_tells_in_words_what_was_read():
    single, classifying = printed(SINGLE, CLASSIFYING)
    letter = letters(single, ["b"])[single.lines[0].name]
    assert paper.understood(single.lines[0], letter) == "J’appelle."
    said = paper.understood(classifying.lines[0], "A0C")
    assert said.count("→") == 3
    assert "Tout de suite" in said
    assert "—" in said


def test_lines_are_numbered_by_station_then_by_question():
    stations = [lesson_document("a"), lesson_document("b", questions=[SINGLE, CLOZE])]
    stop = paper.stops({"modules": [{"lessons": stations}]})[1]
    (quiz,) = stop.quizzes.values()
    labels = [line.label for asked in quiz.asked for line in asked.lines]
    assert [each.label for each in quiz.asked] == ["2.1", "2.2"]
    assert len(labels) == len(set(labels)) == 4


def test_the_paper_is_the_same_for_everyone_until_its_questions_change():
    (quiz,) = [
        block for block in lesson_document("a", questions=[SINGLE])["blocks"] if "draw" in block
    ]
    assert paper.attempt_of(quiz) == paper.attempt_of({**quiz, "title": "Autre titre"})
    assert paper.attempt_of(quiz) != paper.attempt_of({**quiz, "questions": [SINGLE, CLOZE]})


@pytest.mark.django_db
def test_the_code_of_a_sheet_names_its_version():
    version = VersionFactory(number=3, content_hash="5" * 64)
    code = paper.code_of(version)
    assert code.startswith(f"{version.course.code}-3-")
    assert paper.number_in(code) == (version.course.code, 3)
    version.content_hash = "6" * 64
    assert paper.code_of(version) != code
    assert paper.number_in("n’importe quoi") is None


@pytest.mark.parametrize(
    ("question", "words"),
    [(SINGLE, "une seule"), (MULTIPLE, "une ou plusieurs"), (NUMERIC, "un nombre")],
)
def test_each_line_of_the_sheet_says_what_is_to_be_written(question, words):
    lesson = lesson_document("a", questions=[question])
    page = render_to_string(
        "courses/booklet/sheet.html",
        {
            "stops": paper.stops({"modules": [{"lessons": [lesson]}]}),
            "course": {"title": "Essai"},
            "version": {"number": 1},
            "code": "ESS-101-1-ACEF",
        },
    )
    assert page.count('<th scope="row">') == 1
    assert words in page
    assert "en quelques mots" not in page
