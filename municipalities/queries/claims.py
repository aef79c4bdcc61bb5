"""Who asks to answer for an organisation, where nobody there can say yes."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.audit.models import Viewing
from atn_platform.core.notices import NOTICES
from atn_platform.core.office_hours import QUEBEC
from municipalities.models import (
    CLAIM_UNDO,
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


def accepted_lately(*, by: User, at: datetime) -> ClaimQuerySet:
    """What this person may take back, by whomever of ATN or UMQ it was accepted."""
    is_atn = by.has_role(Role.ADMINISTRATOR)
    return _accepted_lately(at=at) if is_atn else shown_lately_to_umq(at=at)


def shown_lately_to_umq(*, at: datetime) -> ClaimQuerySet:
    return _accepted_lately(at=at).filter(asked_at__gte=UMQ_NAMED)


def _accepted_lately(*, at: datetime) -> ClaimQuerySet:
    """Not what the responsables of an organisation said themselves: they end it themselves."""
    roles = RoleGrant.objects.filter(
        user=OuterRef("decided_by"), role__in=[Role.UMQ_COORDINATOR, Role.ADMINISTRATOR]
    )
    its_own = Responsibility.objects.filter(
        user=OuterRef("decided_by"), organisation=OuterRef("organisation")
    )
    lately = Claim.objects.filter(code_hash="", accepted_at__gt=at - CLAIM_UNDO, undone_at=None)
    said = lately.filter(Exists(roles), ~Exists(its_own), organisation__inactive_on=None)
    rows = said.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("-accepted_at", "-pk")


@dataclass(frozen=True, slots=True)
class Effect:
    """What was done with a yes, in numbers: people named, letters that wait, records opened."""

    named: int
    letters: int
    opened: int


def effect_of(claim: Claim, *, at: datetime) -> Effect:
    person = User.objects.owner_of(claim.email)
    if person is None:
        return Effect(0, 0, 0)
    accounts = User.objects.accounts_united([person.pk])
    named = Responsibility.objects.from_day(at.astimezone(QUEBEC).date()).filter(
        organisation=claim.organisation, granted_by__in=accounts
    )
    letters = claim.organisation.invitations.pending().filter(invited_by__in=accounts)
    opened = Viewing.objects.filter(reader__in=accounts, at__gte=claim.accepted_at)
    return Effect(named.exclude(user=person).count(), letters.count(), opened.count())


def _to_validate(*, on: date) -> ClaimQuerySet:
    """Requests for organisations that nobody answers for: elsewhere the responsables decide."""
    answering = Responsibility.objects.in_force(on=on).filter(
        organisation=OuterRef("organisation"), user__is_active=True
    )
    waiting = Claim.objects.waiting().filter(~Exists(answering), organisation__inactive_on=None)
    rows = waiting.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("asked_at", "pk")
