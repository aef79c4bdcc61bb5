"""The proofs of a year for an employer: whose they are, what they say, who may take them."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import page as page_validation
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from atn_platform.audit.models import Entry
from certificates import actions, exports, queries, views
from certificates.enums import RevocationReason
from certificates.models import Certificate
from enrollments.enums import Status
from enrollments.models import Enrollment
from municipalities.enums import Public
from tests.certificates.conftest import issued
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
    agreeing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ginette(client):
    responsibility = ResponsibilityFactory()
    client.force_login(responsibility.user)
    return responsibility


def take(client, responsibility, extension, year=2026):
    handle = responsibility.organisation.handle
    address = reverse("certificates:take-proofs", args=[handle, year, extension])
    return client.get(address)


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def test_everything_of_a_year_is_in_one_archive(client, ginette):
    place = ginette.organisation
    first = issued(with_file=True, organisation=place, first_name="Éloïse", last_name="Roy")
    second = issued(with_file=True, organisation=place, first_name="Éloïse", last_name="Roy")
    issued(organisation=place)  # its PDF is still owed
    issued(with_file=True)  # of another town
    answer = take(client, ginette, "zip")
    assert answer.streaming
    assert f"preuves-{place.handle}-2026.zip" in answer.headers["Content-Disposition"]
    book = zipfile.ZipFile(io.BytesIO(body(answer)))
    assert book.testzip() is None
    assert set(book.namelist()) == {
        "releve-2026.xlsx",
        "releve-2026.pdf",
        f"attestations/eloise-roy-{first.number}.pdf",
        f"attestations/eloise-roy-{second.number}.pdf",
    }
    assert book.read(f"attestations/eloise-roy-{first.number}.pdf") == bytes(first.pdf.content)
    assert Entry.objects.filter(verb="proofs.exported", actor=ginette.user).count() == 1


def test_the_statement_says_what_the_law_asks_and_leaves_wages_to_the_employer(client, ginette):
    made = issued(
        organisation=ginette.organisation, first_name="Luc", last_name="Roy", function="greffier"
    )
    book = openpyxl.load_workbook(io.BytesIO(body(take(client, ginette, "xlsx"))))
    headings, line = book.active.iter_rows(values_only=True)
    said = dict(zip(headings, line, strict=True))
    facts = made.facts
    assert said["Nom"] == "Luc Roy"
    assert said["Fonction"] == "greffier"
    assert said["Activité"] == f"{facts['course_code']} – {facts['course_title']}"
    assert said["Objet"] == "; ".join(facts["objectives"])
    assert said["Date"].date() == date(2026, 1, 5)
    assert said["Heures"] == round(facts["minutes"] / 60, 2)
    assert said["Délivrée par"] == facts["issuer"]
    assert said["Attestation no"] == made.number
    assert said["Frais ($), selon vos factures"] is None
    assert said["Salaire pour ces heures ($)"] is None


def test_the_printed_statement_is_tagged_and_says_the_same(client, ginette):
    for _ in range(30):
        issued(organisation=ginette.organisation)
    content = body(take(client, ginette, "pdf"))
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert report.is_compliant, report
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 1
    numbers = set(Certificate.objects.values_list("number", flat=True))
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    text = "".join(text.split()).replace("\ufffe", "")
    assert {each for each in numbers if each in text} == numbers


def test_s65_names_that_look_like_formulas_are_text_and_read_back_as_they_were(client, ginette):
    """S-65: =, + and the full-width sign open a name; the workbook keeps it, a CSV shields it."""
    # No « @ » here: names lose it when they are written (core/names.py).
    names = ("=1+1", "+ATTENTION", "-2", "＝1")
    for name in names:
        issued(organisation=ginette.organisation, first_name=name, last_name="Roy")
    book = openpyxl.load_workbook(io.BytesIO(body(take(client, ginette, "xlsx"))))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == {f"{name} Roy" for name in names}
    assert {cell.data_type for cell in cells} == {"s"}
    handle = ginette.organisation.handle
    address = reverse("enrollments:export-people", args=[handle, "personnes", "csv"])
    for each in Enrollment.objects.select_related("mandate"):
        assert each.mandate.organisation == ginette.organisation
    rows = csv.reader(io.StringIO(body(client.get(address)).decode("utf-8-sig")), delimiter=";")
    assert {row[2] for row in rows if row[2].endswith("Roy")} == {f"'{name} Roy" for name in names}


def test_elected_people_are_in_the_proofs_with_their_consent_alone(client, ginette):
    place = ginette.organisation
    private = issued(organisation=place, public=Public.ELECTED)
    shown = issued(organisation=place, public=Public.ELECTED)
    agreeing(shown.enrollment.learner)
    assert list(queries.proofs(place)) == [shown]
    assert private.number not in body(take(client, ginette, "xlsx")).decode("latin-1")


def test_what_was_revoked_or_replaced_proves_nothing(ginette):
    place = ginette.organisation
    revoked = issued(organisation=place)
    actions.revoke(
        certificate_id=revoked.pk, reason=RevocationReason.values[0], by=UserFactory(), at=NOON
    )
    assert list(queries.proofs(place)) == []
    corrected = issued(organisation=place)
    corrected.enrollment.learner.last_name = "Corrigée"
    corrected.enrollment.learner.save()
    new = actions.reissue(certificate_id=corrected.pk, by=UserFactory(), at=NOON)
    assert list(queries.proofs(place)) == [new]


def test_a_year_is_that_of_the_day_printed(ginette):
    made = issued(organisation=ginette.organisation)
    late = EnrollmentFactory(
        mandate=MandateFactory(organisation=ginette.organisation),
        status=Status.COMPLETED,
        # New Year's Eve in Québec is already the next year in Greenwich.
        completed_at=datetime(2026, 1, 1, 3, tzinfo=UTC),
    )
    eve = actions.issue(enrollment_id=late.pk, at=NOON)
    rows = queries.proofs(ginette.organisation)
    assert queries.years_of(rows) == {2026: 1, 2025: 1}
    assert list(queries.of_year(rows, 2026)) == [made]
    assert list(queries.of_year(rows, 2025)) == [eve]


@pytest.mark.parametrize("extension", ["zip", "xlsx", "pdf"])
def test_s09_a_file_of_proofs_is_for_its_responsable_today(client, ginette, extension):
    """S-09: nothing lies behind the address; another, a former one, a stranger meet no file."""
    issued(with_file=True, organisation=ginette.organisation)
    assert take(client, ginette, extension).status_code == 200
    client.force_login(ResponsibilityFactory().user)
    assert take(client, ginette, extension).status_code == 404
    client.logout()
    assert take(client, ginette, extension).status_code == 302
    client.force_login(ginette.user)
    ginette.ends_on = date(2026, 1, 1)
    ginette.save()
    assert take(client, ginette, extension).status_code == 404


def test_s07_proofs_are_exactly_those_of_the_organisation(client, ginette):
    """S-07: the page, the years and each file hold A's certificates and no other, by number."""
    mine = {issued(with_file=True, organisation=ginette.organisation).number for _ in range(3)}
    shared = UserFactory()
    here = MandateFactory(user=shared, organisation=ginette.organisation)
    there = MandateFactory(user=shared)
    for mandate in (here, there):
        enrollment = EnrollmentFactory(mandate=mandate, completed=True)
        number = actions.issue(enrollment_id=enrollment.pk, at=NOON).number
        if mandate == here:
            mine.add(number)
    for _ in range(2):
        issued(with_file=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number FROM certificates_certificate c "
            "JOIN enrollments_enrollment e ON e.id = c.enrollment_id "
            "JOIN municipalities_mandate m ON m.id = e.mandate_id WHERE m.organisation_id = %s",
            [ginette.organisation.pk],
        )
        assert {row[0] for row in cursor.fetchall()} == mine
    handle = ginette.organisation.handle
    page = client.get(reverse("certificates:proofs", args=[handle]))
    assert {each.number for each in page.context["page"]} == mine
    assert page.context["years"] == {2026: 4}
    book = openpyxl.load_workbook(io.BytesIO(body(take(client, ginette, "xlsx"))))
    assert {row[9] for row in book.active.iter_rows(min_row=2, values_only=True)} == mine
    archive = zipfile.ZipFile(io.BytesIO(body(take(client, ginette, "zip"))))
    numbers = {name[-21:-4] for name in archive.namelist() if name.startswith("attestations/")}
    assert numbers < mine
    assert len(numbers) == 3


def test_the_archive_never_holds_more_than_a_few_files(ginette):
    """Pieces leave as they are made: none is larger than the largest of its files."""
    made = [issued(with_file=True, organisation=ginette.organisation) for _ in range(4)]
    largest = max(len(bytes(each.pdf.content)) for each in made)
    rows = queries.proofs(ginette.organisation).select_related("file")
    pieces = [len(piece) for piece in exports.archive([], rows, on=NOON.date())]
    assert len(pieces) == 5
    assert max(pieces) < largest + 2_000


def test_a_long_year_has_no_printed_statement(client, ginette, monkeypatch):
    monkeypatch.setattr(views, "STATEMENT_LINES", 1)
    for _ in range(2):
        issued(organisation=ginette.organisation)
    names = zipfile.ZipFile(io.BytesIO(body(take(client, ginette, "zip")))).namelist()
    assert names == ["releve-2026.xlsx"]
    page = client.get(reverse("certificates:proofs", args=[ginette.organisation.handle]))
    assert "2026.pdf" not in page.content.decode()


def test_an_empty_year_and_an_unknown_kind_are_not_there(client, ginette):
    page = client.get(reverse("certificates:proofs", args=[ginette.organisation.handle]))
    assert "Aucune attestation encore" in page.content.decode()
    assert take(client, ginette, "zip").status_code == 404
    issued(organisation=ginette.organisation)
    assert take(client, ginette, "exe").status_code == 404
    assert take(client, ginette, "zip", year=1999).status_code == 404


def test_the_page_costs_the_same_for_one_proof_and_three(client, ginette):
    page = reverse("certificates:proofs", args=[ginette.organisation.handle])
    costs = []
    for count in (1, 2):
        for _ in range(count):
            issued(organisation=ginette.organisation)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        costs.append(len(captured))
    assert costs[0] == costs[1]
