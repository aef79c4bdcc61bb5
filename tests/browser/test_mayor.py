"""Persona 3: Anouk Pelletier, mayor, on a telephone."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from enrollments.queries.readiness import ESSENTIAL
from municipalities.enums import Public
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    VersionFactory,
)


@pytest.fixture
def town(transactional_db):
    """A council of seven, three of whom finished; a team of twelve, seven of whom did."""
    place = MunicipalityFactory(name="Sainte-Anouk", population=6500, seats_filled=7)
    version = VersionFactory(
        course=CourseFactory(code=ESSENTIAL, title="Cyberréflexes : l’essentiel")
    )
    council = [MandateFactory(organisation=place, public=Public.ELECTED) for _ in range(7)]
    chief = MandateFactory(
        organisation=place, public=Public.MANAGER, function="directrice générale"
    )
    staff = [MandateFactory(organisation=place) for _ in range(11)]
    for mandate in [*council[1:4], chief, *staff[:6]]:
        EnrollmentFactory(mandate=mandate, version=version, completed=True)
    return place


@pytest.fixture
def anouk(town):
    seat = town.mandates.filter(public=Public.ELECTED).order_by("pk").first()
    seat.user.first_name, seat.user.last_name = "Anouk", "Pelletier"
    seat.user.save()
    seat.function = "mairesse"
    seat.save()
    return seat


@pytest.fixture
def contexts(browser, large_text_browser):
    pair = context_for(browser), context_for(large_text_browser)
    yield pair
    for context in pair:
        context.close()


def test_her_page_has_no_accessibility_finding(live_server, anouk, contexts):
    for context in contexts:
        signed_in(context, live_server, anouk.user)
    address = f"{live_server.url}/ma-municipalite/{anouk.organisation.handle}/"
    assert findings(*contexts, address) == []


def test_the_choice_between_towns_has_no_accessibility_finding(live_server, anouk, contexts):
    ResponsibilityFactory(user=anouk.user)
    for context in contexts:
        signed_in(context, live_server, anouk.user)
    assert findings(*contexts, f"{live_server.url}/ma-municipalite/") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_anouk_reads_how_ready_her_town_is_and_prints_it(browser, live_server, anouk, scripts):
    """Persona 3, lines 1 and 2.

    « Anouk peut lire l'état de préparation de sa ville sur une page en moins de 1 minute (aucun
    résultat individuel). » One screen of words, one click from her home page.
    « Anouk peut imprimer un résumé d'une page pour la séance du conseil en 2 clics. »
    """
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, anouk.user)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="L’état de préparation de ma municipalité").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Sainte-Anouk")
    said = page.locator("main").inner_text().replace("\xa0", " ")
    assert "moins de 5 sur 7" in said
    assert "7 sur 12" in said
    assert len(said.split()) < 220  # a minute of reading
    for mandate in anouk.organisation.mandates.exclude(pk=anouk.pk):
        assert mandate.user.last_name not in said
    if scripts:
        assert axe(page) == []

    printed = page.request.get(page.url.rstrip("/") + "/" + "resume.pdf")
    link = page.get_by_role("link", name="Imprimer le résumé")
    assert link.get_attribute("href").endswith("/resume.pdf")
    (sheet,) = PdfReader(io.BytesIO(printed.body())).pages
    assert "moins de 5 sur 7" in sheet.extract_text().replace("\xa0", " ")
    context.close()
