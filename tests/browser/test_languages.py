"""English in a browser (B-86): the way to it from an invitation, and words three times as long."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real
from playwright.sync_api import expect

from atn_platform.accounts.enums import Language
from atn_platform.core.templatetags.atn import draw_once
from atn_platform.core.templatetags.sentences import _sentence
from enrollments import actions
from municipalities.actions import invitations
from municipalities.actions.invitations import Guest, token_for
from municipalities.enums import Designation, Public
from tests.browser.bench import CHECKS, axe, context_for
from tests.browser.conftest import signed_in
from tests.factories import NOON, MandateFactory, MunicipalityFactory, ResponsibilityFactory

# What stands in a sentence for a value, or for a link: said once, however long the rest.
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|<[^>]+>")


class ThreeTimesAsLong:
    """A catalogue whose every translation takes 300 % of its room."""

    def __init__(self, real):
        self._real = real

    def get(self, key, default=None):
        return self._longer(self._real.get(key, default)) if key else self._real.get(key, default)

    def plural(self, msgid, num):
        return self._longer(self._real.plural(msgid, num))

    def _longer(self, said):
        words = PLACES.sub("", said) if isinstance(said, str) else ""
        return f"{said} {words} {words}" if words.strip() else said


@pytest.fixture
def long_english(monkeypatch):
    """Pieces that a process keeps are drawn again, before and after."""
    catalogue = trans_real.translation(Language.ENGLISH)
    monkeypatch.setattr(catalogue, "_catalog", ThreeTimesAsLong(catalogue._catalog))
    for cache in (draw_once, _sentence):
        cache.cache_clear()
    yield
    for cache in (draw_once, _sentence):
        cache.cache_clear()


@pytest.fixture
def lucy(course):
    """She answers for a northern village, reads in English, and takes a course."""
    place = MunicipalityFactory(designation=Designation.NORTHERN_VILLAGE, code="99095")
    mandate = MandateFactory(organisation=place, user__language=Language.ENGLISH)
    ResponsibilityFactory(user=mandate.user, organisation=place)
    for __ in range(4):
        MandateFactory(organisation=place)
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    return mandate.user


PAGES = [
    "/", "/cours/ess-101/", "/cours/ess-101/signes/", "/cours/ess-101/bilan/", "/catalogue/",
    "/rencontres/", "/attestations/", "/compte/", "/compte/2fa/", "/compte/consentements/",
    "/compte/vie-privee/", "/messages/preferences/", "/aide/", "/vie-privee/",
    "/mes-gens/99095/", "/mes-gens/99095/inviter/", "/mes-gens/99095/conseil/",
    "/mes-gens/99095/importer/",
]  # fmt: skip


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
def test_b86_words_three_times_as_long_leave_no_page_of_a_telephone(
    browser, live_server, lucy, long_english
):
    context = context_for(browser, width=375)
    signed_in(context, live_server, lucy)
    page = context.new_page()
    outside = {}
    for path in PAGES:
        page.goto(live_server.url + path)
        expect(page.locator("html")).to_have_attribute("lang", "en-CA")
        page.evaluate(CHECKS)
        outside[path] = page.evaluate("atnChecks.overflow()")
    # The words are long indeed: without them this test would prove nothing.
    page.goto(live_server.url)
    expect(page.get_by_role("link", name="My courses My courses My courses")).to_be_visible()
    context.close()
    assert {path: found for path, found in outside.items() if found} == {}


def test_lucy_chooses_english_and_takes_the_whole_course_away(browser, live_server, course):
    """Persona 13.

    « Elle peut choisir l'anglais comme langue d'appoint et télécharger tout le cours en un document
    léger (< 2 Mo). » The courses of the demonstration are weighed in tests/demo.
    """
    place = MunicipalityFactory(designation=Designation.NORTHERN_VILLAGE)
    mandate = MandateFactory(organisation=place, user__first_name="Lucy")
    actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    context = context_for(browser, width=375)
    signed_in(context, live_server, mandate.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/compte/")
    page.get_by_role("button", name="Read this in English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-CA")
    page.goto(f"{live_server.url}/cours/ess-101/")
    for name in ("Booklet to print (PDF)", "E-book (EPUB)"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).click()
        assert waiting.value.path().stat().st_size < 2_000_000
    mandate.user.refresh_from_db()
    assert mandate.user.language == Language.ENGLISH
    context.close()


def test_b86_from_a_french_page_to_an_account_in_english(browser, live_server, course):
    answering = ResponsibilityFactory(organisation__designation=Designation.NORTHERN_VILLAGE)
    (made,) = invitations.invite(
        organisation=answering.organisation,
        guests=[Guest(email="lucy@kuujjuaq.quebec", public=Public.STAFF)],
        by=answering.user,
        at=timezone.now(),
    )
    context = context_for(browser, width=375)
    page = context.new_page()
    link = reverse("municipalities:invitation", args=[token_for(made)])
    page.goto(live_server.url + link)
    expect(page.locator("html")).to_have_attribute("lang", "fr-CA")
    page.get_by_role("button", name="Read this in English").click()
    expect(page.get_by_role("button", name="Accept the invitation")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("First name").fill("Lucy")
    page.get_by_label("Last name").fill("Annahatak")
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("heading", name="Hello, Lucy.")).to_be_visible()
    page.goto(f"{live_server.url}/cours/ess-101/")
    expect(page.get_by_text("Courses are given in French.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("h1").evaluate("each => each.closest('[lang]').lang") == "fr-CA"
    assert axe(page) == []
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr-CA")
    context.close()
