"""Trainings that the law asks of elected people: deadlines, declarations, papers, the public list."""

import io
from datetime import UTC, date, datetime

import page as page_validation
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.audit.models import Entry
from atn_platform.notifications.actions import opt_out
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OutgoingEmail
from municipalities import pdf, privacy
from municipalities.actions import duties as actions
from municipalities.actions.duties import Declared, Proof, TrainingRefused
from municipalities.enums import Designation, Duty, Public
from municipalities.forms.duties import minutes_in
from municipalities.models import DeclaredTraining
from municipalities.queries import duties as queries
from tests.factories import NOON, MandateFactory, MunicipalityFactory, ResponsibilityFactory

pytestmark = pytest.mark.django_db

ELECTED_ON = date(2026, 10, 4)
PDF = Proof("Attestation.PDF", b"%PDF-1.7 preuve")
SAID = Declared(date(2026, 11, 10), "Organisme Exemple", "CMQ-0001", 450)


@pytest.fixture
def anouk():
    town = MunicipalityFactory(name="Sainte-Anouk")
    return MandateFactory(
        organisation=town, public=Public.ELECTED, function="mairesse", starts_on=ELECTED_ON,
        user__first_name="Anouk", user__last_name="Pelletier",
    )  # fmt: skip


def declared(mandate, said=SAID, duty=Duty.ETHICS):
    return actions.declare(mandate_id=mandate.pk, duty=duty, said=said, by=mandate.user, at=NOON)


def deadlines(user, on=date(2026, 11, 23)):
    return {line.duty: line.deadline for line in queries.duties_of(user, on=on)}


def test_ethics_is_due_in_six_months_of_a_first_mandate_and_the_system_in_nine(anouk):
    assert deadlines(anouk.user) == {
        Duty.ETHICS: date(2027, 4, 4),
        Duty.SYSTEM: date(2027, 7, 4),
    }


def test_ethics_is_due_in_nine_months_of_a_later_mandate(anouk):
    MandateFactory(
        user=anouk.user, public=Public.ELECTED, starts_on=date(2021, 11, 7),
        ends_on=date(2025, 11, 2),
    )  # fmt: skip
    assert deadlines(anouk.user)[Duty.ETHICS] == date(2027, 7, 4)


def test_the_proof_goes_with_the_declaration_and_with_the_last_that_shares_its_bytes(
    anouk, django_capture_on_commit_callbacks
):
    proven = Declared(SAID.followed_on, "x", "", 60, Proof("a.pdf", b"%PDF-1.7 deux fois"))
    first, second = declared(anouk, proven), declared(anouk, proven, Duty.SYSTEM)
    name = first.proof.name
    assert second.proof.name == name
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(training_id=first.pk, by=anouk.user, at=NOON)
    first.refresh_from_db()
    assert (first.proof.name, first.proof_name) == ("", "")
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        declared(anouk, Declared(SAID.followed_on, "x", "", 60, PDF), Duty.SYSTEM)
    assert not default_storage.exists(name)


@pytest.mark.parametrize(
    "designation",
    [Designation.NORTHERN_VILLAGE, Designation.CREE_VILLAGE, Designation.NASKAPI_VILLAGE],
)
def test_northern_villages_owe_no_ethics(anouk, designation):
    anouk.organisation.designation = designation
    anouk.organisation.save()
    assert list(deadlines(anouk.user)) == [Duty.SYSTEM]


def test_staff_owe_nothing():
    assert deadlines(MandateFactory(public=Public.MANAGER).user) == {}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2025, 11, 2), 9, date(2026, 8, 2)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day, months, expected):
    assert queries.add_months(day, months) == expected


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("7 h 30", 450), ("7h30", 450), ("7\u00a0h\u00a030", 450), ("7:30", 450), ("7,5", 450),
        ("7.5 h", 450), ("3 heures", 180), ("6 H", 360), ("90 min", 90), ("sept", None),
        ("", None), ("-3", None), ("7 h 75", None),
    ],
)  # fmt: skip
def test_a_length_is_read_as_people_write_it(typed, minutes):
    assert minutes_in(typed) == minutes


def test_a_declaration_is_written_once_and_corrected_in_place(anouk):
    first = declared(anouk)
    again = declared(anouk, Declared(date(2026, 11, 11), "Autre", "", 180))
    assert again.pk == first.pk
    row = DeclaredTraining.objects.get()
    assert (row.followed_on, row.trainer, row.minutes) == (date(2026, 11, 11), "Autre", 180)
    details = list(Entry.objects.order_by("pk").values_list("verb", "details__corrected"))
    assert details == [("training.declared", False), ("training.declared", True)]


def test_a_withdrawn_declaration_stays_as_a_row_and_leaves_the_pages(anouk):
    training = declared(anouk)
    for _ in range(2):
        actions.withdraw(training_id=training.pk, by=anouk.user, at=NOON)
    (line, _other) = queries.duties_of(anouk.user, on=NOON.date())
    assert line.declared is None
    assert DeclaredTraining.objects.count() == 1
    assert declared(anouk).pk != training.pk


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        (Declared(date(2026, 11, 24), "x", "", 60), "followed_on", "pas encore venue"),
        (Declared(date(2026, 10, 3), "x", "", 60), "followed_on", "pendant le mandat"),
        (Declared(SAID.followed_on, "x", "", 60, Proof("a.exe", b"MZ")), "proof", "PDF ou une"),
        (Declared(SAID.followed_on, "x", "", 60, Proof("a.pdf", b"<html>")), "proof", "du type"),
        (Declared(SAID.followed_on, "x", "", 60, Proof("a.png", b"%PDF-")), "proof", "du type"),
        (
            Declared(SAID.followed_on, "x", "", 60, Proof("a.pdf", b"%PDF-" + b"0" * 10_000_000)),
            "proof", "10\u00a0Mo",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(anouk, said, field, words):
    with pytest.raises(TrainingRefused, match=words) as refused:
        declared(anouk, said)
    assert refused.value.field == field
    assert not DeclaredTraining.objects.exists()


def test_a_proof_is_kept_under_its_hash_and_given_back_to_its_owner_alone(client, anouk):
    training = declared(anouk, Declared(SAID.followed_on, "x", "", 60, PDF))
    assert default_storage.open(training.proof.name).read() == PDF.content
    # A correction without a file leaves it.
    training = declared(anouk)
    page = reverse("municipalities:proof", args=[training.pk])
    responsible = ResponsibilityFactory(organisation=anouk.organisation).user
    client.force_login(responsible)
    assert client.get(page).status_code == 404
    client.force_login(anouk.user)
    answer = client.get(page)
    assert answer.content == PDF.content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (file,) = privacy.export(anouk.user).files
    assert file.content == PDF.content
    assert privacy.export(responsible).files == []


def test_what_was_typed_stays_when_the_form_is_refused(client, anouk):
    client.force_login(anouk.user)
    page = reverse("municipalities:declare", args=[anouk.pk, "system"])
    assertContains(client.get(page), "7\u00a0h\u00a030")
    typed = {"followed_on": "2026-11-10", "trainer": "Organisme <X>", "hours": "sept heures"}
    answer = client.post(page, typed)
    assertContains(answer, "par exemple 7 h 30", status_code=422)
    assertContains(answer, "Organisme &lt;X&gt;", status_code=422)
    file = SimpleUploadedFile("preuve.png", b"pas une image")
    answer = client.post(page, typed | {"hours": "7,5", "proof": file})
    assertContains(answer, "choisissez-le de nouveau", status_code=422)
    assert not DeclaredTraining.objects.exists()


@pytest.mark.parametrize("duty", ["system", "autre"])
def test_the_form_of_somebody_else_s_mandate_does_not_exist(client, anouk, duty):
    client.force_login(MandateFactory(public=Public.ELECTED).user)
    assert client.get(f"/mes-formations-obligatoires/{anouk.pk}/{duty}/").status_code == 404


def text_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def faults(content: bytes) -> list[str]:
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert report.rules.total > 100
    return [failure.rule_id for failure in report.failures]


@pytest.mark.parametrize(("duty", "law"), [(Duty.ETHICS, "E-15.1.0.1"), (Duty.SYSTEM, "M-22.1")])
def test_the_declaration_is_one_tagged_page_with_every_fact(anouk, duty, law):
    content = pdf.declaration(declared(anouk, duty=duty))
    assert faults(content) == []
    reader = PdfReader(io.BytesIO(content))
    assert (len(reader.pages), reader.trailer["/Root"]["/Lang"]) == (1, "fr-CA")
    printed = text_of(content)
    for words in (law, "Anouk Pelletier, mairesse", "10 novembre 2026", "7 h 30", "CMQ-0001",
                  "Organisme Exemple", "4 octobre 2026", "Signature"):  # fmt: skip
        assert words in printed, words


def test_the_public_list_is_closed_until_opened_and_holds_what_is_declared(client, anouk):
    declared(anouk)
    late = MandateFactory(organisation=anouk.organisation, public=Public.ELECTED)
    handle = anouk.organisation.handle
    client.force_login(ResponsibilityFactory(organisation=anouk.organisation).user)
    page = reverse("municipalities:council-duties", args=[handle])
    assertContains(client.get(page), "10\u00a0novembre\u00a02026, Organisme Exemple")
    paper = reverse("municipalities:public-list", args=[handle])
    assert client.get(paper).status_code == 404
    for _ in range(2):
        client.post(reverse("municipalities:open-list", args=[handle]))
    content = client.get(paper).content
    assert faults(content) == []
    assert "Anouk Pelletier mairesse Éthique" in text_of(content)
    assert late.user.last_name not in text_of(content)
    client.post(reverse("municipalities:open-list", args=[handle]), {"close": "1"})
    assert client.get(paper).status_code == 404
    verbs = list(Entry.objects.filter(verb__startswith="training-list").values_list("verb"))
    assert verbs == [("training-list.opened",), ("training-list.closed",)]


def test_the_proof_of_someone_elected_is_nowhere_on_the_responsable_s_page(client, anouk):
    declared(anouk, Declared(SAID.followed_on, "x", "", 60, PDF))
    client.force_login(ResponsibilityFactory(organisation=anouk.organisation).user)
    page = reverse("municipalities:council-duties", args=[anouk.organisation.handle])
    assertNotContains(client.get(page), "Attestation.PDF")


@pytest.mark.parametrize("count", [1, 7])
def test_the_list_takes_the_same_queries_for_one_seat_and_seven(
    client, django_assert_num_queries, anouk, count
):
    for _ in range(count - 1):
        seat = MandateFactory(
            organisation=anouk.organisation, public=Public.ELECTED, starts_on=ELECTED_ON
        )
        declared(seat)
    client.force_login(ResponsibilityFactory(organisation=anouk.organisation).user)
    page = reverse("municipalities:council-duties", args=[anouk.organisation.handle])
    with django_assert_num_queries(8):
        client.get(page)


def remind_on(day: date) -> list[str]:
    actions.remind(at=datetime(day.year, day.month, day.day, 15, 0, tzinfo=UTC))
    return sorted(OutgoingEmail.objects.values_list("key", flat=True))


def test_deadlines_are_recalled_at_90_30_and_7_days_once_each(anouk):
    """Ethics on 2027-04-04, the municipal system on 2027-07-04."""
    ethics, system = (f"duty:{anouk.pk}:{duty}" for duty in (Duty.ETHICS, Duty.SYSTEM))
    assert remind_on(date(2027, 1, 3)) == []
    for day in (date(2027, 1, 4), date(2027, 1, 5), date(2027, 3, 4)):
        assert remind_on(day) == [f"{ethics}:90"]
    assert remind_on(date(2027, 3, 8)) == [f"{ethics}:30", f"{ethics}:90"]  # a weekend late
    declared(anouk)
    assert remind_on(date(2027, 3, 29)) == [f"{ethics}:30", f"{ethics}:90"]
    assert remind_on(date(2027, 6, 28))[-1] == f"{system}:7"
    assert OutgoingEmail.objects.count() == 3
    letter = OutgoingEmail.objects.get(key=f"{ethics}:90")
    assert "4\u00a0avril\u00a02027" in letter.subject
    assert letter.expires_at == datetime(2027, 4, 5, 4, 0, tzinfo=UTC)


def test_nobody_is_reminded_who_refused_left_or_is_late(anouk):
    opt_out(user_id=anouk.user_id, category=Category.REMINDER, at=NOON)
    gone = MandateFactory(public=Public.ELECTED, starts_on=ELECTED_ON, ends_on=date(2026, 12, 31))
    assert remind_on(date(2027, 3, 29)) == []
    assert gone.user.email
    assert remind_on(date(2027, 7, 5)) == []
