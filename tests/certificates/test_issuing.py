"""How a certificate comes to be, is replaced, ends; what is owed meanwhile, and what failed."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core import pdf as core_pdf
from atn_platform.notifications.models import OutgoingEmail
from certificates import actions, queries, tasks
from certificates.enums import RevocationReason
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import new_code, number
from enrollments.enums import Status
from tests.certificates.conftest import completed, issued
from tests.factories import NOON, EnrollmentFactory, UserFactory, VersionFactory, lesson_document
from tests.test_immutability import refuses

pytestmark = pytest.mark.django_db
CONSTRAINT = "certificates_one_per_completion"


@pytest.fixture
def boss():
    return UserFactory(role=Role.ADMINISTRATOR)


def test_the_facts_are_those_of_the_day():
    enrollment = completed(first_name="Chantal", last_name="Girard", function="mairesse")
    facts = actions.issue(enrollment_id=enrollment.pk, at=NOON).facts
    assert facts == {
        "name": "Chantal Girard",
        "organisation": enrollment.mandate.organisation.official_name,
        "public": "personnel municipal",
        "function": "mairesse",
        "course_code": enrollment.course.code,
        "course_title": enrollment.course.title,
        "version": 1,
        "objectives": ["Reconnaître cinq signes d'un message frauduleux"],
        "skills": [],
        "mode": facts["mode"],
        "minutes": 16,
        "uec": None,
        "started_on": "2026-01-05",
        "completed_on": "2026-01-05",
        "result": "participation",
        "stations": ["lesson", "lesson"],
        "issuer": facts["issuer"],
        "signatories": facts["signatories"],
    }


def test_days_are_those_of_quebec():
    late = datetime(2027, 1, 1, 3, 30, tzinfo=UTC)  # still 2026 in Québec
    enrollment = EnrollmentFactory(
        status=Status.COMPLETED, completed_at=late, first_activity_at=late - timedelta(hours=3)
    )
    certificate = actions.issue(enrollment_id=enrollment.pk, at=late)
    assert certificate.facts["started_on"] == "2026-12-31"
    assert certificate.facts["completed_on"] == "2026-12-31"
    assert certificate.number == number(2026, 1)


def test_a_final_questionnaire_makes_it_a_success():
    version = VersionFactory(stations=[lesson_document("a"), lesson_document("b", kind="exam")])
    enrollment = EnrollmentFactory(version=version, completed=True)
    certificate = actions.issue(enrollment_id=enrollment.pk, at=NOON)
    assert certificate.kind == "Attestation de réussite"


def test_an_unfinished_course_has_no_certificate():
    with pytest.raises(actions.CertificateRefused, match="pas terminé"):
        actions.issue(enrollment_id=EnrollmentFactory().pk, at=NOON)


def test_numbers_follow_each_other_from_the_first_of_each_year():
    at = [NOON, NOON, NOON.replace(year=2027), NOON]
    numbers = [actions.issue(enrollment_id=completed().pk, at=when).number for when in at]
    assert numbers == [number(2026, 1), number(2026, 2), number(2027, 1), number(2026, 3)]


def test_issuing_and_producing_again_change_nothing():
    certificate = issued(with_file=True)
    before = bytes(certificate.file.content)
    assert actions.issue(enrollment_id=certificate.enrollment_id, at=NOON) == certificate
    assert not actions.produce_file(certificate_id=certificate.pk, at=NOON)
    assert hashlib.sha256(before).hexdigest() == certificate.file.sha256
    assert OutgoingEmail.objects.get().key == f"certificate:{certificate.number}"
    assert not actions.produce_file(certificate_id=0, at=NOON)


def test_the_database_keeps_facts_and_bytes_as_they_were():
    certificate = issued(with_file=True)
    for changes in (
        {"facts": {}},
        {"number": "X"},
        {"code": "X"},
        {"issued_at": NOON.replace(day=1)},
    ):
        refuses(Certificate.objects.filter(pk=certificate.pk), **changes)
    refuses(CertificateFile.objects.all(), content=b"%PDF-1.7 faux")


def test_the_database_refuses_a_second_first_certificate():
    certificate = issued()
    with pytest.raises(IntegrityError, match=CONSTRAINT), transaction.atomic():
        naive(certificate.enrollment, 2)


def test_the_message_holds_both_links_and_the_code(certificate):
    actions.produce_file(certificate_id=certificate.pk, at=NOON)
    message = OutgoingEmail.objects.get()
    assert message.recipient == certificate.enrollment.learner
    for part in (message.text, message.html):
        assert f"http://localhost:8000/attestations/{certificate.number}.pdf" in part
        assert f"http://localhost:8000/verifier/{certificate.code}/" in part
        assert f"avec le code {certificate.code}" in part


def test_revoking_keeps_everything_is_journalled_and_told(certificate, boss):
    for reason in (RevocationReason.ERROR, RevocationReason.REQUEST):
        actions.revoke(
            certificate_id=certificate.pk, reason=reason, by=boss, note="Homonyme", at=NOON
        )
    certificate.refresh_from_db()
    assert (certificate.revoked_at, certificate.revocation_reason) == (NOON, "error")
    entry = Entry.objects.get(verb="certificate.revoked")
    assert (entry.actor, entry.target) == (boss, certificate.number)
    assert entry.details == {"reason": "error", "note": "Homonyme"}
    message = OutgoingEmail.objects.get()
    assert "n’est plus valide\xa0: délivrée par erreur" in message.text


def test_s96_a_corrected_certificate_has_todays_facts_and_points_to_the_old(certificate, boss):
    learner = certificate.enrollment.learner
    learner.last_name = "Girard-Roy"
    learner.save()
    new = actions.reissue(certificate_id=certificate.pk, by=boss, note="Mariage", at=NOON)
    assert actions.reissue(certificate_id=certificate.pk, by=boss, at=NOON) == new
    certificate.refresh_from_db()
    assert certificate.facts["name"] == "Chantal Girard"
    assert (certificate.revoked_at, certificate.revocation_reason) == (NOON, "replaced")
    assert new.facts["name"] == "Chantal Girard-Roy"
    assert new.facts["replaces"] == certificate.number
    assert (new.supersedes, new.number) == (certificate, number(2026, 2))
    entry = Entry.objects.get(verb="certificate.reissued")
    assert entry.target == certificate.number
    assert entry.details == {"by": new.number, "note": "Mariage"}
    assert actions.produce_file(certificate_id=new.pk, at=NOON)
    assert "remplace l’attestation " + certificate.number in OutgoingEmail.objects.get().text


def test_a_certificate_revoked_before_keeps_its_reason_when_replaced(certificate, boss):
    reason = RevocationReason.REQUEST
    actions.revoke(certificate_id=certificate.pk, reason=reason, by=boss, at=NOON)
    actions.reissue(certificate_id=certificate.pk, by=boss, at=NOON)
    certificate.refresh_from_db()
    assert certificate.revocation_reason == "request"


def test_the_sweep_pays_what_is_owed(django_capture_on_commit_callbacks, mailoutbox):
    never_issued, without_file = completed(), issued()
    EnrollmentFactory()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.settle_debts()
        tasks.settle_debts()
    assert Certificate.objects.filter(file__isnull=False).count() == 2
    assert sorted(mail.to for mail in mailoutbox) == sorted(
        [f"{person} <{person.email}>"]
        for person in (never_issued.learner, without_file.enrollment.learner)
    )


def test_what_prevents_a_file_is_kept_and_tried_last(certificate, settings, tmp_path):
    """A machine whose fonts are gone: a real failure, then a real recovery."""
    other = issued()
    settings.BASE_DIR, whole = tmp_path, settings.BASE_DIR
    core_pdf.renderer.cache_clear()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            actions.produce_file(certificate_id=certificate.pk, at=NOON)
    certificate.refresh_from_db()
    assert certificate.failures == 2
    assert certificate.last_error.startswith("FileNotFoundError")
    assert certificate.pdf is None
    assert OutgoingEmail.objects.count() == 0
    assert list(queries.without_file()) == [other, certificate]

    settings.BASE_DIR = whole
    tasks.settle_debts()
    assert list(queries.without_file()) == []
    assert OutgoingEmail.objects.count() == 2


def test_my_page_tells_what_is_being_prepared(client):
    waits = completed()
    client.force_login(waits.learner)
    page = client.get("/attestations/")
    assertContains(page, waits.course.title)
    assertContains(page, "attestation en préparation")
    assertNotContains(page, "viendront ici")
    certificate = actions.issue(enrollment_id=waits.pk, at=NOON)
    assertContains(client.get("/attestations/"), "en préparation")
    actions.produce_file(certificate_id=certificate.pk, at=NOON)
    page = client.get("/attestations/")
    assertNotContains(page, "en préparation")
    assertContains(page, f"/attestations/{certificate.number}.pdf")


def test_my_page_tells_what_was_replaced(client, certificate, boss):
    new = actions.reissue(certificate_id=certificate.pk, by=boss, at=NOON)
    client.force_login(certificate.enrollment.learner)
    page = client.get("/attestations/")
    assertContains(page, "remplacée par une attestation corrigée")
    assertContains(page, f"Voyez {new.number}.")


@pytest.mark.parametrize("count", [1, 3])
def test_my_page_takes_the_same_queries_whatever_its_length(
    client, django_assert_num_queries, count
):
    first = completed()
    client.force_login(first.learner)
    mine = {"mandate": first.mandate, "completed": True}
    for _ in range(count):
        actions.issue(enrollment_id=EnrollmentFactory(**mine).pk, at=NOON)
        EnrollmentFactory(**mine)
    with django_assert_num_queries(4):  # session, person, owed, certificates
        page = client.get("/attestations/")
    assertContains(page, "elle arrive dans quelques minutes", count=count + 1)


def test_a_certificate_is_downloaded_by_its_owner_alone(client):
    certificate = issued(with_file=True)
    address = f"/attestations/{certificate.number}.pdf"
    client.force_login(certificate.enrollment.learner)
    answer = client.get(address)
    assert answer.content == bytes(certificate.file.content)
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="{certificate.number}.pdf"'
    )
    for stranger in (UserFactory(), issued().enrollment.learner):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302


def at_once(work, times=4):
    """The results of `work` called by that many threads, each with its own connection."""
    barrier = Barrier(times)

    def run(_):
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def naive(enrollment, rank):
    return Certificate.objects.create(
        enrollment=enrollment, number=number(2026, rank), code=new_code(), facts={}, issued_at=NOON
    )


@pytest.mark.django_db(transaction=True)
def test_s95_four_workers_at_once_issue_one_certificate_one_file_and_one_message(mailoutbox):
    enrollment = completed()
    at_once(lambda: tasks.issue_certificate(enrollment_id=enrollment.pk))
    certificate = Certificate.objects.get()
    assert CertificateFile.objects.get().certificate == certificate
    assert OutgoingEmail.objects.get().sent_at
    assert len(mailoutbox) == 1
    assert YearCounter.objects.get().last == 1


@pytest.mark.django_db(transaction=True)
def test_four_people_at_once_get_four_numbers_that_follow_each_other():
    waiting = [completed().pk for _ in range(4)]
    at_once(lambda: actions.issue(enrollment_id=waiting.pop(), at=NOON))
    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    assert numbers == [number(2026, rank) for rank in (1, 2, 3, 4)]


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_the_same_race_makes_four():
    """Negative control: the race is real; « look, then write » loses it."""
    enrollment = completed()
    ranks = [1, 2, 3, 4]
    gate = Barrier(4)

    def look_then_write():
        absent = not Certificate.objects.filter(enrollment=enrollment).exists()
        gate.wait(10)
        if absent:
            naive(enrollment, ranks.pop())

    table = Certificate._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [CONSTRAINT])
        definition = cursor.fetchone()[0]
        cursor.execute(f"DROP INDEX {CONSTRAINT}")
        try:
            at_once(look_then_write)
            assert Certificate.objects.count() == 4
        finally:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(definition)
