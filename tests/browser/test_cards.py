"""Printed cards, on a telephone: Ginette prints them, Réjean comes in with his."""

import io
import re
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from atn_platform.accounts import actions
from atn_platform.accounts.models import Card, User
from municipalities.enums import Public
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory

CODE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")
PHRASE = "pommes neige tracteur lac"
PEOPLE = """\
Anouk Pelletier, mairesse, anouk@courriel.example
Réjean Tremblay, conseiller siège 1
Lise Roy, conseillère siège 2, lise@courriel.example
Paul Côté, conseiller siège 3
Nadia Gagnon, conseillère siège 4, nadia@courriel.example
Yvon Caron, conseiller siège 5
Marie Dubé, conseillère siège 6, marie@courriel.example
Chantal Girard, adjointe, chantal@courriel.example
Luc Bélanger, contremaître
Samir Benali, inspecteur, samir@courriel.example
"""
WITHOUT = ["Réjean Tremblay", "Paul Côté", "Yvon Caron", "Luc Bélanger"]


@pytest.fixture
def ginette(transactional_db):
    place = MunicipalityFactory(name="Saint-Exemple")
    held = ResponsibilityFactory(
        organisation=place, user__first_name="Ginette", user__last_name="Ouellet"
    )
    MandateFactory(user=held.user, organisation=place, function="directrice générale")
    return held


def rejean(ginette) -> tuple[User, str]:
    """Réjean, who has no address, and the code of his card."""
    user = MandateFactory(
        organisation=ginette.organisation, user__email=None, user__first_name="Réjean",
        user__last_name="Tremblay", user__password=make_password(None),
    ).user  # fmt: skip
    [made] = actions.print_cards(
        people=[user], place="Saint-Exemple", printing=uuid4(), by=ginette.user, at=timezone.now()
    )
    return user, made.code


@pytest.mark.parametrize("page", ["cartes/", "cartes/?qui=tous", "cartes/?q=tremblay"])
def test_the_list_of_cards_has_no_accessibility_finding(live_server, ginette, context, page):
    rejean(ginette)
    signed_in(context, live_server, ginette.user)
    address = f"{live_server.url}/mes-gens/{ginette.organisation.handle}/{page}"
    assert findings(context, address) == []


def test_the_door_of_cards_and_the_way_back_have_no_accessibility_finding(
    live_server, ginette, context
):
    user, _code = rejean(ginette)
    assert findings(context, f"{live_server.url}/compte/carte/?identifiant=a@b") == []
    signed_in(context, live_server, user)
    for page in ("retour/", "carte/", "password/set/", ""):
        assert findings(context, f"{live_server.url}/compte/{page}") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_ginette_adds_ten_people_four_without_an_address_and_prints_their_codes(
    browser, live_server, ginette, scripts
):
    """Persona 1, second line."""
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, ginette.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/{ginette.organisation.handle}/")
    page.get_by_role("link", name="Importer une liste").click()
    page.get_by_label("Ou collez").fill(PEOPLE)
    page.get_by_role("button", name="Voir ce que ça donne").click()
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’import est fait")
    assert User.objects.filter(email=None).count() == len(WITHOUT)
    elected = ginette.organisation.mandates.filter(public=Public.ELECTED)
    assert elected.count() == 7
    page.get_by_role("link", name="Imprimer les cartes").click()
    for name in WITHOUT:
        expect(page.get_by_label(name)).to_be_checked()
    assert page.get_by_role("checkbox").count() == len(WITHOUT)
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Préparer les cartes").click()
    page.get_by_label("Numéro à appeler").fill("418 555-0162")
    if scripts:
        assert axe(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Imprimer (PDF)").click()
    [sheet] = PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages
    text = sheet.extract_text()
    assert len(set(CODE.findall(text))) == Card.objects.count() == len(WITHOUT)
    assert all(name in text for name in WITHOUT)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_rejean_comes_in_with_his_printed_code_and_no_password(
    browser, live_server, ginette, scripts
):
    """Persona 2, first line: the square fills the handle; three gestures, then home."""
    user, code = rejean(ginette)
    context = context_for(browser, width=375, scripts=scripts)
    page = context.new_page()
    page.goto(f"{live_server.url}/compte/carte/?identifiant={user.handle}")
    expect(page.get_by_label("Identifiant")).to_have_value("rejean.tremblay@saint-exemple")
    page.get_by_label("Code de la carte").fill(code[:4] + "-" + code[4:].lower())
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment reviendrez-vous?")
    page.get_by_role("link", name="Continuer sans rien choisir").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réjean")
    context.close()


def test_rejean_chooses_a_passphrase_and_comes_back_with_it(browser, live_server, ginette):
    user, code = rejean(ginette)
    context = context_for(browser, width=375)
    page = context.new_page()
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_role("link", name="J’ai un code imprimé").click()
    page.get_by_label("Identifiant").fill("Rejean.Tremblay@Saint-Exemple")
    page.get_by_label("Code de la carte").fill("ACEF GHJK MNPR")
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    page.get_by_label("Code de la carte").fill(code)
    page.get_by_role("button", name="Entrer").click()
    page.get_by_role("link", name="Choisir ma phrase").click()
    page.locator("[name=password1]").fill(PHRASE)
    page.locator("[name=password2]").fill(PHRASE)
    assert axe(page) == []
    page.get_by_role("button", name="Garder cette phrase").click()
    context.close()
    later = context_for(browser, width=375)
    page = later.new_page()
    page.goto(f"{live_server.url}/compte/login/")
    page.get_by_label("Courriel ou identifiant").fill(str(user.handle))
    page.locator("[name=password]").fill(PHRASE)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réjean")
    later.close()
