"""The council on one page, on a telephone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from municipalities.enums import Public
from municipalities.models import CouncilRenewal, Invitation
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory

PHONE = 375


@pytest.fixture
def ginette(transactional_db):
    place = MunicipalityFactory(name="Saint-Exemple", seats_filled=5, seats_vacant=2)
    for function in ("mairesse", "conseillère, siège 2"):
        MandateFactory(
            organisation=place, public=Public.ELECTED, function=function,
            starts_on=date(2021, 11, 7),
        )  # fmt: skip
    return ResponsibilityFactory(user__first_name="Ginette", organisation=place)


@pytest.mark.parametrize(
    "page", ["conseil/", "conseil/election/", "mandats/", "mandats/?etat=termines"]
)
def test_a_page_about_the_council_has_no_accessibility_finding(
    live_server, ginette, context, page
):
    signed_in(context, live_server, ginette.user)
    address = f"{live_server.url}/mes-gens/{ginette.organisation.handle}/{page}"
    assert findings(context, address) == []


@pytest.mark.parametrize("page", ["", "autre/", "depart/"])
def test_a_page_about_a_mandate_has_no_accessibility_finding(live_server, ginette, context, page):
    signed_in(context, live_server, ginette.user)
    mandate = ginette.organisation.mandates.first()
    address = f"{live_server.url}/mes-gens/mandats/{mandate.pk}/{page}"
    assert findings(context, address) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_ginette_asks_her_council_in_on_a_telephone(browser, live_server, ginette, scripts):
    """Persona 1: names and addresses typed once, and what is wrong shown at its cell."""
    context = context_for(browser, width=PHONE, scripts=scripts)
    signed_in(context, live_server, ginette.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/{ginette.organisation.handle}/")
    page.get_by_role("link", name="Le conseil").click()
    for number in (1, 3, 4, 5, 6):
        seat = page.get_by_role("group", name=f"Siège {number}")
        seat.get_by_label("Prénom").fill(f"Prénom{number}")
        seat.get_by_label("Nom", exact=True).fill("Tremblay")
        seat.get_by_label("Courriel", exact=True).fill(
            "" if number == 6 else f"elu{number}@exemple.quebec"
        )
    page.get_by_role("button", name="Enregistrer et inviter").click()

    alert = page.get_by_role("alert")
    alert.get_by_role("link", name="Siège 6, Courriel").click()
    cell = page.get_by_role("group", name="Siège 6").get_by_label("Courriel", exact=True)
    if scripts:
        expect(cell).to_be_focused()
        assert axe(page) == []
    page.get_by_role("group", name="Siège 6").get_by_label("Sans courriel").check()
    page.get_by_role("button", name="Enregistrer et inviter").click()

    expect(page.get_by_text("Invitations envoyées : 4.")).to_be_visible()
    expect(page.get_by_text("Au conseil dès maintenant : Prénom6 Tremblay.")).to_be_visible()
    expect(page.get_by_text("Tous les sièges ont quelqu’un.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert Invitation.objects.count() == 4
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_ginette_renews_her_council_on_a_telephone_and_takes_it_back(
    browser, live_server, ginette, scripts
):
    context = context_for(browser, width=PHONE, scripts=scripts)
    signed_in(context, live_server, ginette.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/{ginette.organisation.handle}/conseil/")
    page.get_by_role("link", name="Il y a eu une élection").click()
    expect(page.locator(".fate")).to_have_count(2)
    mayor, second = page.locator(".fate").all()
    mayor.get_by_label("Quitte le conseil").check()
    new = page.get_by_role("group", name="Mairie")
    new.get_by_label("Courriel", exact=True).fill("anouk@exemple.quebec")
    page.get_by_role("button", name="Voir le résumé").click()

    # Nothing was said of the second one: told first, and what was typed is still there.
    page.get_by_role("alert").get_by_role("link").click()
    expect(new.get_by_label("Courriel", exact=True)).to_have_value("anouk@exemple.quebec")
    if scripts:
        assert axe(page) == []
    second.get_by_label("Réélue ou réélu").check()
    page.get_by_role("button", name="Voir le résumé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tout est exact?")
    if scripts:
        assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert not CouncilRenewal.objects.exists()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("Invitations envoyées : 1.")).to_be_visible()
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Annuler ce renouvellement").click()
    expect(page.get_by_text("tout est comme avant")).to_be_visible()
    assert CouncilRenewal.objects.get().undone_at is not None
    context.close()
