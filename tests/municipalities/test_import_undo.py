"""Taking an import back while others work: nobody is lost, nothing is taken back twice (B-33)."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from enrollments.models import Enrollment
from municipalities.actions import import_undo, imports
from municipalities.enums import BatchState
from municipalities.models import Mandate
from municipalities.queries import import_undo as queries
from tests.factories import NOON, EnrollmentFactory, ResponsibilityFactory
from tests.municipalities.lists import ELOISE, PAUL, listed

LATER = NOON + timedelta(days=3)


def bring_in(duty, *rows):
    batch = imports.receive(
        organisation=duty.organisation, name="g.csv", content=listed(*rows), by=duty.user, at=NOON
    )
    imports.start(batch_id=batch.pk, writes=False)
    return imports.commit(batch_id=batch.pk, at=NOON)


def taken_back(batch):
    return import_undo.undo(batch_id=batch.pk, by=batch.by, at=LATER)


def aside(work):
    """Do something through another connection."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def here(duty):
    mandates = Mandate.objects.filter(organisation=duty.organisation).exclude(user=duty.user)
    return set(mandates.values_list("user__email", flat=True))


@pytest.mark.django_db(transaction=True)
def test_b33_somebody_enrolled_while_an_import_is_taken_back_stays(monkeypatch):
    duty = ResponsibilityFactory()
    batch = bring_in(duty, ELOISE, PAUL)
    learning = Mandate.objects.get(user__email=ELOISE[2])
    look, looks = queries.kept_if_undone, []

    def then_enrolled(batch):
        kept = look(batch)
        if not looks:
            aside(lambda: EnrollmentFactory(mandate=learning)).join(30)
        looks.append(kept)
        return kept

    monkeypatch.setattr(queries, "kept_if_undone", then_enrolled)
    assert taken_back(batch).state == BatchState.UNDONE
    assert looks == [set(), {learning.user_id}]
    assert here(duty) == {ELOISE[2]}
    assert Enrollment.objects.get().mandate == learning


@pytest.mark.django_db(transaction=True)
def test_b33_without_a_second_look_that_enrolment_would_break_the_undoing(monkeypatch):
    duty = ResponsibilityFactory()
    batch = bring_in(duty, ELOISE)
    learning = Mandate.objects.get(user__email=ELOISE[2])
    look = queries.kept_if_undone

    def then_enrolled(batch):
        kept = look(batch)
        aside(lambda: EnrollmentFactory(mandate=learning)).join(30)
        return kept

    monkeypatch.setattr(queries, "kept_if_undone", then_enrolled)
    with pytest.raises(IntegrityError):
        import_undo._undo(batch.pk, batch.by, LATER)
    assert here(duty) == {ELOISE[2]}


@pytest.mark.django_db(transaction=True)
def test_b33_an_import_taken_back_twice_at_once_is_taken_back_once():
    duty = ResponsibilityFactory()
    batch = bring_in(duty, ELOISE, PAUL)
    for thread in [aside(lambda: taken_back(batch)) for _twice in range(3)]:
        thread.join(30)
    assert here(duty) == set()
    assert Entry.objects.filter(verb="import.undone").count() == 1


@pytest.mark.django_db
def test_names_that_somebody_corrected_since_are_not_overwritten():
    duty = ResponsibilityFactory()
    bring_in(duty, ELOISE, PAUL)
    batch = bring_in(duty, ("Élo", *ELOISE[1:]), ("Paulo", *PAUL[1:]))
    User.objects.filter(email=PAUL[2]).update(first_name="Paul-André")
    taken_back(batch)
    assert set(User.objects.filter(email__in=[ELOISE[2], PAUL[2]]).values_list("first_name", flat=True)) == {
        "Éloïse", "Paul-André",
    }  # fmt: skip


@pytest.mark.django_db
def test_b33_whoever_was_renamed_by_hand_since_stays():
    duty = ResponsibilityFactory()
    batch = bring_in(duty, ELOISE, PAUL)
    User.objects.filter(email=PAUL[2]).update(last_name="Saint-Onge")
    taken_back(batch)
    assert here(duty) == {PAUL[2]}


@pytest.mark.django_db
def test_b29_b33_a_name_that_is_tidied_when_kept_is_neither_changed_nor_edited():
    """« J.Tremblay » is kept as « J. Tremblay »."""
    duty = ResponsibilityFactory()
    row = ("J.Paul", "Roy", "jp@abercorn.example", "", "")
    batch = bring_in(duty, row)
    assert bring_in(duty, row).lines.get().state == "known"
    taken_back(batch)
    assert here(duty) == set()
