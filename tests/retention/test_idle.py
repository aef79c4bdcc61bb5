"""P-14: accounts that no longer serve are told so three times, proposed, then emptied."""

from datetime import date, timedelta

import pytest
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.retention import actions
from atn_platform.retention.models import IdleAccount
from atn_platform.retention.queries.idle import IDLE_AFTER
from certificates import actions as certificates
from municipalities.models import Mandate
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONG = NOON - IDLE_AFTER - DAY


def asleep(user=None, *, at=LONG):
    """Someone who did nothing since; their functions ended before."""
    user = user or UserFactory(last_name="Zénobie")
    User.objects.filter(pk=user.pk).update(date_joined=at, last_login=at)
    Mandate.objects.filter(user=user).update(starts_on=date(2020, 1, 1), ends_on=at.date() - DAY)
    return user


def letters(user):
    found = OutgoingEmail.objects.filter(recipient=user).order_by("queued_at")
    return [letter.key.rsplit(":", 1)[1] for letter in found]


def nights(first, last):
    for night in range(first, last):
        actions.watch_idle_accounts(at=NOON + night * DAY)


def carried_out(run, at):
    actions.approve(run_id=run.pk, by=UserFactory(role=Role.ADMINISTRATOR), at=at)
    actions.carry_out(run_id=run.pk, at=at)
    run.refresh_from_db()
    return run.gone


def test_p14_three_letters_leave_each_once_then_it_is_proposed():
    user = asleep()
    nights(0, 59)
    assert letters(user) == ["60", "30", "7"]
    assert actions.propose(at=NOON + 59 * DAY) is None
    nights(59, 62)
    assert letters(user) == ["60", "30", "7"]
    run = actions.propose(at=NOON + 61 * DAY)
    assert run.proposed == {"accounts": 1}
    user.refresh_from_db()
    assert user.last_name == "Zénobie", "nothing goes before somebody approves"
    assert carried_out(run, NOON + 62 * DAY) == {"accounts": 1}
    user.refresh_from_db()
    assert (user.email, user.last_name, user.is_active) == (None, "", False)
    assert user.erased_at is not None
    assert not IdleAccount.objects.exists()
    letter = OutgoingEmail.objects.filter(text__contains="Zénobie")
    assert not letter.exists()


def test_p14_one_visit_keeps_the_account_even_after_it_was_proposed():
    early, late = asleep(), asleep()
    nights(0, 3)
    User.objects.filter(pk=early.pk).update(last_login=NOON + 3 * DAY)
    nights(3, 61)
    assert letters(early) == ["60"]
    run = actions.propose(at=NOON + 61 * DAY)
    assert run.proposed == {"accounts": 1}
    User.objects.filter(pk=late.pk).update(last_login=NOON + 61 * DAY)
    assert carried_out(run, NOON + 62 * DAY) == {}
    assert User.objects.filter(pk__in=(early.pk, late.pk), is_active=True).count() == 2


@pytest.mark.parametrize(
    "busy", ["visit", "course", "office", "left-lately", "responsible", "role", "closed", "new"]
)
def test_p14_accounts_that_serve_or_wait_for_a_decision_are_left_alone(busy):
    mandate = MandateFactory()
    user = asleep(mandate.user)
    recent = NOON - IDLE_AFTER + DAY
    if busy == "visit":
        User.objects.filter(pk=user.pk).update(last_login=recent)
    elif busy == "course":
        EnrollmentFactory(mandate=mandate, last_activity_at=recent, enrolled_at=LONG)
    elif busy == "office":
        Mandate.objects.update(ends_on=None)
    elif busy == "left-lately":
        Mandate.objects.update(ends_on=recent.date())
    elif busy == "responsible":
        ResponsibilityFactory(user=user, organisation=mandate.organisation)
    elif busy == "role":
        user.role_grants.create(role=Role.COACH, granted_at=LONG)
    elif busy == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        User.objects.filter(pk=user.pk).update(date_joined=recent, last_login=None)
    assert actions.watch_idle_accounts(at=NOON) == 0
    assert not IdleAccount.objects.exists()


def test_p14_someone_without_an_address_waits_as_long_and_a_hold_spares_them():
    silent = asleep(UserFactory(email=None))
    held = asleep()
    actions.hold(user=held, reason="Plainte", by=UserFactory(), at=NOON)
    nights(0, 1)
    assert not OutgoingEmail.objects.exists()
    assert actions.propose(at=NOON + 59 * DAY) is None
    run = actions.propose(at=NOON + 61 * DAY)
    carried_out(run, NOON + 61 * DAY)
    assert list(User.objects.filter(erased_at__isnull=False)) == [silent]


@pytest.mark.parametrize("which", ["own", "united"])
def test_p14_time_begins_when_a_hold_is_lifted_and_all_the_letters_leave(which):
    user = asleep()
    closed = UserFactory(email=None, is_active=False, united_to=user)
    nights(0, 1)
    assert letters(user) == ["60"], "told before the hold, and again after it"
    held = actions.hold(
        user=user if which == "own" else closed, reason="Plainte", by=UserFactory(), at=NOON + DAY
    )
    nights(1, 71)
    actions.lift(hold_id=held.pk, by=UserFactory(), at=NOON + 71 * DAY)
    assert actions.propose(at=NOON + 71 * DAY) is None
    assert letters(user) == ["60"]
    nights(71, 130)
    assert letters(user) == ["60", "60", "30", "7"]
    assert actions.propose(at=NOON + 130 * DAY) is None
    assert actions.propose(at=NOON + 132 * DAY).proposed == {"accounts": 1}


def test_p14_an_account_held_from_the_first_night_is_told_before_it_is_proposed():
    user = asleep()
    held = actions.hold(user=user, reason="Plainte", by=UserFactory(), at=NOON)
    nights(0, 70)
    assert not IdleAccount.objects.exists()
    actions.lift(hold_id=held.pk, by=UserFactory(), at=NOON + 70 * DAY)
    assert actions.propose(at=NOON + 70 * DAY) is None
    nights(70, 71)
    assert letters(user) == ["60"]


def test_p14_a_hold_on_an_account_that_was_united_spares_the_one_that_is_kept():
    kept = asleep()
    closed = UserFactory(email=None, is_active=False, united_to=kept)
    nights(0, 1)
    run = actions.propose(at=NOON + 61 * DAY)
    assert run.proposed == {"accounts": 1}, "nobody under a hold yet"
    actions.hold(user=closed, reason="Plainte", by=UserFactory(), at=NOON + 61 * DAY)
    assert actions.propose(at=NOON + 61 * DAY) is None
    assert carried_out(run, NOON + 62 * DAY) == {}
    assert not User.objects.filter(erased_at__isnull=False).exists()


def test_p14_the_attestation_of_an_idle_account_keeps_its_name_and_its_file(client):
    done = EnrollmentFactory(mandate__user=UserFactory(last_name="Zénobie"), completed=True)
    proof = certificates.issue(enrollment_id=done.pk, at=LONG)
    asleep(done.learner)
    type(done).objects.update(last_activity_at=LONG, enrolled_at=LONG)
    nights(0, 1)
    carried_out(actions.propose(at=NOON + 61 * DAY), NOON + 61 * DAY)
    done.learner.refresh_from_db()
    assert done.learner.last_name == ""
    page = client.get(f"/verifier/{proof.code}/")
    assertContains(page, "Attestation valide")
    assertContains(page, "Zénobie")


def test_the_letter_says_what_to_do_and_until_when():
    user = asleep()
    nights(0, 1)
    letter = OutgoingEmail.objects.get(recipient=user)
    assert letter.subject == "Voulez-vous garder votre compte?"
    assert "connectez-vous une fois avant le" in letter.text
    assert "/compte/login/" in letter.text
