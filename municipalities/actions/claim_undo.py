"""Taking back a yes that ATN or UMQ said to a claimant."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions import mandates
from municipalities.actions.claims import ClaimRefused
from municipalities.actions.invitations import cancel_invitation, local_day
from municipalities.enums import Undone
from municipalities.models import (
    CLAIM_UNDO,
    Claim,
    Invitation,
    Mandate,
    Organisation,
    Responsibility,
)


@transaction.atomic
def take_back(*, claim_id: int, reason: str, by: User, at: datetime) -> Claim:
    """Put the claimant out at once, with whoever they named since; tell them all, and the place.

    Nobody answered there when the yes was said, so what they hold there comes of it. Letters not
    answered yet are closed; the mandate that accepting gave them ends today. Courses, accounts and
    the journal stay. Taking back twice is once; raises ClaimRefused past CLAIM_UNDO.
    """
    claim = Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    if claim.undone_at is not None:
        return claim
    if not claim.is_open_to_undo(at):
        raise ClaimRefused(
            _("Une réponse se retire pendant %s jours : demandez à l’Académie.") % CLAIM_UNDO.days
        )
    # Before their place, as whoever accepts one does: they wait for us, or we for them.
    letters = list(_unanswered(claim))
    place = Organisation.objects.select_for_update(no_key=True).get(pk=claim.organisation_id)
    claimants = _claimants(claim)
    lost = _named_since(claim, claimants, at=at)
    names = claimants | {each.user_id for each in lost}
    writers = User.objects.accounts_united(names)
    for letter in letters:
        if letter.email == claim.email or letter.invited_by_id in writers:
            cancel_invitation(invitation_id=letter.pk, by=by, at=at)
    for held in lost:
        _put_out(held, by=by, at=at)
    _end_mandates(claim, claimants, by=by, at=at)
    claim.undone_at, claim.undone_by, claim.reason = at, by, reason
    claim.save(update_fields=["undone_at", "undone_by", "reason", "updated_at"])
    record(at=at, actor=by, verb="claim.undone", target=str(claim.pk), people=sorted(names))
    _tell(claim, claimants, lost, official=place.official_email, at=at)
    return claim


def _unanswered(claim: Claim) -> list[Invitation]:
    rows = Invitation.objects.pending().filter(organisation=claim.organisation_id)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


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
    since = local_day(claim.accepted_at or at)
    held = Responsibility.objects.from_day(local_day(at)).filter(
        organisation=claim.organisation_id, starts_on__gte=since
    )
    left = list(held.select_related("user").order_by("pk"))
    lost = [each for each in left if each.user_id in first]
    found = lost
    while found:
        names = User.objects.accounts_united({each.user_id for each in found})
        left = [each for each in left if each not in found]
        found = [each for each in left if each.granted_by_id in names]
        lost = [*lost, *found]
    return lost


def _put_out(held: Responsibility, *, by: User, at: datetime) -> None:
    """Now, not at the end of a last day: both days of a responsibility count."""
    held.ends_on = local_day(at) - timedelta(days=1)
    held.save(update_fields=["ends_on", "updated_at"])
    record(at=at, actor=by, verb="responsibility.ended", target=str(held.user_id))


def _end_mandates(claim: Claim, claimants: set[int], *, by: User, at: datetime) -> None:
    """Those that came with the yes; the ones that they held before stay."""
    since, day = local_day(claim.accepted_at or at), local_day(at)
    came = Mandate.objects.in_force(on=day).filter(
        user__in=claimants, organisation=claim.organisation_id, starts_on__gte=since
    )
    for pk in came.values_list("pk", flat=True):
        mandates.end_mandate(mandate_id=pk, on=day, by=by, at=at)


def _tell(
    claim: Claim, claimants: set[int], lost: list[Responsibility], *, official: str, at: datetime
) -> None:
    owner = User.objects.filter(pk__in=claimants).order_by("pk").first()
    queue(emails.claim_undone(claim, owner or claim.email, Undone.CLAIMANT), at=at)
    for each in lost:
        if each.user_id not in claimants:
            queue(emails.claim_undone(claim, each.user, Undone.NAMED), at=at)
    if official and official != claim.email:
        queue(emails.claim_undone(claim, official, Undone.PLACE), at=at)
