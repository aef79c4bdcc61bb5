"""A director-general opens the space of her town, on a telephone (persona 1)."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claims
from municipalities.actions.claims import Claimant
from municipalities.models import Responsibility
from tests.accounts.authenticator import code_of
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory

OFFICIAL = "info@saint-exemple.example"


@pytest.fixture
def place(transactional_db):
    return MunicipalityFactory(
        name="Saint-Exemple",
        official_name="Municipalité de Saint-Exemple",
        official_email=OFFICIAL,
    )


@pytest.mark.parametrize("page", ["?q=exemple", "?q=inconnue", "{handle}/", "{handle}/?demande=1"])
def test_the_way_to_a_claim_has_no_accessibility_finding(live_server, place, context, page):
    address = f"{live_server.url}/reclamer/{page.format(handle=place.handle)}"
    assert findings(context, address) == []


def test_the_pages_of_a_claim_have_no_accessibility_finding(live_server, place, context):
    ginette = Claimant("Ginette", "Ouellet", "ginette@courriel.example")
    asked = claims.ask_code(organisation=place, claimant=ginette, at=NOON)
    held = ResponsibilityFactory(organisation=place)
    claims.ask_people(organisation=place, claimant=ginette, at=NOON)
    assert findings(context, f"{live_server.url}/reclamer/demande/{asked.uuid}/") == []
    signed_in(context, live_server, held.user)
    for page in (f"{place.handle}/responsables/", f"responsables/{held.pk}/terminer/"):
        assert findings(context, f"{live_server.url}/mes-gens/{page}") == []


def test_the_pages_of_who_validates_a_claim_have_no_finding(live_server, place, context):
    """S-16: the coordination, where nobody of the municipality can answer."""
    ginette = Claimant(
        "Ginette", "Ouellet", "ginette@courriel.example", "direction", "Appelez-moi"
    )
    asked = claims.ask_people(organisation=place, claimant=ginette, at=timezone.now())
    signed_in(context, live_server, UserFactory(role=Role.UMQ_COORDINATOR))
    for page in ("", f"{asked.pk}/"):
        assert findings(context, f"{live_server.url}/demandes-de-responsabilite/{page}") == []


def claim(page, live_server):
    """From the public page to the code of the town hall's letter; no password anywhere."""
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_role("link", name="Ouvrir l’espace de votre municipalité").click()
    page.get_by_label("Nom de la municipalité").fill("st exemple")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Municipalité de Saint-Exemple").click()
    page.get_by_label("Prénom").fill("Ginette")
    page.get_by_label("Nom", exact=True).fill("Ouellet")
    page.get_by_label("Votre courriel à vous").fill("ginette@courriel.example")
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_label("Code de la lettre")).to_be_visible()
    letter = OutgoingEmail.objects.get()
    assert letter.to_address == OFFICIAL
    # She opens the letter of the town hall, whose link leads to the same page.
    page.goto(live_server.url + re.search(r"/reclamer/demande/\S+", letter.text)[0])
    page.get_by_label("Code de la lettre").fill(
        re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", letter.text)[0]
    )
    page.get_by_role("button", name="Ouvrir l’espace").click()


def at_her_people(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    expect(page.locator("#recovery_codes li")).to_have_count(10)
    page.get_by_role("link", name="C’est gardé : continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes gens")
    answering = Responsibility.objects.get().user
    assert answering.email == "ginette@courriel.example"
    assert not answering.has_usable_password()


def test_ginette_opens_the_space_of_her_town_with_her_telephone_alone(phone, live_server, place):
    """From the letter to the first useful screen: her telephone is the second factor."""
    claim(phone, live_server)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Une dernière serrure")
    assert axe(phone) == []
    phone.get_by_role("button", name="Utiliser cet appareil").click()
    at_her_people(phone)


def test_ginette_opens_the_space_of_her_town_with_an_application(browser, live_server, place):
    """The same without scripts, and with the codes of an application."""
    context = context_for(browser, width=375, scripts=False)
    page = context.new_page()
    claim(page, live_server)
    expect(page.get_by_role("button", name="Utiliser cet appareil")).to_be_hidden()
    page.get_by_role("link", name="Prendre une application").click()
    secret = page.get_by_label("Ou recopiez la clé").input_value()
    page.reload()  # as a telephone does when its reader comes back from the application
    page.get_by_label("Code à six chiffres").fill(code_of(secret))
    page.get_by_role("button", name="Confirmer").click()
    at_her_people(page)
    context.close()
