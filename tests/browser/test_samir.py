"""Persona 4: Samir Benali, who runs the computers of a town of 28,000 people, on a telephone."""

import re

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import expect

from atn_platform.accounts.models import User
from municipalities.models import ImportBatch
from tests.accounts.openid import running_provider
from tests.browser.bench import axe, context_for
from tests.browser.conftest import signed_in
from tests.browser.test_story import code_from
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory
from tests.municipalities.lists import listed, workbook

PHONE = 375
TENANT = "11111111-2222-3333-4444-555555555555"
PEOPLE = 140


@pytest.fixture
def samir(transactional_db):
    place = MunicipalityFactory(name="Val-des-Monts-Exemple", population=28_000)
    MandateFactory(organisation=place, user__email="elodie@ville.quebec")
    return ResponsibilityFactory(user__first_name="Samir", organisation=place)


def at_home(browser, live_server, person, *, scripts=True):
    context = context_for(browser, width=PHONE, scripts=scripts)
    signed_in(context, live_server, person)
    page = context.new_page()
    page.goto(live_server.url)
    return page


def come_in_by_entra(browser, live_server, entra, scripts) -> None:
    """A colleague types her address, and goes by the provider."""
    entra.know("sujet-1", tid=TENANT, email="elodie@ville.quebec", xms_edov=True)
    visitor = context_for(browser, width=PHONE, scripts=scripts)
    page = visitor.new_page()
    page.goto(f"{live_server.url}/compte/login/code/")
    page.get_by_label("Adresse courriel").fill("elodie@ville.quebec")
    page.get_by_role("button", name="Recevoir un code par courriel").click()
    page.get_by_role("link", name="Continuer avec Microsoft").click()
    page.locator("[name=sub]").fill("sujet-1")
    page.locator("button, input[type=submit]").first.click()
    expect(page).to_have_url(re.compile(re.escape(live_server.url)))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
    visitor.close()


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
@pytest.mark.parametrize("scripts", [True, False])
def test_samir_connects_entra_and_a_colleague_comes_in_by_it(
    browser, live_server, mailbox, settings, samir, scripts
):
    """Persona 4, line 1.

    « Samir peut relier l'organisation à Microsoft Entra avec son domaine vérifié en moins de 15
    minutes, sans intervention d'ATN. » The code of the domain is read in the letter received by
    SMTP; the provider is a process that really runs.
    """
    settings.SITE_URL = live_server.url
    with running_provider() as entra:
        settings.OPENID_ISSUERS = {"microsoft": entra.address, "google": entra.address}
        page = at_home(browser, live_server, samir.user, scripts=scripts)
        page.get_by_role("link", name="Mes gens").click()
        page.get_by_role("link", name="La connexion").click()
        page.get_by_label("Domaine").fill("ville.quebec")
        page.get_by_role("button", name="Envoyer le code").click()
        expect(page.get_by_label("Code")).to_be_visible()
        page.get_by_label("Code").fill(code_from(mailbox))
        page.get_by_role("button", name="Prouver le domaine").click()
        expect(page.get_by_text("est le vôtre")).to_be_visible()
        page.get_by_role("link", name=re.compile("Microsoft")).click()
        page.locator("[name=tenant]").fill(TENANT)
        page.locator("[name=client_id]").fill("atn")
        page.locator("[name=secret]").fill("un secret")
        page.locator("[name=offered]").check()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("proposé à la connexion")).to_be_visible()
        page.context.close()

        come_in_by_entra(browser, live_server, entra, scripts)
    assert SocialAccount.objects.get().user == User.objects.get(email="elodie@ville.quebec")


@pytest.mark.parametrize(("kind", "scripts"), [("xlsx", True), ("csv", False)])
def test_samir_brings_140_people_in_and_mends_what_is_wrong_on_the_page(
    browser, live_server, samir, tmp_path, kind, scripts
):
    """Persona 4, line 2.

    « Samir peut importer 140 personnes d'un fichier CSV ou XLSX avec un aperçu des erreurs ligne
    par ligne en moins de 5 minutes. » Seven clicks, two of which mend a line each.
    """
    rows = [
        ("Alex", f"Tremblay-{n:03d}", f"alex{n}@ville.quebec", "voirie", "") for n in range(PEOPLE)
    ]
    rows[16] = ("Ann", "Roy", "ann@", "", "")
    rows[90] = ("Luc", "Roy", "luc.ville.quebec", "", "")
    path = tmp_path / f"Personnel.{kind}"
    path.write_bytes(workbook(*rows) if kind == "xlsx" else listed(*rows))
    page = at_home(browser, live_server, samir.user, scripts=scripts)
    page.get_by_role("link", name="Mes gens").click()
    page.get_by_role("link", name="Importer une liste").click()
    page.get_by_label("Votre liste").set_input_files(path)
    page.get_by_role("button", name="Voir ce que ça donne").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que cette liste changerait")
    said = page.locator("main").inner_text()
    assert all(f"ligne {number}" in said.lower() for number in (18, 92))
    mend = page.get_by_role("button", name="Corriger")
    for left, address in ((1, "ann@ville.quebec"), (0, "luc@ville.quebec")):
        page.get_by_label("Courriel").first.fill(address)
        mend.first.click()
        expect(mend).to_have_count(left)
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’import est fait")
    assert ImportBatch.objects.get().lines.count() == PEOPLE
    assert samir.organisation.mandates.count() == PEOPLE + 1
    assert User.objects.filter(email__in=["ann@ville.quebec", "luc@ville.quebec"]).count() == 2
    page.context.close()
