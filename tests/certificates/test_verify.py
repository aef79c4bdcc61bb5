"""The public page: what a stranger learns from a code, and how it is typed."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from certificates import actions
from certificates.enums import RevocationReason
from certificates.numbers import SYMBOLS, new_code
from tests.certificates.conftest import issued
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


def page_of(code):
    return reverse("certificates:verify", args=[code])


def test_s93_s98_a_valid_certificate_shows_what_is_printed_and_no_more(client, certificate):
    actions.produce_file(certificate_id=certificate.pk, at=NOON)
    answer = client.get(page_of(certificate.code))
    for fact in (
        "Attestation valide",
        certificate.number,
        "Attestation de participation",
        "Chantal Girard",
        certificate.facts["course_title"],
        "16\xa0min",
        "23\xa0novembre\xa02026",
        "Université Laval",
        certificate.file.sha256,
    ):
        assertContains(answer, fact)
    enrollment = certificate.enrollment
    for secret in (
        enrollment.learner.email,
        enrollment.mandate.organisation.name,
        enrollment.mandate.function,
    ):
        assertNotContains(answer, secret)


def test_a_certificate_whose_file_is_not_made_is_valid_already(client, certificate):
    answer = client.get(page_of(certificate.code))
    assertContains(answer, "Attestation valide")
    assertNotContains(answer, "SHA-256")


def test_a_revoked_certificate_says_when_and_of_which_class(client, certificate):
    boss = UserFactory(role=Role.ADMINISTRATOR)
    actions.revoke(
        certificate_id=certificate.pk, reason=RevocationReason.ERROR, by=boss,
        note="Mauvaise personne, voir le dossier.", at=NOON,
    )  # fmt: skip
    answer = client.get(page_of(certificate.code))
    assertContains(answer, "Attestation révoquée")
    assertContains(answer, "depuis le 23\xa0novembre\xa02026\xa0: délivrée par erreur.")
    assertNotContains(answer, "Attestation valide")
    assertNotContains(answer, "Mauvaise personne")


def test_a_replaced_certificate_names_its_successor_but_does_not_lead_to_it(client, certificate):
    new = actions.reissue(
        certificate_id=certificate.pk, by=UserFactory(role=Role.ADMINISTRATOR), at=NOON
    )
    answer = client.get(page_of(certificate.code))
    assertContains(answer, f"L’attestation {new.number} la remplace")
    assertNotContains(answer, new.code)
    assertContains(client.get(page_of(new.code)), certificate.number)


def test_an_unknown_code_is_not_found_and_says_what_to_do(client):
    answer = client.get(page_of(new_code()))
    assertContains(answer, "Aucune attestation ne porte ce code", status_code=404)
    assertContains(answer, "Demandez le fichier PDF", status_code=404)


def test_a_slip_of_the_pen_is_told_apart_from_an_unknown_code(client, certificate):
    code = certificate.code
    wrong = SYMBOLS[(SYMBOLS.index(code[0]) + 1) % len(SYMBOLS)] + code[1:]
    answer = client.get(page_of(wrong))
    assertContains(answer, "faute de frappe", status_code=404)
    assertContains(answer, f'value="{wrong}"', status_code=404)
    assertNotContains(answer, "Aucune attestation", status_code=404)


@pytest.mark.parametrize("code", ["%00", "x" * 400, "%F0%9F%A6%8A", "..%2Fadmin", "' OR 1=1 --"])
def test_nonsense_is_not_found(client, code):
    assert client.get(f"/verifier/{code}/").status_code == 404


def test_the_form_takes_a_code_as_people_type_it(client, certificate):
    page = page_of(certificate.code)
    for typed in (
        certificate.code,
        certificate.code.lower().replace("-", " "),
        certificate.code.replace("0", "O").replace("1", "l"),
        f"http://localhost:8000{page}",
    ):
        assertRedirects(client.get("/verifier/", {"code": typed}), page)
    assertRedirects(client.get(page_of(certificate.code.lower())), page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Entrez le code imprimé près du code QR."),
        ("7K4M-9TQX", "Un code de vérification compte 16 caractères."),
        ("x" * 301, "Un code de vérification compte 16 caractères."),
        ("7K4M-9TQX-2HBP-W3CE", "faute de frappe"),
    ],
)
def test_what_cannot_be_a_code_is_said_at_the_field_and_kept(client, typed, said):
    answer = client.get("/verifier/", {"code": typed})
    assertContains(answer, said, count=2)  # at the field, and in the summary above
    assertContains(answer, 'aria-invalid="true"')
    if typed:
        assertContains(answer, f'value="{typed}"')


def test_the_number_opens_nothing_and_the_form_says_so(client, certificate):
    assertContains(
        client.get("/verifier/", {"code": certificate.number}), "C’est le numéro de l’attestation"
    )
    assert client.get(page_of(certificate.number)).status_code == 404


def test_s93_no_search_engine_keeps_a_code(client, certificate):
    for code in (certificate.code, new_code()):
        answer = client.get(page_of(code))
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert b'<meta name="robots" content="noindex, nofollow">' in answer.content
        assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.fixture
def minute(monkeypatch):
    """A clock that stands at 12:00:20, so that no minute ends during the test."""
    at = NOON.replace(second=20)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


def test_s92_a_network_that_tries_code_after_code_is_asked_to_wait(client, certificate, minute):
    for _ in range(30):
        assert client.get(page_of(new_code())).status_code == 404
    refused = client.get(page_of(certificate.code))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "40"
    assertContains(refused, "Patientez 40 s", status_code=429)
    assertNotContains(refused, "Chantal", status_code=429)


def test_the_wait_of_one_network_is_nobody_else_s(client, certificate, minute):
    for _ in range(31):
        client.get(page_of(new_code()), REMOTE_ADDR="2001:db8:1:2::1")
    page = page_of(certificate.code)
    for address, status in (
        ("2001:db8:1:2:ffff::9", 429),  # the same subscriber
        ("2001:db8:1:3::1", 200),
        ("192.0.2.7", 200),
    ):
        assert client.get(page, REMOTE_ADDR=address).status_code == status


def test_a_new_minute_is_a_new_count(client, certificate, monkeypatch, minute):
    for _ in range(31):
        client.get(page_of(new_code()))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON.replace(minute=1))
    assert client.get(page_of(certificate.code)).status_code == 200


def test_the_page_takes_one_query(client, django_assert_num_queries):
    certificate = issued()
    with django_assert_num_queries(1):
        client.get(page_of(certificate.code))
