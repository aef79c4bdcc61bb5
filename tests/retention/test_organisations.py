"""P-14: what was declared and handed in for an organisation goes too, files and all."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from atn_platform.accounts.enums import Role
from atn_platform.retention import actions
from atn_platform.retention.queries.rules import RULES, past_due
from municipalities.actions import duties, imports
from municipalities.enums import Duty, Public
from municipalities.models import DeclaredTraining, ImportBatch
from tests.factories import NOON, MandateFactory, MunicipalityFactory, UserFactory
from tests.municipalities.lists import PAUL, listed

pytestmark = pytest.mark.django_db
PERIODS = {rule.key: rule.keep for rule in RULES}
DAY = timedelta(days=1)
PROOF = duties.Proof("preuve.pdf", b"%PDF-1.7 mandats")


@pytest.fixture
def atn():
    return UserFactory(role=Role.ADMINISTRATOR)


def declared(ends_on):
    """By somebody whose mandate ends that day."""
    mandate = MandateFactory(
        public=Public.ELECTED,
        starts_on=min(ends_on, NOON.date()) - 1400 * DAY,
        ends_on=ends_on,
    )
    said = duties.Declared(mandate.starts_on + DAY, "Formatrice", "F-1", 180, PROOF)
    return duties.declare(
        mandate_id=mandate.pk, duty=Duty.ETHICS, said=said, by=mandate.user, at=NOON
    )


def go(at, by):
    run = actions.propose(at=at)
    actions.approve(run_id=run.pk, by=by, at=at)
    actions.carry_out(run_id=run.pk, at=at)
    return run.proposed


def test_p14_a_declared_training_goes_seven_years_after_its_mandate_with_the_last_copy_of_its_proof(
    atn, django_capture_on_commit_callbacks
):
    limit = (NOON - PERIODS["duties"]).date()
    old, younger = declared(limit - DAY), declared(limit + DAY)
    assert old.proof.name == younger.proof.name
    with django_capture_on_commit_callbacks(execute=True):
        assert go(NOON, atn)["duties"] == 1
    assert list(DeclaredTraining.objects.all()) == [younger]
    assert default_storage.exists(younger.proof.name), "the same bytes serve the other"
    with django_capture_on_commit_callbacks(execute=True):
        go(NOON + 3 * DAY, atn)
    assert not DeclaredTraining.objects.exists()
    assert not default_storage.exists(old.proof.name)


def test_p14_a_declaration_taken_back_goes_seven_years_later_though_the_mandate_lasts(atn):
    taken_back = declared((NOON + 9000 * DAY).date())
    duties.withdraw(training_id=taken_back.pk, by=taken_back.mandate.user, at=NOON)
    assert "duties" not in past_due(NOON + PERIODS["duties"])
    assert past_due(NOON + PERIODS["duties"] + DAY)["duties"] == 1
    actions.hold(user=taken_back.mandate.user, reason="Plainte", by=atn, at=NOON)
    assert "duties" not in past_due(NOON + PERIODS["duties"] + DAY)


def test_p14_a_list_goes_after_its_lines_and_its_columns_are_remembered_until_then(atn):
    place = MunicipalityFactory()
    batch = imports.receive(
        organisation=place, name="gens.csv", content=listed(PAUL), by=UserFactory(), at=NOON
    )
    imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOON)
    assert go(NOON + PERIODS["lists"] + DAY, atn)["lists"] == 1
    assert not batch.lines.exists()
    assert "imports" not in past_due(NOON + PERIODS["imports"])
    assert go(NOON + PERIODS["imports"] + DAY, atn)["imports"] == 1
    assert not ImportBatch.objects.exists()


def test_p14_a_list_that_names_somebody_under_a_hold_stays(atn):
    paul = MandateFactory(user__email=PAUL[2])
    imports.receive(
        organisation=paul.organisation, name="gens.csv", content=listed(PAUL),
        by=UserFactory(), at=NOON,
    )  # fmt: skip
    actions.hold(user=paul.user, reason="Plainte", by=atn, at=NOON)
    assert not {"lists", "imports"} & set(past_due(NOON + PERIODS["imports"] + DAY))
