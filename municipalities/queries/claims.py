"""Who asks to answer for an organisation, where nobody there can say yes."""

from datetime import date

from django.db.models import Exists, OuterRef

from municipalities.models import Claim, ClaimQuerySet, Responsibility


def to_validate(*, on: date) -> ClaimQuerySet:
    """Requests for organisations that nobody answers for: elsewhere the responsables decide."""
    answering = Responsibility.objects.in_force(on=on).filter(
        organisation=OuterRef("organisation"), user__is_active=True
    )
    waiting = Claim.objects.waiting().filter(~Exists(answering), organisation__inactive_on=None)
    rows = waiting.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("asked_at", "pk")
