"""What must never change is refused by the database itself, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from courses import actions
from courses.models import CourseVersion, PathVersion
from enrollments.enums import Verb
from enrollments.models import LearningEvent
from tests.factories import LONG_AGO, EnrollmentFactory, PathFactory, VersionFactory

pytestmark = pytest.mark.django_db


def refuses(queryset, **changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        queryset.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        queryset._raw_delete(queryset.db)


def test_a_published_version_never_changes():
    version = VersionFactory()
    refuses(CourseVersion.objects.filter(pk=version.pk), document={})


def test_a_parcours_that_somebody_follows_never_changes():
    version = actions.freeze_path(path=PathFactory(), at=LONG_AGO)
    refuses(PathVersion.objects.filter(pk=version.pk), document={})


def test_the_ledger_only_grows():
    enrollment = EnrollmentFactory()
    LearningEvent.objects.create(
        uuid=enrollment.uuid, enrollment=enrollment, verb=Verb.OPENED, lesson=enrollment.uuid,
        happened_at=LONG_AGO, received_at=LONG_AGO,
    )  # fmt: skip
    refuses(LearningEvent.objects.all(), verb=Verb.COMPLETED)
