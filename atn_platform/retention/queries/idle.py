"""Accounts that serve for nothing any more, and when their person is told."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from atn_platform.accounts.models import RoleGrant, User
from atn_platform.reports.periods import ZONE
from atn_platform.retention.queries.rule import YEAR
from enrollments.models import Enrollment
from municipalities.models import Mandate, Responsibility

IDLE_AFTER = 3 * YEAR
# Days before an idle account is proposed; a letter leaves when so many are left.
IDLE_NOTICES = (60, 30, 7)
IDLE_NOTICE = timedelta(days=IDLE_NOTICES[0])


def idle(limit: datetime) -> QuerySet[User]:
    """Accounts that served for nothing since that moment: no visit, no course, no function held.

    A role on the platform, a responsibility or a closed account is somebody's decision, and waits
    for another one.
    """
    person = OuterRef("pk")
    day = limit.astimezone(ZONE).date()
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return User.objects.filter(
        Q(last_login__isnull=True) | Q(last_login__lt=limit),
        # What the account took over served for the same person.
        ~Exists(User.objects.filter(united_to=person, last_login__gte=limit)),
        ~Exists(Enrollment.objects.filter(learner=person, last_activity_at__gte=limit)),
        ~Exists(Enrollment.objects.filter(learner=person, enrolled_at__gte=limit)),
        ~Exists(Mandate.objects.filter(lasts, user=person)),
        ~Exists(Responsibility.objects.filter(lasts, user=person)),
        ~Exists(RoleGrant.objects.filter(user=person, ended_at=None)),
        date_joined__lt=limit,
        is_active=True,
        is_staff=False,
        erased_at__isnull=True,
    )
