"""A director-general opens the space of her town, on a telephone (persona 1)."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claims
from municipalities.actions.claims import Claimant
from municipalities.models import Claim, Invitation, Responsibility
from municipalities.queries.claims import UMQ_NAMED
from tests.accounts.authenticator import code_of
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory

OFFICIAL = "info@saint-exemple.example"
OWN = "ginette@courriel.example"


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
    asked = claims.ask_code(organisation=place, claimant=ginette, at=timezone.now())
    held = ResponsibilityFactory(organisation=place)
    claims.ask_people(organisation=place, claimant=ginette, at=NOON)
    assert findings(context, f"{live_server.url}/reclamer/demande/{asked.uuid}/") == []
    signed_in(context, live_server, held.user)
    domain = place.mail_domains.create(domain="x.example", sent_to=OFFICIAL, code_expires_at=NOON)
    pages = (
        "{place}/responsables/",
        "responsables/{held}/terminer/",
        "domaines/{domain}/retirer/",
    )
    for page in (
        each.format(place=place.handle, held=held.pk, domain=domain.pk) for each in pages
    ):
        assert findings(context, f"{live_server.url}/mes-gens/{page}") == []


def test_the_pages_of_who_validates_a_claim_have_no_finding(live_server, place, context):
    """S-16: the coordination, where nobody of the municipality can answer."""
    ginette = Claimant(
        "Ginette", "Ouellet", "ginette@courriel.example", "direction", "Appelez-moi"
    )
    asked = claims.ask_people(organisation=place, claimant=ginette, at=UMQ_NAMED)
    coordinator = UserFactory(role=Role.UMQ_COORDINATOR)
    signed_in(context, live_server, coordinator)
    assert findings(context, f"{live_server.url}/demandes-de-responsabilite/{asked.pk}/") == []
    claims.grant(claim_id=asked.pk, by=coordinator, at=timezone.now())
    for page in ("", f"{asked.pk}/retirer/"):
        assert findings(context, f"{live_server.url}/demandes-de-responsabilite/{page}") == []


def keyed(page, role, name, key="Enter"):
    """Reach it by Tab as somebody without a mouse does, and press."""
    wanted = page.get_by_role(role, name=name)
    expect(wanted).to_be_visible()
    for _step in range(60):
        if wanted.evaluate("each => each === document.activeElement"):
            return page.keyboard.press(key)
        page.keyboard.press("Tab")
    pytest.fail(f"no Tab leads to {name}")


def test_s16_the_coordination_says_yes_takes_it_back_and_says_no_by_keyboard(
    browser, live_server, place
):
    """At 375 px, from her home page: the request, the yes, seven days to take it back, the no."""
    asked = [
        claims.ask_people(
            organisation=where,
            claimant=Claimant(name, "Harvey", f"{name}@x.example"),
            at=UMQ_NAMED,
        )
        for where, name in ((place, "Ginette"), (MunicipalityFactory(), "Zoe"))
    ]
    context = context_for(browser, width=375)
    signed_in(context, live_server, UserFactory(role=Role.UMQ_COORDINATOR))
    page = context.new_page()
    page.goto(live_server.url)
    keyed(page, "link", "Ouvrir")
    keyed(page, "link", re.compile("Ginette Harvey"))
    keyed(page, "checkbox", re.compile("J’ai appelé"), key="Space")
    keyed(page, "button", "Accepter")
    expect(page.get_by_text("C’est accepté")).to_be_visible()
    assert Invitation.objects.get().email == "ginette@x.example"
    keyed(page, "link", "Retirer ce oui Ginette Harvey")
    keyed(page, "textbox", re.compile("Pourquoi"), key="E")
    page.keyboard.type("rreur de municipalité")
    keyed(page, "button", "Retirer ce oui")
    expect(page.get_by_text("C’est retiré")).to_be_visible()
    keyed(page, "link", re.compile("Zoe Harvey"))
    keyed(page, "textbox", re.compile("Motif"), key="I")
    page.keyboard.type("nconnue de la mairie")
    keyed(page, "button", "Refuser")
    expect(page.get_by_text("La demande de Zoe Harvey est refusée")).to_be_visible()
    expect(page.get_by_text("Aucune demande n’attend.")).to_be_visible()
    context.close()
    yes, no = (Claim.objects.get(pk=each.pk) for each in asked)
    assert (yes.undone_at is not None, yes.reason) == (True, "Erreur de municipalité")
    assert (no.refused_at is not None, no.reason) == (True, "Inconnue de la mairie")
    assert Invitation.objects.get().cancelled_at is not None


class Effort:
    """A hand on a telephone: what it taps, types and sees; what mail software shows is not ours."""

    def __init__(self, page):
        self.page, self.taps, self.typed, self.screens = page, 0, 0, []

    def tap(self, role, name):
        self.page.get_by_role(role, name=name).click()
        self.taps += 1

    def type(self, label, text):
        self.page.get_by_label(label, exact=True).fill(text)
        self.typed += len(text)

    def sees(self, title):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)
        self.screens.append(title)


def code_to(address):
    letter = OutgoingEmail.objects.get(to_address=address)
    return re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", letter.text)[0]


def claim(page, live_server):
    """From the public page to the codes of two letters; no password anywhere."""
    hand = Effort(page)
    page.goto(f"{live_server.url}/compte/login/code/")
    hand.sees("Se connecter")
    hand.tap("link", "Ouvrir l’espace de votre municipalité")
    hand.sees("Ouvrir l’espace de votre municipalité")
    hand.type("Nom de la municipalité ou de la MRC", "st exemple")
    hand.tap("button", "Chercher")
    hand.tap("link", "Municipalité de Saint-Exemple")
    hand.sees("Municipalité de Saint-Exemple")
    hand.type("Prénom", "Ginette")
    hand.type("Nom", "Ouellet")
    hand.type("Votre courriel à vous", OWN)
    hand.tap("button", "Envoyer le code")
    hand.sees("Entrez les deux codes")
    # She opens her own letter, whose link leads to the same page and fills in its code.
    letter = OutgoingEmail.objects.get(to_address=OWN)
    page.goto(live_server.url + re.search(r"/reclamer/demande/\S+", letter.text)[0])
    expect(page.get_by_label(f"Code reçu à {OWN}")).to_have_value(code_to(OWN))
    hand.type("Code reçu à i•••@saint-exemple.example", code_to(OFFICIAL))
    hand.tap("button", "Ouvrir l’espace")
    return hand


def at_her_people(hand):
    hand.sees("Vos codes de secours")
    expect(hand.page.locator("#recovery_codes li")).to_have_count(10)
    hand.tap("link", "C’est gardé : continuer")
    hand.sees("Mes gens")
    answering = Responsibility.objects.get().user
    assert answering.email == OWN
    assert not answering.has_usable_password()


def test_ginette_opens_the_space_of_her_town_with_her_telephone_alone(phone, live_server, place):
    """From the letter to the first useful screen: her telephone is the second factor.

    Seven taps, fifty-seven characters and seven screens: at one character a second on glass, ten
    seconds a screen and thirty for each of two letters, three minutes of the four she gives.
    """
    hand = claim(phone, live_server)
    hand.sees("Une dernière serrure")
    assert axe(phone) == []
    hand.tap("button", "Utiliser cet appareil")
    at_her_people(hand)
    assert (hand.taps, hand.typed, len(hand.screens)) == (7, 57, 7)


def test_ginette_opens_the_space_of_her_town_with_an_application(browser, live_server, place):
    """The same without scripts, and with the codes of an application."""
    context = context_for(browser, width=375, scripts=False)
    page = context.new_page()
    hand = claim(page, live_server)
    expect(page.get_by_role("button", name="Utiliser cet appareil")).to_be_hidden()
    page.get_by_role("link", name="Prendre une application").click()
    secret = page.get_by_label("Ou recopiez la clé").input_value()
    page.reload()  # as a telephone does when its reader comes back from the application
    page.get_by_label("Code à six chiffres").fill(code_of(secret))
    page.get_by_role("button", name="Confirmer").click()
    at_her_people(hand)
    context.close()
