from datetime import timedelta

import pytest

from atn_platform.portal.next_step import (
    Choice,
    Facts,
    Following,
    Meeting,
    Sheet,
    Suggestion,
    Work,
    next_step,
)
from tests.factories import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def meeting(starts=NOON + HOUR, **fields):
    return Meeting(title="Clinique", starts_at=starts, ends_at=starts + HOUR, url="/r/", **fields)


def following(name, *, last=None, enrolled=NOON - 30 * DAY):
    return Following(
        course=name, lesson=f"Leçon de {name}", minutes=8, url=f"/{name}/", last_activity_at=last,
        enrolled_at=enrolled,
    )  # fmt: skip


BEGUN = following("A", last=NOON - DAY)
EVERYTHING = Facts(
    meetings=[meeting()],
    sheets=[Sheet("Atelier", NOON - DAY, "/f/")],
    choices=[Choice("Choisir une date", NOON + 3 * DAY, "/c/")],
    following=[BEGUN, following("B")],
    path=[Suggestion("C", 60, "/c/")],
    catalogue=[Suggestion("D", 60, "/d/")],
    aside=[Suggestion("E", 60, "/e/")],
    work=[Work("Rencontre", "/t/", NOON + DAY), Work("Rapport", "/w/")],
)
NOW = ("meetings", "sheets", "choices")


@pytest.mark.parametrize(
    ("missing", "kind"),
    [
        ((), "meeting"),
        (("meetings",), "sheet"),
        (("meetings", "sheets"), "choice"),
        (NOW, "resume"),
        ((*NOW, "following"), "path"),
        ((*NOW, "following", "path"), "catalogue"),
        ((*NOW, "following", "path", "catalogue"), "aside"),
        ((*NOW, "following", "has_mandate"), "teach"),
        ((*NOW, "following", "has_mandate", "work"), "mandate"),
        (("following", "has_mandate"), "meeting"),
        ((*NOW, "has_mandate"), "resume"),
    ],
)
def test_the_most_pressing_thing_comes_first(missing, kind):
    fields = {name: getattr(EVERYTHING, name) for name in EVERYTHING.__slots__}
    gone = {name: False if name == "has_mandate" else () for name in missing}
    facts = Facts(**{**fields, **gone})
    assert next_step(facts, NOON).kind == kind


def test_nothing_to_do_is_nothing():
    assert next_step(Facts(), NOON) is None


@pytest.mark.parametrize(
    ("starts", "kind"),
    [
        (NOON + HOUR, "meeting"),
        (NOON + HOUR + timedelta(seconds=1), "resume"),
        (NOON - HOUR + timedelta(seconds=1), "meeting"),
        (NOON - HOUR, "resume"),
    ],
)
def test_a_meeting_counts_from_an_hour_before_to_its_end(starts, kind):
    assert next_step(Facts(meetings=[meeting(starts)], following=[BEGUN]), NOON).kind == kind


@pytest.mark.parametrize(
    ("until", "kind"),
    [(NOON + 7 * DAY, "choice"), (NOON + 8 * DAY, "resume"), (NOON - HOUR, "resume")],
)
def test_a_choice_counts_in_its_last_seven_days(until, kind):
    facts = Facts(choices=[Choice("Choisir", until, "/c/")], following=[BEGUN])
    assert next_step(facts, NOON).kind == kind


def test_the_earliest_of_several_wins():
    late, early = meeting(NOON + HOUR), meeting(NOON)
    assert next_step(Facts(meetings=[late, early]), NOON).minutes == 60
    choices = [Choice("Après", NOON + 5 * DAY, "/2/"), Choice("Avant", NOON + DAY, "/1/")]
    step = next_step(Facts(choices=choices), NOON)
    assert (step.title, step.at) == ("Avant", NOON + DAY)


def test_the_course_last_worked_on_is_resumed_before_a_course_not_begun():
    older = following("vieux", last=NOON - 9 * DAY)
    step = next_step(Facts(following=[following("neuf"), older, BEGUN]), NOON)
    assert (step.kind, step.title, step.minutes, step.url) == ("resume", "Leçon de A", 8, "/A/")


def test_of_courses_not_begun_the_first_joined_comes_first():
    rows = [following("B", enrolled=NOON), following("A", enrolled=NOON - DAY)]
    step = next_step(Facts(following=rows), NOON)
    assert (step.kind, step.course) == ("start", "A")


def test_the_oldest_sheet_is_filled_first():
    sheets = [Sheet("B", NOON - DAY, "/b/"), Sheet("A", NOON - 3 * DAY, "/a/")]
    step = next_step(Facts(sheets=sheets), NOON)
    assert (step.title, step.url, step.at) == ("A", "/a/", NOON - 3 * DAY)


def test_a_page_of_one_s_own_has_no_hour():
    step = next_step(Facts(work=[Work("Rapport", "/w/")], has_mandate=False), NOON)
    assert (step.kind, step.url, step.at) == ("work", "/w/", None)
