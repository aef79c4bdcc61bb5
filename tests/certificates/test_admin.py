"""Certificates as ATN sees them: read, revoked, replaced; what is late is shown."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from certificates import actions
from certificates.enums import RevocationReason
from certificates.models import Certificate
from enrollments.models import Enrollment
from tests.certificates.conftest import completed, issued
from tests.factories import LONG_AGO, NOON, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/certificates/certificate/"


@pytest.fixture
def boss(client):
    person = UserFactory(role=Role.ADMINISTRATOR, first_name="Maude", last_name="Bérubé")
    client.force_login(person)
    return person


def gesture(client, name, *certificates, **sent):
    chosen = [certificate.pk for certificate in certificates]
    return client.post(LIST, {"action": name, "_selected_action": chosen, **sent}, follow=True)


def page_of(certificate):
    return f"{LIST}{certificate.pk}/change/"


def test_only_the_administration_opens_it(client, certificate):
    for role in (Role.UMQ_COORDINATOR, Role.INSTRUCTOR, Role.COACH, None):
        client.force_login(UserFactory(role=role, is_staff=True, role__second_factor=True))
        assert client.get(LIST).status_code in {302, 403}
        answer = client.post(LIST, {"action": "revoke", "_selected_action": certificate.pk,
                                    "apply": "1", "reason": "error"})  # fmt: skip
        assert answer.status_code in {302, 403}
    certificate.refresh_from_db()
    assert certificate.revoked_at is None


def test_facts_are_read_and_never_written(client, boss, certificate):
    page = client.get(page_of(certificate))
    for words in ("Chantal Girard", certificate.code, "nom : Chantal Girard", "en préparation"):
        assertContains(page, words)
    assertNotContains(page, 'name="_save"')
    assertNotContains(page, "<textarea")
    assert client.post(page_of(certificate), {"number": "X"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(f"{LIST}{certificate.pk}/delete/").status_code == 403


def test_revoking_asks_why_on_a_page_of_its_own(client, boss, certificate):
    page = gesture(client, "revoke", certificate)
    assertContains(page, certificate.number)
    assertContains(page, "pour toujours")
    assertContains(page, '<option value="error">délivrée par erreur</option>', html=True)
    assertNotContains(page, "remplacée par une attestation corrigée")
    page = gesture(client, "revoke", certificate, apply="1", note="Homonyme")
    assertContains(page, "Choisissez une raison.")
    assertContains(page, "Homonyme")
    certificate.refresh_from_db()
    assert certificate.revoked_at is None

    page = gesture(client, "revoke", certificate, apply="1", reason="error", note="Homonyme")
    assertContains(page, f"Révoquées\xa0: {certificate.number}.")
    certificate.refresh_from_db()
    assert certificate.revocation_reason == RevocationReason.ERROR
    page = client.get(page_of(certificate))
    assertContains(page, "Maude Bérubé · révocation · Homonyme")
    assertNotContains(page, 'value="Révoquer"')
    assertContains(page, 'value="Réémettre, corrigée"')


def test_a_second_revocation_changes_nothing_and_says_so(client, boss, certificate):
    for reason in ("error", "request"):
        page = gesture(client, "revoke", certificate, apply="1", reason=reason)
    assertContains(page, "Rien à faire")
    assert Entry.objects.filter(verb="certificate.revoked").count() == 1


def test_reissuing_shows_what_changes_then_leads_from_one_to_the_other(client, boss, certificate):
    page = gesture(client, "reissue", certificate)
    assertContains(page, "Aucun fait ne change")
    learner = certificate.enrollment.learner
    learner.last_name = "Girard-Roy"
    learner.save()
    page = gesture(client, "reissue", certificate)
    assertContains(page, "nom\xa0: <del>Chantal Girard</del> → <ins>Chantal Girard-Roy</ins>")
    assert Certificate.objects.count() == 1

    page = gesture(client, "reissue", certificate, apply="1", note="Mariage")
    new = Certificate.objects.get(supersedes=certificate)
    assertContains(page, f"Réémises\xa0: {new.number}.")
    old_page = client.get(page_of(certificate))
    assertContains(old_page, new.number)
    assertContains(old_page, "remplacement · Mariage")
    assertNotContains(old_page, 'value="Réémettre, corrigée"')
    assertContains(client.get(page_of(new)), certificate.number)
    assertContains(gesture(client, "reissue", certificate, apply="1"), "Rien à faire")
    assert Certificate.objects.count() == 2


def test_a_reissued_certificate_is_made_and_sent_at_once(
    client, boss, certificate, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        gesture(client, "reissue", certificate, apply="1")
    new = Certificate.objects.get(supersedes=certificate)
    assert new.pdf is not None
    assert [mail.subject.partition("\xa0")[0] for mail in mailoutbox] == [
        "Votre attestation corrigée"
    ]


def test_lists_find_and_sort_out(client, boss):
    valid, revoked, waiting = (issued(last_name=name) for name in ("Roy", "Côté", "Lévesque"))
    for certificate in (valid, revoked):
        actions.produce_file(certificate_id=certificate.pk, at=NOON)
    actions.revoke(certificate_id=revoked.pk, reason=RevocationReason.REQUEST, by=boss, at=NOON)
    failing = issued(last_name="Pelletier")
    Certificate.objects.filter(pk=failing.pk).update(failures=3, last_error="OSError : police")
    found = {
        state: {each.number for each in client.get(LIST, {"etat": state}).context["cl"].queryset}
        for state in ("valides", "revoquees", "en-preparation", "en-echec")
    }
    assert found == {
        "valides": {valid.number},
        "revoquees": {revoked.number},
        "en-preparation": {waiting.number, failing.number},
        "en-echec": {failing.number},
    }
    assertContains(client.get(page_of(failing)), "OSError : police")
    assertContains(client.get(LIST), "en échec")
    for words in ("Lévesque", waiting.code, waiting.number, waiting.enrollment.learner.email):
        page = client.get(LIST, {"q": words})
        assert [each.number for each in page.context["cl"].queryset] == [waiting.number]


def test_what_is_late_is_shown_above_the_list(client, boss):
    late, fresh = completed(last_name="Tardif"), completed(last_name="Récent")
    Enrollment.objects.filter(pk=fresh.pk).update(
        completed_at=timezone.now() - timedelta(minutes=2)
    )
    page = client.get(LIST)
    assertContains(page, f"{late.course.code}, Camille Tardif")
    assertNotContains(page, "Récent")
    actions.issue(enrollment_id=late.pk, at=NOON)
    assertNotContains(client.get(LIST), "plus de dix minutes")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, boss, django_assert_num_queries, count
):
    for _ in range(count):
        issued()
        completed()
    # Session, person, second factor, count, rows, filters, late, and the line of the log.
    with django_assert_num_queries(7):
        client.get(LIST)


def test_the_course_page_says_where_the_certificate_is(client):
    enrollment = completed()
    client.force_login(enrollment.learner)
    page = f"/cours/{enrollment.course.code.lower()}/"
    assertContains(client.get(page), "Votre attestation est en préparation")
    certificate = actions.issue(enrollment_id=enrollment.pk, at=NOON)
    assertContains(client.get(page), "Votre attestation est en préparation")
    actions.produce_file(certificate_id=certificate.pk, at=NOON)
    assertNotContains(client.get(page), "en préparation")
    assertContains(client.get(page), "Votre attestation est parmi")
    unfinished = EnrollmentFactory(first_activity_at=LONG_AGO)
    client.force_login(unfinished.learner)
    assertNotContains(client.get(f"/cours/{unfinished.course.code.lower()}/"), "attestation est")


def test_a_number_that_was_replaced_still_downloads(client, boss, certificate):
    actions.produce_file(certificate_id=certificate.pk, at=NOON)
    actions.reissue(certificate_id=certificate.pk, by=boss, at=NOON)
    client.force_login(certificate.enrollment.learner)
    assert client.get(f"/attestations/{certificate.number}.pdf").status_code == 200
    assertRedirects(
        client.get("/verifier/", {"code": certificate.code}), f"/verifier/{certificate.code}/"
    )
