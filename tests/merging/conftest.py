from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from atn_platform.merging import actions
from enrollments.actions.ledger import NewEvent, record
from enrollments.enums import Verb
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
BEFORE = datetime(2026, 8, 12, 15, 0, tzinfo=UTC)
LESSONS = [lesson_document(key) for key in "abc"]


def lesson(key: str) -> UUID:
    return UUID(LESSONS["abc".index(key)]["uuid"])


def finish(enrollment, *keys, at=BEFORE):
    for key in keys:
        event = NewEvent(uuid4(), Verb.COMPLETED, lesson(key), at)
        record(enrollment_id=enrollment.pk, event=event, at=at)
    enrollment.refresh_from_db()


def unite(kept, absorbed, *, by=None, at=NOW):
    by = by or UserFactory()
    asked = actions.decide(kept=kept, absorbed=absorbed, reason="pièce vue", by=by, at=at)
    return actions.unite(merge_id=asked.pk, by=by, on=at.date(), at=at)


def part(merge, *, by=None, at=NOW + timedelta(days=3)):
    return actions.part(merge_id=merge.pk, by=by or UserFactory(), at=at)


@pytest.fixture
def version(db):
    return VersionFactory(stations=LESSONS)


@pytest.fixture
def twins(db):
    """One person at work and at home: two accounts, each with a function of its own."""
    return [
        MandateFactory(
            user__first_name="Luc", user__last_name="Roy", user__email=f"luc@{where}.example"
        ).user
        for where in ("travail", "maison")
    ]


@pytest.fixture
def follow(version):
    """The course followed by someone, under their function, from before."""

    def act(person, *, completed=()):
        enrollment = EnrollmentFactory(
            mandate=person.mandates.get(), version=version, enrolled_at=BEFORE, stations_total=3
        )
        finish(enrollment, *completed)
        return enrollment

    return act
