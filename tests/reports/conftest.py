from datetime import UTC, datetime
from uuid import uuid4

import pytest

from enrollments.models import LessonState
from municipalities.enums import Public
from tests.factories import EnrollmentFactory, MandateFactory, MunicipalityFactory, VersionFactory

IN_T3 = datetime(2026, 8, 12, 15, 0, tzinfo=UTC)


@pytest.fixture
def version(db):
    return VersionFactory()


@pytest.fixture
def take_part(version):
    """Make that many people complete a lesson in a place."""

    def act(place, *, public=Public.STAFF, at=IN_T3, people=1, lesson=None):
        enrollments = []
        for _ in range(people):
            mandate = MandateFactory(organisation=place, public=public)
            enrollments.append(
                EnrollmentFactory(mandate=mandate, version=version, first_activity_at=at)
            )
            LessonState.objects.create(
                enrollment=enrollments[-1], lesson=lesson or uuid4(), completed_at=at
            )
        return enrollments

    return act


@pytest.fixture
def places(db):
    """Make municipalities in the region of that code."""
    from tests.factories import RegionFactory  # noqa: PLC0415

    def make(region, count=1, **fields):
        area = RegionFactory(code=region, name=region, sort_key=region)
        return [MunicipalityFactory(region=area, **fields) for _ in range(count)]

    return make
