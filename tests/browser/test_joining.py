"""Luc joins by the poster of the garage, on its tablet, without an address (persona 6)."""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from municipalities.actions import joining
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory

CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")


@pytest.fixture
def ginette(transactional_db):
    place = MunicipalityFactory(name="Saint-Exemple")
    return ResponsibilityFactory(
        organisation=place, user__first_name="Ginette", user__last_name="Ouellet"
    )


@pytest.fixture
def poster(ginette):
    return joining.put_up(organisation=ginette.organisation, by=ginette.user, at=NOON)


@pytest.mark.parametrize("device", [(375, True), (375, False), (820, True)])
def test_luc_joins_without_an_address_and_comes_in_once_his_dg_said_yes(
    browser, live_server, ginette, poster, device
):
    """Persona 6, first line: the square of the poster, a name, one choice, one button."""
    width, scripts = device
    tablet = context_for(browser, width=width, scripts=scripts)
    page = tablet.new_page()
    page.goto(f"{live_server.url}/rejoindre/{poster.code}/")
    page.get_by_label("Prénom").fill("Luc")
    page.get_by_label("Nom", exact=True).fill("Bélanger")
    page.get_by_label("Membre du personnel").check()
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Demander mon inscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est noté")
    assert "Bélanger" not in page.content()

    code = say_yes(browser, live_server, ginette, scripts=scripts)
    page.get_by_role("link", name="Entrer avec une carte").click()
    page.get_by_label("Identifiant").fill("luc.belanger@saint-exemple")
    page.get_by_label("Code de la carte").fill(code)
    page.get_by_label("Appareil partagé").check()
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_text("Vous êtes Luc Bélanger")).to_be_visible()
    tablet.close()


def say_yes(browser, live_server, ginette, *, scripts) -> str:
    """The DG accepts on her telephone and prints the card, whose code this gives."""
    office = context_for(browser, width=375, scripts=scripts)
    signed_in(office, live_server, ginette.user)
    desk = office.new_page()
    desk.goto(f"{live_server.url}/mes-gens/{ginette.organisation.handle}/affiche/")
    desk.get_by_role("button", name="Accepter").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Les cartes")
    expect(desk.get_by_label("Luc Bélanger")).to_be_checked()
    desk.get_by_role("button", name="Préparer les cartes").click()
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="Imprimer (PDF)").click()
    [sheet] = PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages
    office.close()
    return CODE.search(sheet.extract_text())[0]


def test_the_pages_of_the_poster_have_no_accessibility_finding(
    live_server, ginette, poster, context
):
    assert findings(context, f"{live_server.url}/rejoindre/{poster.code}/") == []
    reader = joining.Reader("Luc", "Bélanger", "staff")
    joining.ask(code=poster.code, reader=reader, at=NOON)
    signed_in(context, live_server, ginette.user)
    handle = ginette.organisation.handle
    assert findings(context, f"{live_server.url}/mes-gens/{handle}/affiche/") == []
