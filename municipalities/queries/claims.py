"""Who asks to answer for an organisation, where nobody there can say yes."""

from datetime import date, datetime, time

from django.db.models import Exists, OuterRef

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.notices import NOTICES
from atn_platform.core.office_hours import QUEBEC
from municipalities.models import Claim, ClaimQuerySet, Responsibility

# The first words that named UMQ among the readers: whoever asked before was not told of it.
UMQ_NAMED = datetime.combine(NOTICES["claim"][1].since, time(), QUEBEC)


def to_validate(*, by: User, on: date) -> ClaimQuerySet:
    """What this person may answer: ATN also reads what was asked before the form named UMQ."""
    return _to_validate(on=on) if by.has_role(Role.ADMINISTRATOR) else shown_to_umq(on=on)


def shown_to_umq(*, on: date) -> ClaimQuerySet:
    """Only of people whom the form told so (A-2.1, art. 65)."""
    return _to_validate(on=on).filter(asked_at__gte=UMQ_NAMED)


def _to_validate(*, on: date) -> ClaimQuerySet:
    """Requests for organisations that nobody answers for: elsewhere the responsables decide."""
    answering = Responsibility.objects.in_force(on=on).filter(
        organisation=OuterRef("organisation"), user__is_active=True
    )
    waiting = Claim.objects.waiting().filter(~Exists(answering), organisation__inactive_on=None)
    rows = waiting.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("asked_at", "pk")
