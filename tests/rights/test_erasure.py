"""An erased person: P-06, P-08, P-11, P-14's neighbour B-83, and what stays."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import AccountRefused, open_account
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.core.personal import Kind as About
from atn_platform.core.personal import rows_of
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.privacy.inventory import tables
from atn_platform.reports.enums import Audience
from atn_platform.reports.exports import as_json
from atn_platform.reports.figures.participation import build
from atn_platform.reports.periods import parse
from atn_platform.rights import actions
from atn_platform.rights.models import COOLING, RightsRequest
from certificates import actions as certificate_actions
from certificates.models import Certificate
from enrollments.models import LearningEvent, LessonState
from municipalities.actions import claims
from municipalities.enums import Public
from municipalities.models import Mandate
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    UserFactory,
)
from tests.privacy.seed import plant
from tests.rights.dump import tables_saying

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
NOTICE = re.compile(r"<details[^>]*data-notice.*?</details>", re.DOTALL)
# What the declarations say stays: proofs, and the names that somebody gave to things.
KEPT = {
    "certificates.Certificate": ["number", "code"],
    "certificates.CertificateFile": ["sha256"],
    "consents.Consent": ["words"],
    "courses.Course": ["title"],
    "municipalities.ImportBatch": ["name"],
    "municipalities.MailDomain": ["domain"],
}


@pytest.fixture
def atn():
    return UserFactory(role=Role.ADMINISTRATOR, last_name="Nguyen")


def erased(user, by, at=NOON):
    """Ask, accept and carry out, each at its time."""
    asked = actions.ask_erasure(user=user, on=at.date(), at=at)
    actions.grant(request_id=asked.pk, reason="", by=by, at=at)
    assert actions.erase_due(on=at.date(), at=at) == 0
    assert actions.erase_due(on=at.date(), at=at + COOLING) == 1
    asked.refresh_from_db()
    return asked


def test_p06_no_mark_of_an_erased_person_is_left_in_any_table(atn):
    """Every declared field of a person holds a mark; afterwards no table does."""
    garden = plant("p")
    other = plant("q", actor=garden.person)
    known = {*garden.marks, *garden.secrets}
    before = tables_saying(*known)
    # Negative control: the marks were there, in most tables.
    assert len(before) > 20
    assert set().union(*before.values()) == known
    asked = erased(garden.person, atn)
    assert tables_saying(*known) == {
        table: {getattr(made, name) for name in names}
        for made in garden.made.values()
        for table, names in KEPT.items()
        if made._meta.label == table
    }
    assert asked.gone
    # Nobody else lost anything.
    theirs = {*other.marks, *other.secrets}
    assert set().union(*tables_saying(*theirs).values()) == theirs


def test_p06_only_tables_that_say_why_keep_rows_of_the_person(atn):
    garden = plant("p")
    erased(garden.person, atn)
    left = {
        table.model._meta.label
        for table in tables()
        for about in table.about
        if about.kind != About.ACT and not table.stays and rows_of(table, about.of, garden.person)
    }
    assert left == set()


def test_p06_the_login_is_dead_at_once_and_the_rest_follows(atn):
    client, mandate = Client(), MandateFactory()
    user = mandate.user
    client.force_login(user)
    asked = actions.ask_erasure(user=user, on=TODAY, at=NOON)
    assert client.get(reverse("accounts:profile")).status_code == 200
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    answer = client.get(reverse("accounts:profile"))
    assert answer.status_code == 302
    assert "/compte/login" in answer.headers["Location"]
    user.refresh_from_db()
    assert (user.is_active, user.first_name) == (False, "Camille")
    letter = OutgoingEmail.objects.get(key=f"rights_answered:{asked.pk}")
    assert letter.to_address == user.email
    assert "est fermé dès maintenant" in letter.text


def test_p06_it_is_reversible_while_it_cools_and_never_after(atn):
    user = UserFactory()
    asked = actions.ask_erasure(user=user, on=TODAY, at=NOON)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    actions.cancel(request_id=asked.pk, by=atn, at=NOON + timedelta(days=2))
    user.refresh_from_db()
    assert user.is_active
    assert actions.erase_due(on=TODAY, at=NOON + timedelta(days=30)) == 0
    again = erased(user, atn)
    with pytest.raises(actions.RequestRefused):
        actions.cancel(request_id=again.pk, by=atn, at=NOON + timedelta(days=9))
    user.refresh_from_db()
    with pytest.raises(AccountRefused):
        open_account(user=user, by=atn, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=True)
    assert actions.erase_due(on=TODAY, at=NOON + timedelta(days=30)) == 0


def test_p06_an_answer_given_after_the_days_of_cooling_leaves_an_hour_for_the_letter(atn):
    user = UserFactory()
    asked = actions.ask_erasure(user=user, on=TODAY, at=NOON)
    late = NOON + timedelta(days=12)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=late)
    assert actions.erase_due(on=TODAY, at=late + timedelta(minutes=59)) == 0
    assert actions.erase_due(on=TODAY, at=late + timedelta(minutes=60)) == 1


def test_someone_who_holds_a_role_is_not_erased_before_it_ends(atn):
    coach = UserFactory(role=Role.COACH)
    asked = actions.ask_erasure(user=coach, on=TODAY, at=NOON)
    with pytest.raises(actions.RequestRefused, match="tient un rôle"):
        actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    coach.refresh_from_db()
    assert coach.is_active


def proven(**names):
    enrollment = EnrollmentFactory(
        mandate=MandateFactory(user=UserFactory(**names)), completed=True
    )
    certificate = certificate_actions.issue(enrollment_id=enrollment.pk, at=LONG_AGO)
    certificate_actions.produce_file(certificate_id=certificate.pk, at=LONG_AGO)
    return Certificate.objects.get(pk=certificate.pk)


def test_p08_b83_an_attestation_stays_verifiable_without_the_name(client, atn):
    before = proven(first_name="Noëlla", last_name="Saint-Onge")
    page = reverse("certificates:verify", args=[before.code])
    assertContains(client.get(page), "Noëlla Saint-Onge")
    sha256 = before.pdf.sha256
    erased(before.enrollment.learner, atn)
    answer = client.get(page)
    for words in ("Attestation valide", before.number, before.facts["course_title"], sha256):
        assertContains(answer, words)
    assertContains(answer, "5 janvier 2026".replace(" ", "\xa0"))
    assertNotContains(answer, "Saint-Onge")
    for typed, said in [
        ("Noëlla Saint-Onge", "est bien le nom de cette attestation"),
        ("  SAINT ONGE   noella ", "est bien le nom de cette attestation"),
        ("Noëlla Saint-Ours", "n’est pas le nom de cette attestation"),
    ]:
        assertContains(client.post(page, {"name": typed}), said)
    assertContains(client.post(page, {"name": " "}), "Écrivez le nom tel que vous le lisez.")


def test_p08_what_remains_of_the_name_cannot_be_read_or_reissued(atn):
    before = proven(first_name="Noëlla", last_name="Saint-Onge")
    erased(before.enrollment.learner, atn)
    after = Certificate.objects.get(pk=before.pk)
    changed = {name for name in after.facts if after.facts[name] != before.facts.get(name)}
    assert changed == {"name", "function", "name_imprint"}
    assert bytes(after.pdf.content) == b""
    assert certificate_actions.Certificate.objects.owed_a_file().count() == 0
    with pytest.raises(certificate_actions.CertificateRefused):
        certificate_actions.reissue(certificate_id=after.pk, by=atn, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=after.pk).update(facts={})


def test_the_name_is_asked_only_where_it_was_erased(client):
    certificate = proven(first_name="Noëlla", last_name="Saint-Onge")
    page = reverse("certificates:verify", args=[certificate.code])
    assertNotContains(client.post(page, {"name": "Quelqu’un"}), "Confirmer le nom")


def figures(period):
    report = build(parse(period), today=TODAY, audience=Audience.ATN)
    return [as_json(report, breakdown) for breakdown in report.tables]


@pytest.mark.parametrize("period", ["2026-T1", "2026-T4", "2026"])
def test_p06_the_participation_report_is_the_same_before_and_after(atn, period):
    elected = MandateFactory(public=Public.ELECTED)
    for mandate in (elected, MandateFactory(organisation=elected.organisation)):
        enrollment = EnrollmentFactory(mandate=mandate, completed=True)
        for at in (LONG_AGO, NOON):
            LessonState.objects.create(enrollment=enrollment, lesson=uuid4(), completed_at=at)
    before = figures(period)
    assert '"people": 2' in before[0]
    assert '"elected_with_a_completed_course": 1' in before[0]
    erased(elected.user, atn)
    assert figures(period) == before
    elected.refresh_from_db()
    assert (elected.ends_on, elected.function) == (date(2026, 12, 31), "")


def test_p11_someone_erased_who_comes_back_in_a_list_is_new(atn, tmp_path):
    mandate = MandateFactory(
        user=UserFactory(first_name="Luc", last_name="Bélanger", email="luc@ville.quebec")
    )
    EnrollmentFactory(mandate=mandate, completed=True)
    place = mandate.organisation
    erased(mandate.user, atn)
    listed = tmp_path / "liste.csv"
    listed.write_text(
        "Prénom;Nom;Courriel;Fonction;Public\nLuc;Bélanger;luc@ville.quebec;Voirie;Personnel\n"
    )
    call_command("import_people", str(listed), organisation=place.code)
    back = User.objects.get(email="luc@ville.quebec")
    assert back.pk != mandate.user_id
    assert not back.enrollments.exists()
    assert not LearningEvent.objects.exists()
    here = Mandate.objects.in_force(on=timezone.localdate()).filter(organisation=place)
    assert [each.user for each in here] == [back]


def test_p11_no_page_of_the_organisation_tells_of_an_erasure(client, atn):
    gone = MandateFactory(user=UserFactory(last_name="Partie"))
    place = gone.organisation
    MandateFactory(organisation=place, user=UserFactory(last_name="Restée"))
    erased(gone.user, atn)
    client.force_login(atn)
    for page in ("enrollments:team", "municipalities:mandates"):
        answer = client.get(reverse(page, args=[place.handle]))
        assertContains(answer, "Restée")
        assertNotContains(answer, "Personne sans nom")
        # The notice beside a form names a right; it tells of nobody.
        assert "effac" not in NOTICE.sub("", answer.content.decode())
    ended = reverse("municipalities:mandates", args=[place.handle]) + "?etat=termines"
    assertNotContains(client.get(ended), "Personne sans nom")


def test_the_journal_keeps_the_act_and_not_the_words(client, atn):
    user = UserFactory(first_name="Avant", last_name="Tremblay")
    client.force_login(user)
    client.post(reverse("accounts:profile"), {"first_name": "Après", "last_name": "Tremblay"})
    entry = Entry.objects.get(verb="account.corrected")
    assert entry.details == {"fields": ["first_name"], "before": {"first_name": "Avant"}}
    erased(user, atn)
    entry.refresh_from_db()
    assert entry.details == {"fields": ["first_name"]}
    proof = Entry.objects.get(verb="rights.erased")
    assert (proof.actor, proof.target) == (atn, str(RightsRequest.objects.get().pk))


def test_why_an_attestation_was_issued_again_loses_the_words_of_atn(atn):
    before = proven(first_name="Noëlla", last_name="Saint-Onge")
    certificate_actions.reissue(
        certificate_id=before.pk, by=atn, at=NOON, note="Nom corrigé : Saint-Onge"
    )
    entry = Entry.objects.get(verb="certificate.reissued")
    assert entry.details["note"] == "Nom corrigé : Saint-Onge"
    erased(before.enrollment.learner, atn)
    entry.refresh_from_db()
    assert set(entry.details) == {"by"}


def test_an_official_box_that_was_the_person_s_own_is_not_kept_in_requests(atn):
    """In a small place the director general signs in by the address of the registry."""
    user = UserFactory(email="dg@abercorn.example")
    place = MunicipalityFactory(official_email=user.email)
    claimant = claims.Claimant("Ginette", "Harvey", "ginette@exemple.quebec", "direction")
    asked = claims.ask_code(organisation=place, claimant=claimant, at=NOON)
    assert asked.sent_to == user.email
    erased(user, atn)
    asked.refresh_from_db()
    assert (asked.sent_to, asked.email) == ("", "ginette@exemple.quebec")
