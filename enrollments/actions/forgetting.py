"""Enrolments past their time go, with all that hangs from them."""

from collections.abc import Collection

from django.db import transaction

from atn_platform.core.purging import purging
from enrollments.models import Enrollment, LearningEvent, Registration


@transaction.atomic
def forget(*, enrollment_ids: Collection[int]) -> None:
    """Delete unfinished enrolments: acts, states, notes, questions and seats go with them.

    The database refuses it for whatever an attestation rests on.
    """
    with purging():
        LearningEvent.objects.filter(enrollment__in=enrollment_ids).delete()
        Registration.objects.filter(enrollment__in=enrollment_ids).delete()
        Enrollment.objects.filter(pk__in=enrollment_ids).delete()
