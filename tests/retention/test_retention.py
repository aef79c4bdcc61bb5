"""P-14: what is past its time is proposed by night, approved by someone, then gone, once."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.audit.recording import record
from atn_platform.core.purging import purging
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.retention import actions, tasks
from atn_platform.retention.models import LegalHold, RetentionRun
from atn_platform.retention.queries.rules import RULES, past_due
from atn_platform.rights import actions as rights
from enrollments.enums import Verb
from enrollments.models import Appointment, BlockState, LearningEvent, PaperSheet, Slot
from tests.factories import NOON, EnrollmentFactory, RegistrationFactory, UserFactory
from tests.privacy.seed import plant

pytestmark = pytest.mark.django_db
PERIODS = {rule.key: rule.keep for rule in RULES}
HOUR = timedelta(hours=1)
LIST = reverse("admin:retention_retentionrun_changelist")


@pytest.fixture
def atn():
    return UserFactory(role=Role.ADMINISTRATOR)


def letter(user, age):
    return OutgoingEmail.objects.create(
        key=uuid4().hex, category="account", recipient=user, to_address=user.email,
        subject="x", text="x", reason="x", queued_at=NOON - age, sent_at=NOON - age,
    )  # fmt: skip


def answers(user, age):
    """A finished course with one event of the ledger and one try of a questionnaire."""
    done = EnrollmentFactory(mandate__user=user, completed=True)
    type(done).objects.filter(pk=done.pk).update(completed_at=NOON - age)
    LearningEvent.objects.create(
        uuid=uuid4(), enrollment=done, verb=Verb.OPENED, lesson=uuid4(), happened_at=NOON - age,
        received_at=NOON - age,
    )  # fmt: skip
    BlockState.objects.create(enrollment=done, lesson=uuid4(), block=uuid4(), attempts=1)
    return done


def typed_sheet(by):
    """What was answered on paper, in a course finished at NOON."""
    done = EnrollmentFactory(completed=True)
    type(done).objects.filter(pk=done.pk).update(completed_at=NOON)
    return PaperSheet.objects.create(
        uuid=uuid4(), enrollment=done, version=done.version, filled_on=NOON.date(), answers=3,
        lessons=1, entered_by=by, entered_at=NOON,
    )  # fmt: skip


def approved(run, by):
    actions.approve(run_id=run.pk, by=by, at=NOON)
    return actions.carry_out(run_id=run.pk, at=NOON)


def test_p14_nothing_goes_before_somebody_approves(atn):
    letter(UserFactory(), PERIODS["letters"] + HOUR)
    run = actions.propose(at=NOON)
    assert run.proposed == {"letters": 1}
    assert not actions.carry_out(run_id=run.pk, at=NOON)
    assert OutgoingEmail.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.update(done_at=NOON)
    assert approved(run, atn)
    assert not OutgoingEmail.objects.exists()


def test_p14_nothing_younger_goes(atn):
    """On each side of the limit by an hour; and what ages between proposal and approval stays."""
    user = UserFactory()
    old = letter(user, PERIODS["letters"] + HOUR)
    young = letter(user, PERIODS["letters"] - HOUR)
    past, recent = (
        answers(user, PERIODS["answers"] + HOUR),
        answers(user, PERIODS["answers"] - HOUR),
    )
    run = actions.propose(at=NOON)
    assert run.proposed == {"answers": 1, "block-states": 1, "letters": 1}
    actions.approve(run_id=run.pk, by=atn, at=NOON + timedelta(days=9))
    actions.carry_out(run_id=run.pk, at=NOON + timedelta(days=9))
    left = set(OutgoingEmail.objects.values_list("pk", flat=True))
    assert (old.pk in left, young.pk in left) == (False, True)
    assert [each.enrollment for each in LearningEvent.objects.all()] == [recent]
    assert [each.enrollment for each in BlockState.objects.all()] == [recent]
    # The course followed stays: only the answers had a shorter time.
    past.refresh_from_db()


def test_p14_a_result_and_a_need_go_two_years_later_and_their_rows_stay(atn):
    """On each side of the limit by an hour."""
    seats = []
    for age in (PERIODS["results"] + HOUR, PERIODS["results"] - HOUR):
        done = EnrollmentFactory(completed=True)
        seat = RegistrationFactory(
            enrollment=done,
            session__starts_at=NOON - age - HOUR,
            session__ends_at=NOON - age,
            accessibility_needs="Boucle magnétique",
        )
        type(done).objects.filter(pk=done.pk).update(
            completed_at=NOON - age, best_score=87, current_lesson=uuid4()
        )
        seats.append(seat)
    run = actions.propose(at=NOON)
    assert run.proposed == {"results": 1, "needs": 1}
    approved(run, atn)
    old, young = seats
    for seat in seats:
        seat.refresh_from_db()
        seat.enrollment.refresh_from_db()
    assert (old.accessibility_needs, young.accessibility_needs) == ("", "Boucle magnétique")
    assert (old.enrollment.best_score, young.enrollment.best_score) == (None, 87)
    assert old.enrollment.current_lesson is None
    assert actions.propose(at=NOON) is None, "once"


@pytest.mark.parametrize(("month", "left"), [(12, 1), (1, 0)])
def test_p14_a_sheet_goes_seven_years_after_the_year_its_course_was_finished(atn, month, left):
    """With its attestation the course stays; the paper that somebody typed does not."""
    done = typed_sheet(atn).enrollment
    # NOON is in November: the seven years count from the first of January that follows.
    at = NOON.replace(year=2033 if month == 12 else 2034, month=month, day=15)
    if found := actions.propose(at=at):
        actions.approve(run_id=found.pk, by=atn, at=at)
        actions.carry_out(run_id=found.pk, at=at)
    assert PaperSheet.objects.count() == left
    done.refresh_from_db()


@pytest.mark.parametrize("whose", ["learner", "typist"])
def test_p14_a_hold_keeps_the_sheet_of_whoever_filled_or_typed_it(atn, whose):
    typist = UserFactory()
    done = typed_sheet(typist).enrollment
    late = NOON.replace(year=NOON.year + 9)
    assert past_due(late)["papers"] == 1
    held = done.learner if whose == "learner" else typist
    actions.hold(user=held, reason="Plainte", by=atn, at=NOON)
    assert "papers" not in past_due(late)


def test_p14_an_appointment_goes_two_years_after_it_and_its_slot_seven(atn):
    garden = plant("p")
    ended = Slot.objects.get().ends_at
    Slot.objects.update(coach=UserFactory())
    # Nothing else of that person is counted.
    due = {"appointments", "slots"}
    assert not due & set(past_due(ended + PERIODS["appointments"]))
    assert due & set(past_due(ended + PERIODS["appointments"] + HOUR)) == {"appointments"}
    actions.hold(user=garden.made[Appointment].person, reason="Plainte", by=atn, at=NOON)
    assert not due & set(past_due(ended + PERIODS["slots"] + HOUR)), "held with its appointment"
    LegalHold.objects.update(lifted_at=NOON)
    Appointment.objects.all().delete()
    assert not due & set(past_due(ended + PERIODS["slots"]))
    assert due & set(past_due(ended + PERIODS["slots"] + HOUR)) == {"slots"}


def test_p14_a_second_run_deletes_nothing(atn):
    letter(UserFactory(), PERIODS["letters"] + HOUR)
    run = actions.propose(at=NOON)
    assert approved(run, atn) is True
    assert approved(run, atn) is False
    assert actions.propose(at=NOON) is None
    run.refresh_from_db()
    assert run.gone == {"letters": 1}


def test_p14_every_rule_finds_its_rows_and_spares_people_under_a_hold(atn):
    """A person of whom every table speaks; far in the future all is past its time."""
    garden = plant("p")
    far = NOON + timedelta(days=36525)
    asked = rights.ask_erasure(user=UserFactory(), on=NOON.date(), at=NOON)
    OutgoingEmail.objects.update(sent_at=NOON)
    EnrollmentFactory(mandate__user=garden.person, mandate__ends_on=NOON.date())
    Slot.objects.create(coach=garden.person, starts_at=NOON, ends_at=NOON + HOUR, how="Teams")
    found = past_due(far)
    # Consents wait for an erasure, which has its own test.
    assert set(PERIODS) - set(found) == {"consents"}
    actions.hold(user=garden.person, reason="Plainte", by=atn, at=NOON)
    spared = past_due(far)
    for key in set(found) - {"journal", "letters"}:
        assert key not in spared, key
    assert spared["letters"] == OutgoingEmail.objects.filter(recipient=asked.user).count()
    actions.lift(hold_id=LegalHold.objects.get(lifted_at=None).pk, by=atn, at=NOON)
    assert set(past_due(far)) == set(found)


def test_p14_a_hold_on_somebody_without_an_address_spares_nobody_else(atn):
    plant("p")
    far = NOON + timedelta(days=36525)
    known = {"invitations", "claims", "join-requests"}
    assert known <= set(past_due(far))
    actions.hold(user=UserFactory(email=None), reason="Plainte", by=atn, at=NOON)
    assert known <= set(past_due(far))


def test_p14_what_others_did_to_the_account_of_somebody_held_is_spared(atn):
    """The journal of the administration names them by a key alone."""
    garden = plant("p", actor=atn)
    far = NOON + timedelta(days=36525)
    assert past_due(far)["admin-log"] == 1
    actions.hold(user=garden.person, reason="Plainte", by=atn, at=NOON)
    assert "admin-log" not in past_due(far)


def test_p14_consents_of_an_erased_person_go_five_years_later(atn):
    garden = plant("p")
    type(garden.person).objects.filter(pk=garden.person.pk).update(
        email=None, first_name="", last_name="", is_active=False, erased_at=NOON
    )
    assert "consents" not in past_due(NOON + PERIODS["consents"] - HOUR)
    assert past_due(NOON + PERIODS["consents"] + HOUR)["consents"] == 1


def test_p14_the_log_keeps_numbers_not_names(atn):
    user = UserFactory(last_name="Zénobie")
    letter(user, PERIODS["letters"] + HOUR)
    approved(actions.propose(at=NOON), atn)
    run = RetentionRun.objects.get()
    assert (run.gone, run.approved_by) == ({"letters": 1}, atn)
    said = Entry.objects.get(verb="retention.approved")
    assert (said.details, said.target) == ({}, str(run.pk))


def test_p14_the_journal_lets_its_oldest_lines_go_and_nobody_else_can_delete_them(atn):
    for age in (PERIODS["journal"] + HOUR, PERIODS["journal"] - HOUR):
        record(at=NOON - age, actor=None, verb="x", target="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.all().delete()
    approved(actions.propose(at=NOON), atn)
    assert list(Entry.objects.filter(verb="x").values_list("at", flat=True)) == [
        NOON - PERIODS["journal"] + HOUR
    ]
    with purging(), pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.update(verb="autre")


def test_a_run_cut_short_goes_on(atn, monkeypatch):
    for _ in range(5):
        letter(UserFactory(), PERIODS["letters"] + HOUR)
    run = actions.propose(at=NOON)
    actions.approve(run_id=run.pk, by=atn, at=NOON)
    monkeypatch.setattr(actions, "BATCH", 2)
    rule = next(each for each in RULES if each.key == "letters")
    assert actions._let_go(run, rule, at=NOON) == 2
    tasks.pass_by.delay()
    run.refresh_from_db()
    assert run.gone == {"letters": 5}
    assert run.done_at is not None


def test_an_older_proposal_gives_way_to_the_newer(atn):
    letter(UserFactory(), PERIODS["letters"] + HOUR)
    first, second = actions.propose(at=NOON), actions.propose(at=NOON)
    with pytest.raises(actions.RetentionRefused, match="plus récente"):
        actions.approve(run_id=first.pk, by=atn, at=NOON)
    assert approved(second, atn)


def test_p14_atn_reads_the_counts_and_approves(client, atn, django_capture_on_commit_callbacks):
    client.force_login(atn)
    letter(UserFactory(), timezone.now() - NOON + PERIODS["letters"] + HOUR)
    tasks.pass_by.delay()
    run = RetentionRun.objects.get()
    page = reverse("admin:retention_retentionrun_change", args=[run.pk])
    assertContains(client.get(LIST), str(run))
    assertContains(client.get(page), "Courriels envoyés ou abandonnés")
    approve = reverse("admin:retention_approve", args=[run.pk])
    client.get(approve)
    assert OutgoingEmail.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assertRedirects(client.post(approve), page)
    assert not OutgoingEmail.objects.exists()
    assertContains(client.get(page), "Voici ce qui est parti")
    assertNotContains(client.get(page), "Approuver et effacer")


def test_a_hold_is_placed_and_lifted_in_the_administration_and_stops_an_erasure(client, atn):
    client.force_login(atn)
    person = UserFactory()
    add = reverse("admin:retention_legalhold_add")
    assertContains(client.post(add, {"person": person.email, "reason": ""}), "obligatoire")
    client.post(add, {"person": person.email, "reason": "Plainte"})
    asked = rights.ask_erasure(user=person, on=NOON.date(), at=NOON)
    with pytest.raises(rights.RequestRefused, match="retenue légale"):
        rights.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    ticked = {"action": "lift", "_selected_action": LegalHold.objects.get().pk, "confirmed": "1"}
    client.post(reverse("admin:retention_legalhold_changelist"), ticked)
    rights.grant(request_id=asked.pk, reason="", by=atn, at=NOON)


@pytest.mark.parametrize("role", [Role.COACH, Role.UMQ_COORDINATOR])
def test_retention_is_for_atn_alone(client, atn, role):
    letter(UserFactory(), PERIODS["letters"] + HOUR)
    run = actions.propose(at=NOON)
    client.force_login(UserFactory(role=role, is_staff=True))
    client.post(reverse("admin:retention_approve", args=[run.pk]))
    run.refresh_from_db()
    assert run.approved_at is None


def test_the_page_of_the_documentation_says_what_the_table_does():
    text = (Path(settings.BASE_DIR) / "docs" / "retention.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{rule.key}` | {rule.title} | {rule.period} |" for rule in RULES]
