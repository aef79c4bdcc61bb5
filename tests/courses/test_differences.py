"""What a version changes, said to an author."""

from copy import deepcopy

from courses.differences import differences
from courses.models import Course
from tests.factories import choice_question, course_document, lesson_document


def course(*stations):
    return course_document(Course(code="ESS-1", title="Essai"), list(stations))


def said(before, after):
    return [(each.kind, each.title, each.details) for each in differences(before, after)]


def test_the_same_document_changes_nothing():
    one = course(lesson_document("a", questions=[choice_question()]))
    assert differences(one, deepcopy(one)) == []


def test_the_first_version_adds_everything():
    details = "Leçon, 8\u00a0min, questions\u00a0: 1"
    one = course(lesson_document("a", questions=[choice_question()]))
    assert said(None, one) == [("added", "Leçon a", (details,))]


def test_stations_added_removed_and_moved_are_named_and_what_is_required_is_marked():
    a, b, c = (lesson_document(key) for key in "abc")
    optional = {**c, "required": False}
    found = differences(course(a, b), course(optional, b))
    assert [(each.kind, each.title, each.required) for each in found] == [
        ("added", "Leçon c", False), ("removed", "Leçon a", True),
    ]  # fmt: skip
    assert said(course(a, b), course(b, a)) == [("modified", "", ("L’ordre des étapes change.",))]


def test_what_changes_in_a_station_is_said_block_by_block_and_question_by_question():
    before = lesson_document("a", questions=[choice_question(), choice_question("qr")])
    after = deepcopy(before)
    after |= {"title": "Autrement", "minutes": 9, "required": False}
    after["blocks"][0]["html"] = "<p>Un autre texte.</p>"
    quiz = after["blocks"][1]
    quiz["questions"][0]["choices"][0]["feedback"] = "Autre raison."
    quiz["questions"][1] = choice_question("appel")
    after["blocks"].append({"uuid": "n", "key": "n", "kind": "callout", "title": "Demain"})
    ((kind, title, details),) = said(course(before), course(after))
    quoted = "«\u00a0Que faites-vous d’abord?\u00a0»"
    assert (kind, title) == ("modified", "Autrement")
    assert [each.replace("\u00a0:", " :") for each in details] == [
        "Titre : Leçon a → Autrement.",
        "Durée (min) : 8 → 9.",
        "Elle devient facultative.",
        "Bloc modifié : texte, «\u00a0Un autre texte.\u00a0».",
        f"Question modifiée : {quoted}",
        f"Question ajoutée : {quoted}",
        f"Question retirée : {quoted}",
        "Bloc ajouté : encadré, «\u00a0Demain\u00a0».",
    ]


def test_the_front_page_says_what_changes():
    before = course(lesson_document("a"))
    assert differences({**before, "uec": 0.0}, {**before, "uec": 0.1}) == []
    after = {**deepcopy(before), "pass_mark": 80, "summary": "Autre.", "uec": 0.1}
    ((__, title, details),) = said(before, after)
    assert title == ""
    assert [each.replace("\u00a0:", " :") for each in details] == [
        "Seuil de réussite (%) : 70 → 80.",
        "Le résumé change.",
        "Le cours donne des UEC.",
    ]
