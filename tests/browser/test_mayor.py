"""Persona 3: Anouk Pelletier, mayor, on a telephone."""

import io

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from enrollments.queries.readiness import ESSENTIAL
from municipalities.actions import duties
from municipalities.enums import Duty, Public
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


@pytest.mark.parametrize(
    "page",
    ["/ma-municipalite/{code}/", "/mes-formations-obligatoires/",
     "/mes-formations-obligatoires/{seat}/ethics/"],
)  # fmt: skip
def test_her_pages_have_no_accessibility_finding(live_server, anouk, context, page):
    signed_in(context, live_server, anouk.user)
    duties.declare(
        mandate_id=anouk.pk, duty=Duty.SYSTEM, by=anouk.user, at=timezone.now(),
        said=duties.Declared(anouk.starts_on, "Organisme", "", 450),
    )  # fmt: skip
    address = page.format(code=anouk.organisation.handle, seat=anouk.pk)
    assert findings(context, live_server.url + address) == []


def test_the_list_of_the_council_has_no_accessibility_finding(live_server, anouk, context):
    clerk = ResponsibilityFactory(organisation=anouk.organisation).user
    signed_in(context, live_server, clerk)
    address = f"/mes-gens/{anouk.organisation.handle}/conseil/formations/"
    assert findings(context, live_server.url + address) == []


def test_the_choice_between_towns_has_no_accessibility_finding(live_server, anouk, context):
    ResponsibilityFactory(user=anouk.user)
    signed_in(context, live_server, anouk.user)
    assert findings(context, f"{live_server.url}/ma-municipalite/") == []


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

    (sheet,) = printed_by(page, page.get_by_role("link", name="Imprimer le résumé"))
    assert "moins de 5 sur 7" in sheet
    context.close()


def printed_by(page, link) -> list[str]:
    """The text of each page of the PDF that a link opens."""
    content = page.request.get(page.url.split("/m", 1)[0] + link.get_attribute("href")).body()
    pages = PdfReader(io.BytesIO(content)).pages
    return [" ".join(each.extract_text().split()) for each in pages]


@pytest.mark.parametrize("scripts", [True, False])
def test_anouk_declares_a_training_followed_elsewhere_and_prints_the_paper(
    browser, live_server, anouk, scripts, tmp_path
):
    """Persona 3, line 3.

    « Anouk peut déclarer une formation obligatoire suivie ailleurs et produire la déclaration au
    greffe en moins de 2 minutes. » Four fields copied from her proof, and four clicks from home.
    """
    proof = tmp_path / "attestation.pdf"
    proof.write_bytes(b"%PDF-1.7 preuve")
    context = context_for(browser, width=375, scripts=scripts)
    signed_in(context, live_server, anouk.user)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="Mes formations obligatoires").click()
    page.get_by_role("link", name="Déclarer que je l’ai suivie : Éthique").click()
    page.get_by_label("Date de la formation").fill("2026-03-14")
    page.get_by_label("Formatrice, formateur ou organisme").fill("Organisme Exemple")
    page.get_by_label("Durée").fill("trois")
    page.get_by_role("button", name="Déclarer").click()
    expect(page.get_by_role("alert")).to_contain_text("par exemple 7 h 30")
    expect(page.get_by_label("Formatrice, formateur ou organisme")).to_have_value(
        "Organisme Exemple"
    )
    page.get_by_label("Durée").fill("3 h")
    page.get_by_label("Votre attestation").set_input_files(proof)
    page.get_by_role("button", name="Déclarer").click()

    expect(page.get_by_text("Il reste à remettre la déclaration au greffe")).to_be_visible()
    if scripts:
        assert axe(page) == []
    (paper,) = printed_by(page, page.get_by_role("link", name="Imprimer la déclaration"))
    for words in ("Anouk Pelletier, mairesse", "14 mars 2026", "3 h", "E-15.1.0.1"):
        assert words in paper
    context.close()
