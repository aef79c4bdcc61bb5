"""A scenario as its author sees it."""

from courses.graph import EDGE, GAP, STEP, WIDTH, graph


def scene(key, *to, ending=""):
    choices = [
        {"key": "a", "text": f"vers {each}", "feedback_html": "", "to": each} for each in to
    ]
    return {"key": key, "text_html": "", "choices": choices, "ending": ending}


def drawn(*scenes, start="a"):
    return graph({"start": start, "scenes": list(scenes)})


def test_scenes_stand_by_the_fewest_choices_that_lead_to_them():
    found = drawn(scene("a", "b", "c"), scene("b", "c"), scene("c", ending="good"))
    places = {each.key: (each.x, each.y, each.ending) for each in found.boxes}
    second = EDGE + WIDTH + GAP
    assert places == {
        "a": (EDGE, EDGE, ""), "b": (second, EDGE, ""), "c": (second, EDGE + STEP, "good"),
    }  # fmt: skip
    assert len(found.paths) == 3
    assert found.steps[0] == ("a", "vers b", "b")


def test_a_choice_that_comes_back_or_turns_round_is_drawn_under_the_scenes():
    found = drawn(scene("a", "b", "a"), scene("b", "a"))
    assert len(found.paths) == 3
    assert all(each.y < found.height for each in found.boxes)


def test_what_nothing_leads_to_stands_apart_and_what_leads_nowhere_has_no_line():
    found = drawn(scene("a", "nulle-part"), scene("perdue", ending="bad"))
    assert [(each.key, each.is_reached) for each in found.boxes] == [
        ("a", True), ("perdue", False),
    ]  # fmt: skip
    assert found.paths == []


def test_a_scenario_without_a_first_scene_is_drawn_all_the_same():
    found = drawn(scene("b", ending="good"), start="ailleurs")
    assert [each.is_reached for each in found.boxes] == [False]
    assert drawn(start="").boxes == []


def test_a_long_key_is_cut_in_the_picture_alone():
    (box,) = drawn(
        scene("une-cle-vraiment-tres-longue"), start="une-cle-vraiment-tres-longue"
    ).boxes
    assert (box.label, box.key) == ("une-cle-vraiment…", "une-cle-vraiment-tres-longue")
