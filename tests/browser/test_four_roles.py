"""One course, four people: ATN publishes it, a municipality sends someone, UMQ reads the numbers."""

import csv
import io
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from atn_platform.accounts.enums import Role
from courses import actions as course_actions
from tests.accounts.authenticator import code_of
from tests.browser.bench import context_for
from tests.browser.test_story import answer_as_someone_who_knows, code_from, passed
from tests.course_files import write_course
from tests.factories import EnrollmentFactory, MandateFactory, ResponsibilityFactory, UserFactory

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of every second factor that UserFactory sets up
GUEST = "amina.diallo@municipalite.quebec"


@pytest.fixture
def new_page(browser):
    """A browser of one's own, closed at the end."""
    contexts = []

    def begin(*, width):
        contexts.append(context_for(browser, width=width))
        return contexts[-1].new_page()

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture
def visit(new_page, live_server, mailbox, settings):
    """Sign in as a person does, code from the letter box and second factor included."""
    settings.SITE_URL = live_server.url

    def begin(email):
        page = new_page(width=1280)
        page.goto(f"{live_server.url}/compte/login/code/")
        page.get_by_label("Adresse courriel").fill(email)
        page.get_by_role("button", name="Recevoir un code par courriel").click()
        expect(page.get_by_label("Code")).to_be_visible()
        page.get_by_label("Code").fill(code_from(mailbox))
        page.get_by_role("button", name="Se connecter", exact=True).click()
        page.wait_for_url("**/2fa/**")
        page.locator("input[name=code]").fill(code_of(SECRET))
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(lambda url: "/compte/" not in url)
        return page

    return begin


@pytest.mark.ignore_template_errors  # allauth's own page of the second factor
def test_a_course_goes_from_its_authors_to_the_figures_of_the_province(
    visit, new_page, live_server, mailbox, transactional_db, tmp_path
):
    draft = course_actions.import_folder(path=write_course(tmp_path))
    responsibility = ResponsibilityFactory()
    place = responsibility.organisation

    publish(visit(UserFactory(role=Role.ADMINISTRATOR).email), live_server.url)
    draft.refresh_from_db()
    assert draft.current_version.number == 1
    # Groups of fewer than five are hidden from UMQ: four colleagues are here already.
    for _ in range(4):
        colleague = MandateFactory(organisation=place)
        EnrollmentFactory(mandate=colleague, version=draft.current_version)

    team = visit(responsibility.user.email)
    invite(team, live_server.url, place)
    learner = accept(new_page(width=375), mailbox)
    number = learn(learner, live_server.url)

    # The same session: a code of the application serves once (RFC 6238, section 5.2).
    team.set_viewport_size({"width": 375, "height": 812})
    team.goto(f"{live_server.url}/mes-gens/{place.handle}/")
    expect(team.get_by_text("Amina Diallo").first).to_be_visible()
    assert number not in team.content()

    coordinator = visit(UserFactory(role=Role.UMQ_COORDINATOR).email)
    coordinator.goto(f"{live_server.url}/rapports/participation/")
    expect(coordinator.get_by_role("heading", name="La participation au Québec")).to_be_visible()
    assert "Diallo" not in coordinator.content()
    coordinator.get_by_label("Période", exact=True).select_option(quarter(timezone.localdate()))
    coordinator.get_by_role("button", name="Appliquer").click()
    link = coordinator.get_by_role("link", name="Télécharger pour Excel (CSV)").get_attribute(
        "href"
    )
    sheet = coordinator.context.request.get(live_server.url + link)
    rows = list(csv.reader(io.StringIO(sheet.body().decode("utf-8-sig")), delimiter=";"))
    heading = next(row for row in rows if "Municipalités participantes" in row[1:])
    (region,) = [row for row in rows if row and place.region.name in row]
    found = dict(zip(heading, region, strict=True))
    # Enrolling is not taking part: one person did, which UMQ may not know of so small a group.
    assert found["Personnes participantes"] == "masqué"


def quarter(day) -> str:
    return f"{day.year}-T{(day.month + 2) // 3}"


def publish(page, base) -> None:
    page.goto(f"{base}/admin/atelier/ess-101/")
    page.get_by_role("link", name="Publier").click()
    page.get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("version 1", exact=False).first).to_be_visible()


def invite(page, base, place) -> None:
    page.goto(f"{base}/mes-gens/{place.handle}/inviter/")
    page.get_by_label("Courriel").fill(GUEST)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text(GUEST).first).to_be_visible()


def accept(page, mailbox):
    """The person invited opens the link of the letter, says who they are, and is home."""
    letter = mailbox.messages[-1].get_payload(0).get_payload(decode=True).decode()
    page.goto(re.search(r"http\S+/invitation/\S+", letter)[0])
    page.get_by_label("Prénom").fill("Amina")
    page.get_by_label("Nom", exact=True).fill("Diallo")
    page.get_by_label("Personnel").check()
    page.get_by_label("Fonction").fill("inspectrice")
    page.get_by_role("button", name="Accepter l’invitation").click()
    page.wait_for_url(lambda url: "/invitation/" not in url)
    return page


def learn(page, base) -> str:
    """Follow the course to its end; the number of the attestation, as its PDF prints it."""
    page.goto(f"{base}/cours/ess-101/")
    page.get_by_role("button", name="M’inscrire à ce cours").click()
    page.get_by_role("link", name=re.compile("Commencer")).click()
    page.get_by_role("button", name="Terminer la leçon").click()
    for _ in range(20):
        answer_as_someone_who_knows(page)
        page.get_by_role("button", name="Vérifier mes réponses").click()
        if passed(page):
            break
        page.get_by_role("link", name="Réessayer").click()
    page.goto(f"{base}/attestations/")
    link = page.get_by_role("link", name="Télécharger le PDF").get_attribute("href")
    text = PdfReader(io.BytesIO(page.context.request.get(base + link).body())).pages[0]
    printed = text.extract_text()
    assert "Amina Diallo" in printed
    return re.search(r"ATN-\d{4}-\d{6}-[A-Y]", printed)[0]
