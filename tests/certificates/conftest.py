"""Certificates as the platform issues them, by its own actions."""

import pytest

from certificates import actions
from certificates.models import Certificate
from tests.factories import NOON, EnrollmentFactory, MandateFactory, UserFactory


def completed(**facts):
    """A completed enrolment of someone whose mandate has these fields."""
    names = {key: facts.pop(key) for key in ("first_name", "last_name") if key in facts}
    return EnrollmentFactory(
        mandate=MandateFactory(user=UserFactory(**names), **facts), completed=True
    )


def issued(*, with_file=False, **facts) -> Certificate:
    certificate = actions.issue(enrollment_id=completed(**facts).pk, at=NOON)
    if with_file:
        actions.produce_file(certificate_id=certificate.pk, at=NOON)
        certificate.refresh_from_db()
    return certificate


@pytest.fixture
def certificate(db):
    return issued(first_name="Chantal", last_name="Girard")
