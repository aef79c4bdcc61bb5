"""How pages stand: what was displeasing once, and only a browser can measure."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses.actions import load_framework, load_scenarios
from enrollments.actions.coaching import offer_slot
from tests.browser.bench import context_for
from tests.browser.conftest import signed_in
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

PHONE, DESKTOP = 375, 1280
WIDE_ENOUGH = 300  # of a question and the sentence that says what is missing


def opened(browser, live_server, user, width):
    context = context_for(browser, width=width)
    signed_in(context, live_server, user)
    return context.new_page()


@pytest.fixture
def learner(transactional_db):
    return MandateFactory().user


def test_choices_keep_their_lines_when_the_question_is_left_without_an_answer(
    browser, live_server, learner
):
    load_framework()
    load_scenarios()
    page = opened(browser, live_server, learner, PHONE)
    page.goto(live_server.url + reverse("enrollments:positioning"))
    page.get_by_role("button", name="Voir par où commencer").click()
    page.get_by_role("alert").wait_for()
    label = page.locator(".err .opt").first
    assert label.evaluate("each => getComputedStyle(each).display") == "flex"
    assert label.evaluate("each => getComputedStyle(each).fontWeight") == "400"
    page.context.close()


def test_the_footer_of_a_short_page_stands_at_the_foot_of_the_screen(
    browser, live_server, learner
):
    page = opened(browser, live_server, learner, DESKTOP)
    page.goto(live_server.url + reverse("portal:rhythm"))
    foot = page.locator(".foot").bounding_box()
    height = page.viewport_size["height"]
    assert foot["y"] + foot["height"] == pytest.approx(height, abs=1)
    page.context.close()


def test_moments_to_choose_from_never_touch_on_a_telephone(browser, live_server, learner):
    coach = UserFactory(role=Role.COACH)
    now = timezone.now()
    for days in (2, 3, 4):
        start = now + timedelta(days=days)
        offer_slot(
            coach=coach, starts_at=start, ends_at=start + timedelta(minutes=30),
            how="418 555-0123", at=now,
        )  # fmt: skip
    page = opened(browser, live_server, learner, PHONE)
    page.goto(live_server.url + reverse("enrollments:appointments"))
    dots = [each.bounding_box() for each in page.get_by_role("radio").all()]
    assert len(dots) == 3
    assert min(dot["width"] for dot in dots) >= 20
    tops = [dot["y"] for dot in dots]
    assert min(b - a for a, b in pairwise(tops)) >= 44
    page.context.close()


def test_a_plan_longer_than_the_screen_shows_the_lesson_that_is_read(
    browser, live_server, transactional_db
):
    """And scrolls by itself: whatever the Tab key reaches comes into view."""
    lessons = [lesson_document(f"l{number}") for number in range(30)]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=lessons))
    page = opened(browser, live_server, enrollment.learner, DESKTOP)
    page.goto(
        live_server.url
        + reverse("enrollments:lesson", args=[enrollment.course.code.lower(), "l25"])
    )
    expect(page.locator(".plan [aria-current]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0
    last = page.locator(".plan a").last
    last.focus()
    expect(last).to_be_in_viewport()
    page.context.close()


def test_the_question_about_a_namesake_has_the_width_of_the_seat(
    browser, live_server, transactional_db
):
    place = MunicipalityFactory(name="Saint-Exemple", seats_filled=0, seats_vacant=2)
    MandateFactory(
        organisation=place, user__email=None, user__first_name="Luc", user__last_name="Bélanger"
    )
    ginette = ResponsibilityFactory(organisation=place)
    page = opened(browser, live_server, ginette.user, DESKTOP)
    page.goto(f"{live_server.url}/mes-gens/{place.handle}/conseil/")
    page.get_by_label("Prénom").first.fill("Luc")
    page.get_by_label("Nom", exact=True).first.fill("Bélanger")
    page.get_by_label("Sans courriel").first.check()
    page.get_by_role("button", name="Enregistrer et inviter").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Est-ce la même personne?").bounding_box()["width"] > WIDE_ENOUGH
    page.context.close()


def test_bars_stand_in_forced_colours_and_a_title_on_paper(
    browser, live_server, course, transactional_db
):
    enrollment = EnrollmentFactory(version=course.current_version)
    page = opened(browser, live_server, enrollment.learner, DESKTOP)
    page.emulate_media(forced_colors="active")
    page.goto(live_server.url + reverse("portal:rhythm"))
    bar = page.locator(".track > i").first
    assert bar.evaluate("each => getComputedStyle(each).forcedColorAdjust") == "none"
    page.emulate_media(forced_colors="none", media="print")
    page.goto(live_server.url + reverse("portal:home"))
    title = page.get_by_role("heading", level=1)
    assert title.evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
    page.context.close()
