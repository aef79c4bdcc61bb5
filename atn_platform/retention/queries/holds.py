"""Whom a legal hold keeps."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from atn_platform.accounts.models import User
from atn_platform.retention.models import LegalHold


def under_hold() -> QuerySet[User]:
    """Every account of the people under a legal hold: accounts that were united are one person's.

    What the hold is on may have gone with the account that closed, or with the one that is kept.
    """
    held = LegalHold.objects.filter(lifted_at=None)
    kept = held.values(person=Coalesce("user__united_to", "user"))
    return User.objects.filter(Q(pk__in=kept) | Q(united_to__in=kept))
