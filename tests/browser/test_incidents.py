"""Persona 11: « Philippe peut inscrire un incident de confidentialité avec les 8 éléments. »"""

import pytest

from atn_platform.accounts.enums import Role
from atn_platform.incidents.models import Incident
from tests.browser.bench import axe
from tests.browser.conftest import signed_in
from tests.factories import UserFactory


@pytest.mark.parametrize("width", [375, 1280])
def test_p21_philippe_writes_an_incident(browser, live_server, transactional_db, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-CA")
    signed_in(context, live_server, UserFactory(role=Role.ADMINISTRATOR))
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/incidents/incident/")
    page.get_by_role("link", name="Inscrire un incident").click()
    page.get_by_label("Renseignements personnels visés").fill("Noms et adresses")
    page.get_by_role("textbox", name="Circonstances").fill("Liste envoyée à la mauvaise adresse")
    page.get_by_role("button", name="Écrire au registre").click()
    page.get_by_role("alert").wait_for()
    assert axe(page) == []
    page.get_by_label("Date de l’incident, ou début de la période").fill("2026-11-20")
    page.get_by_label("Prise de connaissance, ou début").fill("2026-11-21")
    page.get_by_role("spinbutton", name="Nombre de personnes concernées").fill("12")
    page.get_by_role("textbox", name="Mesures prises").fill("Fichier détruit")
    page.get_by_label("Pas encore connu : 6. Risque").check()
    page.get_by_label("Pas encore connu : 7. Avis").check()
    page.get_by_role("button", name="Écrire au registre").click()
    page.get_by_text("L’incident est inscrit au registre.").wait_for()
    assert axe(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    assert Incident.objects.get().latest.unknown == ["risk", "notices"]
    context.close()
