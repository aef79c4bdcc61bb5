"""A list of people brought in, on a telephone."""

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.models import User
from municipalities.actions import imports
from municipalities.models import ImportBatch
from tests.browser.bench import axe, context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import NOON, MandateFactory, MunicipalityFactory, ResponsibilityFactory
from tests.municipalities.lists import ELOISE, PAUL, listed, workbook

WRONG = ("Ann", "Roy", "ann@", "", "")


@pytest.fixture
def louise(transactional_db):
    place = MunicipalityFactory(name="Saint-Exemple")
    MandateFactory(organisation=place, user__last_name="Absente", function="archives")
    MandateFactory(user__email=PAUL[2])
    return ResponsibilityFactory(user__first_name="Louise", organisation=place)


@pytest.fixture
def context(context, live_server, louise):
    signed_in(context, live_server, louise.user)
    return context


def kept(louise, *rows, **options) -> ImportBatch:
    return imports.receive(
        organisation=louise.organisation, name="gens.csv", content=listed(*rows, **options),
        by=louise.user, at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("voir", ["wrong", "doubtful", "new"])
def test_a_list_looked_at_has_no_accessibility_finding(live_server, louise, context, voir):
    batch = kept(louise, ELOISE, PAUL, WRONG)
    address = f"{live_server.url}/mes-gens/listes/{batch.pk}/?voir={voir}"
    assert findings(context, address) == []


@pytest.mark.parametrize("page", ["", "annuler/"])
def test_a_list_imported_has_no_accessibility_finding(live_server, louise, context, page):
    batch = kept(louise, ELOISE)
    imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOON)
    assert findings(context, f"{live_server.url}/mes-gens/listes/{batch.pk}/{page}") == []


def test_the_way_in_and_the_columns_have_no_accessibility_finding(live_server, louise, context):
    batch = kept(louise, ("Roy", "roy@ville.example"), header=("Nom", "Couriel"))
    handle = louise.organisation.handle
    assert findings(context, f"{live_server.url}/mes-gens/{handle}/importer/") == []
    assert findings(context, f"{live_server.url}/mes-gens/listes/{batch.pk}/") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_running_import_says_how_far_it_is_then_that_it_is_done(
    browser, live_server, louise, scripts
):
    batch = kept(louise, ELOISE)
    imports.start(batch_id=batch.pk, writes=False)
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, louise.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/listes/{batch.pk}/")
    expect(page.get_by_role("status")).to_contain_text("Lignes écrites : 0 sur 1")
    imports.commit(batch_id=batch.pk, at=NOON)
    if not scripts:
        page.get_by_role("link", name="Actualiser").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’import est fait")
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_louise_brings_her_workbook_in_on_a_telephone(
    browser, live_server, louise, tmp_path, scripts
):
    path = tmp_path / "Personnel.xlsx"
    path.write_bytes(workbook(ELOISE, PAUL, WRONG))
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, louise.user)
    page = context.new_page()
    page.goto(f"{live_server.url}/mes-gens/{louise.organisation.handle}/")
    page.get_by_role("link", name="Importer une liste").click()
    page.get_by_label("Votre liste").set_input_files(path)
    page.get_by_role("button", name="Voir ce que ça donne").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que cette liste changerait")
    page.get_by_label("Courriel").fill("ann@ville.example")
    mend = page.get_by_role("button", name="Corriger")
    mend.click()
    expect(mend).to_have_count(0)
    page.get_by_role("link", name="À décider").click()
    page.get_by_label("Lui demander son accord").check()
    page.get_by_role("button", name="Garder ces choix").click()
    expect(page.get_by_text("Vos choix sont gardés.")).to_be_visible()
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’import est fait")
    assert User.objects.filter(email__in=["ann@ville.example", ELOISE[2]]).count() == 2
    assert louise.organisation.invitations.get().email == PAUL[2]
    page.get_by_role("link", name="Voir mes gens").click()
    expect(page.get_by_text("Éloïse L’Écuyer").first).to_be_visible()
    context.close()
