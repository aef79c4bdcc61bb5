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
    Invitation,
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
class Undoing:
    """What taking a yes back takes with it. `letters` are those that the people put out sent."""

    claimants: set[int]
    lost: list[Responsibility]
    letters: list[Invitation]
    opened: int

    @property
    def named(self) -> list[Responsibility]:
        return [each for each in self.lost if each.user_id not in self.claimants]


def undoing_of(claim: Claim, *, at: datetime) -> Undoing:
    """What the page announces and the act does. `opened` counts readings of records of the place.

    Nobody answered there when the yes was said, so what the claimant holds there comes of it.
    """
    claimants = _claimants(claim)
    lost = _named_since(claim, claimants, at=at)
    writers = User.objects.accounts_united(claimants | {each.user_id for each in lost})
    letters = claim.organisation.invitations.pending().filter(invited_by__in=writers)
    opened = Viewing.objects.filter(
        reader__in=User.objects.accounts_united(claimants),
        place=str(claim.organisation),
        at__gte=claim.accepted_at,
    )
    return Undoing(claimants, lost, list(letters), opened.count())


def _claimants(claim: Claim) -> set[int]:
    """Whose account the claimant's address opens, and whoever accepted by a letter sent there."""
    accepted = Invitation.objects.filter(
        organisation=claim.organisation_id, email=claim.email, accepted_at__gte=claim.accepted_at
    )
    people = {pk for pk in accepted.values_list("accepted_by", flat=True) if pk is not None}
    owner = User.objects.owner_of(claim.email)
    return people | {owner.pk} if owner else people


def _named_since(claim: Claim, first: set[int], *, at: datetime) -> list[Responsibility]:
    """What these people hold there since the yes, and those whom they named, and so on."""
    since = (claim.accepted_at or at).astimezone(QUEBEC).date()
    held = Responsibility.objects.from_day(at.astimezone(QUEBEC).date()).filter(
        organisation=claim.organisation_id, starts_on__gte=since
    )
    left = list(held.select_related("user").order_by("pk"))
    lost = found = [each for each in left if each.user_id in first]
    while found:
        names = User.objects.accounts_united({each.user_id for each in found})
        left = [each for each in left if each not in found]
        found = [each for each in left if each.granted_by_id in names]
        lost = [*lost, *found]
    return lost


def _to_validate(*, on: date) -> ClaimQuerySet:
    """Requests for organisations that nobody answers for: elsewhere the responsables decide."""
    answering = Responsibility.objects.in_force(on=on).filter(
        organisation=OuterRef("organisation"), user__is_active=True
    )
    waiting = Claim.objects.waiting().filter(~Exists(answering), organisation__inactive_on=None)
    rows = waiting.select_related("organisation__mrc", "organisation__region")
    return rows.order_by("asked_at", "pk")
