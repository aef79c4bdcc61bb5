"""What a person chooses for themselves: the size of the text, a rhythm, a lesson for a break."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.portal.next_step import Following, NextStep, pace, short_steps
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

DAY = date(2026, 11, 2)
HOME = reverse("portal:home")


def lesson(name, minutes):
    return Following("Cours", name, minutes, f"/{name}/", None, NOON)


def test_what_fits_a_break_is_shown_shortest_first_beside_the_next_step():
    step = NextStep("resume", "a", "Cours", 5, "/a/")
    every = [lesson("a", 5), lesson("b", 15), lesson("c", 16), lesson("d", 3), lesson("e", 0)]
    assert [each.lesson for each in short_steps(every, step)] == ["d", "b"]
    assert len(short_steps([lesson(name, 9) for name in "abcdef"], None)) == 3


@pytest.mark.parametrize(
    ("chosen", "left", "weeks"), [("30", 60, 2), ("30", 61, 3), ("120", 1, 1), ("15", 0, None)]
)
def test_a_rhythm_says_where_it_leads(chosen, left, weeks):
    found = pace(chosen, left, on=DAY)
    assert found.ends_on == (None if weeks is None else DAY + timedelta(weeks=weeks))


@pytest.mark.parametrize("chosen", ["", "0", "31", "<b>"])
def test_without_a_rhythm_nothing_is_computed(chosen):
    assert pace(chosen, 60, on=DAY) is None


@pytest.fixture
def learner(client, db):
    stations = [lesson_document("a"), lesson_document("b"), lesson_document("c")]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=stations))
    client.force_login(enrollment.learner)
    return enrollment


def test_chantal_sees_what_she_can_finish_in_fifteen_minutes_and_begins_in_one_click(
    client, learner
):
    """Persona 5, line 1."""
    page = client.get(HOME)
    assertContains(page, "Vous avez 15 minutes?")
    code = learner.course.code.lower()
    address = reverse("enrollments:lesson", args=[code, "b"])
    assertContains(page, f'href="{address}"')
    assert client.get(address).status_code == 200


def test_each_rhythm_shows_how_long_it_would_take_before_it_is_chosen(client, learner):
    page = client.get(reverse("portal:rhythm"))
    assertContains(page, 'class="track"', count=4)
    assertContains(page, "width:100.0%")
    assertNotContains(page, "aria-pressed")
    page = client.post(reverse("portal:rhythm"), {"minutes": "30"}, follow=True)
    assertContains(page, 'value="30" aria-pressed="true"', count=1)


@pytest.mark.django_db
def test_without_a_course_a_rhythm_is_chosen_and_no_day_is_made_up(client):
    client.force_login(UserFactory())
    page = client.get(reverse("portal:rhythm"))
    assertContains(page, "Aucun cours n’est commencé")
    assertNotContains(page, 'class="track"')


def test_a_rhythm_is_chosen_kept_and_left(client, learner):
    page = client.post(reverse("portal:rhythm"), {"minutes": "15"}, follow=True)
    assertContains(page, "Vous avez choisi 15\u00a0min par semaine")
    assertContains(page, "serait terminé vers le")
    assertNotContains(page, "retard")
    page = client.post(reverse("portal:rhythm"), {"minutes": "0"}, follow=True)
    assertContains(page, "Combien de temps par semaine?")


def test_the_size_of_the_text_is_kept_on_every_page_without_a_script(client, learner):
    address = reverse("enrollments:lesson", args=[learner.course.code.lower(), "a"])
    assertContains(client.get(address), "Taille du texte")
    typed = {"size": "2", "next": address}
    page = client.post(reverse("portal:text-size"), typed, follow=True)
    assert page.redirect_chain[-1][0] == address
    assertContains(page, 'class=" txt2"')
    assertContains(client.get(HOME), "txt2")
    client.post(reverse("portal:text-size"), {"size": "9"})
    assertNotContains(client.get(HOME), "txt")


def test_one_lesson_is_printed_flat_without_its_answers(client, learner):
    code = learner.course.code.lower()
    page = client.get(reverse("enrollments:print-lesson", args=[code, "a"]))
    assertContains(page, "Texte de a.")
    assertContains(page, 'media="print"')
    assertNotContains(page, 'csrfmiddlewaretoken" name="attempt')
    assert client.get(reverse("enrollments:print-lesson", args=[code, "zzz"])).status_code == 404
