"""« Mes gens » on a telephone: who stands where, and what a responsable does about it."""

import io
import zipfile

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from atn_platform.notifications.models import OutgoingEmail
from certificates import actions as certificate_actions
from enrollments.actions import groups
from enrollments.models import Enrollment, PathEnrollment
from municipalities.enums import Public
from tests.browser.bench import context_for, findings
from tests.browser.clicks import Activations
from tests.browser.conftest import signed_in
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    PathFactory,
    ResponsibilityFactory,
    VersionFactory,
    agreeing,
)


@pytest.fixture
def ginette(transactional_db):
    """The responsable of a town of ten people, in every state."""
    place = MunicipalityFactory(name="Saint-Exemple")

    def member(name, public=Public.STAFF, **facts):
        mandate = MandateFactory(
            organisation=place, user__last_name=name, public=public, function="voirie"
        )
        if facts:
            EnrollmentFactory(mandate=mandate, **facts)
        return mandate

    member("Aubin")
    member("Bergeron", stations_done=0)
    member("Caron", first_activity_at=LONG_AGO, stations_done=1)
    member("Dion", completed=True)
    member("Émond", Public.ELECTED, completed=True)
    agreeing(member("Fiset", Public.ELECTED, completed=True).user)
    return ResponsibilityFactory(user__first_name="Ginette", organisation=place)


@pytest.fixture
def context(context, live_server, ginette):
    signed_in(context, live_server, ginette.user)
    return context


PAGES = [
    "", "?etat=waiting&q=berg", "?q=zzz", "inscrire/", "inscrire/?fonction=voirie&aucune=1",
    "attribuer/", "relancer/", "preuves/", "papier/",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_of_a_town_s_people_have_no_accessibility_finding(
    live_server, ginette, context, page
):
    address = f"{live_server.url}/mes-gens/{ginette.organisation.handle}/{page}"
    assert findings(context, address) == []


@pytest.mark.parametrize("page", ["", "annuler/"])
def test_a_group_before_and_after_has_no_accessibility_finding(
    live_server, ginette, context, page
):
    mandates = ginette.organisation.mandates.all()
    path = PathFactory(title="Sécurité", courses=[VersionFactory().course])
    group = groups.choose(
        organisation=ginette.organisation,
        wishes=[groups.Wish(each, path) for each in mandates],
        by=ginette.user,
        at=timezone.now(),
    )
    if page:
        groups.enroll_group(group_id=group.pk, advised_on=None, by=ginette.user, at=timezone.now())
        begun = Enrollment.objects.filter(mandate__in=mandates, course=path.steps.get().course)
        begun.filter(pk=begun.first().pk).update(first_activity_at=timezone.now())
    assert findings(context, f"{live_server.url}/mes-gens/groupes/{group.pk}/{page}") == []


@pytest.fixture
def town(transactional_db):
    """Persona 1: seven elected people and three employees, one of them Ginette herself."""
    place = MunicipalityFactory(name="Saint-Exemple")
    ginette = ResponsibilityFactory(user__first_name="Ginette", organisation=place)
    MandateFactory(user=ginette.user, organisation=place, public=Public.MANAGER)
    for number in range(1, 8):
        MandateFactory(organisation=place, public=Public.ELECTED, function=f"siège {number}")
    for name in ("Guy", "Luc"):
        MandateFactory(organisation=place, user__first_name=name, user__last_name="Lavoie")
    return ginette


@pytest.fixture
def phone(browser, live_server):
    """Someone's telephone, at their own home page, counting what they press."""
    contexts = []

    def at_home(person, *, scripts=True):
        context = context_for(browser, width=375, scripts=scripts)
        contexts.append(context)
        signed_in(context, live_server, person)
        pressed = Activations(context)
        page = context.new_page()
        page.goto(live_server.url)
        return page, pressed

    yield at_home
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_persona_1_enrols_ten_people_in_cyb_101_in_four_clicks(phone, town, scripts):
    course = VersionFactory(course__code="CYB-101", course__title="Cyberréflexes").course
    page, pressed = phone(town.user, scripts=scripts)
    page.get_by_role("link", name="Mes gens").click()
    page.get_by_role("link", name="Inscrire à une formation").click()
    page.get_by_role("button", name="Choisir CYB-101").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui va se passer")
    page.get_by_role("button", name="Confirmer l’inscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait")
    if scripts:
        assert pressed.count == 4
    assert Enrollment.objects.filter(course=course).count() == 10
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Annuler l’inscription").click()
    expect(page.get_by_text("est annulée").first).to_be_visible()
    assert not Enrollment.objects.exists()


def test_persona_1_sees_who_has_not_begun_in_one_click_and_reminds_them_in_two(phone, town):
    waiting = town.organisation.mandates.filter(user__last_name="Lavoie")
    for mandate in waiting:
        EnrollmentFactory(mandate=mandate)
    page, pressed = phone(town.user)
    page.get_by_role("link", name="Mes gens").click()
    names = page.get_by_text("Guy Lavoie, Luc Lavoie")
    expect(names).to_be_visible()
    box, screen = names.bounding_box(), page.viewport_size
    # « Voit » : without scrolling more than one screen.
    assert box["y"] + box["height"] <= 2 * screen["height"]
    assert pressed.count == 1
    page.get_by_role("link", name="Relancer ces personnes").click()
    page.get_by_role("button", name="Envoyer 2 rappels").click()
    expect(page.get_by_text("2 rappels sont prêts.")).to_be_visible()
    assert pressed.count == 3
    assert {each.recipient for each in OutgoingEmail.objects.all()} == {
        each.user for each in waiting
    }
    page.get_by_role("button", name="Reprendre ces rappels").click()
    expect(page.get_by_text("ne partiront pas")).to_be_visible()
    assert not OutgoingEmail.objects.exists()


def test_persona_1_takes_all_the_proofs_of_the_year_in_three_clicks(phone, town):
    for mandate in town.organisation.mandates.filter(user__last_name="Lavoie"):
        done = EnrollmentFactory(mandate=mandate, completed=True)
        made = certificate_actions.issue(enrollment_id=done.pk, at=NOON)
        certificate_actions.produce_file(certificate_id=made.pk, at=NOON)
    page, pressed = phone(town.user)
    page.get_by_role("link", name="Mes gens").click()
    page.get_by_role("link", name="Preuves").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tout 2026 : attestations et relevé").click()
    assert pressed.count == 3
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert names[:2] == ["releve-2026.xlsx", "releve-2026.pdf"]
    assert sum(name.startswith("attestations/") for name in names) == 2


def test_persona_4_gives_three_parcours_by_function_in_one_act_and_takes_it_back(phone, town):
    titles = ("Décider", "Gérer", "Servir")
    for title in titles:
        PathFactory(title=title, courses=[VersionFactory().course])
    page, __ = phone(town.user)
    page.get_by_role("link", name="Mes gens").click()
    page.get_by_role("link", name="Inscrire à une formation").click()
    page.get_by_role("link", name="Attribuer plusieurs parcours").click()
    for public, title in zip(("Élues et élus", "Gestionnaires", "Personnel"), titles, strict=True):
        page.get_by_label(public).select_option(label=title)
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    page.get_by_role("button", name="Confirmer l’inscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est fait")
    assert PathEnrollment.objects.count() == 10
    assert PathEnrollment.objects.filter(path__title="Décider").count() == 7
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Annuler l’inscription").click()
    expect(page.get_by_text("est annulée").first).to_be_visible()
    assert not PathEnrollment.objects.exists()


def test_persona_4_takes_progress_by_service_in_two_clicks(phone, town):
    page, pressed = phone(town.user)
    page.get_by_role("link", name="Mes gens").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="avancement par fonction (Excel)").click()
    assert pressed.count == 2
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.sheetnames == ["Par fonction", "Personnes"]
    assert ("adjointe administrative", 3) in {
        row[:2] for row in book["Par fonction"].iter_rows(values_only=True)
    }


def test_the_count_of_clicks_counts(phone, town):
    """Negative control: each press is one, a key too, and moving about is none."""
    page, pressed = phone(town.user)
    assert pressed.count == 0
    page.mouse.wheel(0, 400)
    page.get_by_role("link", name="Mes gens").click()
    page.get_by_role("link", name="Preuves").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Preuves et attestations")
    assert pressed.count == 2
