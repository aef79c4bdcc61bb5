"""Who asks to answer for an organisation, where nobody there can say yes."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.notices import NOTICES
from atn_platform.core.office_hours import QUEBEC
from municipalities.models import (
    Claim,
    ClaimQuerySet,
    JoinRequest,
    Organisation,
    Responsibility,
)

# The first words that named UMQ among the readers: whoever asked before was not told of it.
UMQ_NAMED = datetime.combine(NOTICES["claim"][1].since, time(), QUEBEC)


def to_validate(*, by: User, on: date) -> ClaimQuerySet:
    """What this person may answer: ATN also reads what was asked before the form named UMQ."""
    return _to_validate(on=on) if by.has_role(Role.ADMINISTRATOR) else shown_to_umq(on=on)


def shown_to_umq(*, on: date) -> ClaimQuerySet:
    """Only of people whom the form told so (A-2.1, art. 65)."""
    return _to_validate(on=on).filter(asked_at__gte=UMQ_NAMED)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An organisation whose responsables are waited for, and by whom."""

    handle: str
    name: str
    has_claims: bool
    has_joining: bool

    def __str__(self) -> str:
        return self.name


def waiting_for(user: User, *, on: date) -> list[Awaiting]:
    """Where this responsable is asked to say yes to a claimant, or to readers of the poster."""
    claims = Claim.objects.waiting().filter(organisation=OuterRef("pk"))
    joining = JoinRequest.objects.waiting().filter(poster__organisation=OuterRef("pk"))
    places = Organisation.objects.active().managed_by(user, on=on).order_by("sort_key")
    asked = places.annotate(has_claims=Exists(claims), has_joining=Exists(joining))
    return [
        Awaiting(place.handle, place.name, place.has_claims, place.has_joining)
        for place in asked.filter(Q(has_claims=True) | Q(has_joining=True))
    ]


def _to_validate(*, on: date) -> ClaimQuerySet:
    """Requests for organisations that nobody answers for: elsewhere the responsables decide."""
    answering = Responsibility.objects.in_force(on=on).filter(
        organisation=OuterRef("organisation"), user__is_active=True
    )
    waiting = Claim.objects.waiting().filter(~Exists(answering), organisation__inactive_on=None)
    rows = waiting.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("asked_at", "pk")
