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
from municipalities.queries.claims import Undoing, undoing_of


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
    undoing = undoing_of(claim, at=at)
    for letter in letters:
        if letter.email == claim.email or letter in undoing.letters:
            cancel_invitation(invitation_id=letter.pk, by=by, at=at)
    for held in undoing.lost:
        _put_out(held, by=by, at=at)
    _end_mandates(claim, undoing.claimants, by=by, at=at)
    claim.undone_at, claim.undone_by, claim.reason = at, by, reason
    claim.save(update_fields=["undone_at", "undone_by", "reason", "updated_at"])
    names = sorted(undoing.claimants | {each.user_id for each in undoing.lost})
    record(at=at, actor=by, verb="claim.undone", target=str(claim.pk), people=names)
    _tell(claim, undoing, official=place.official_email, at=at)
    return claim


def _unanswered(claim: Claim) -> list[Invitation]:
    rows = Invitation.objects.pending().filter(organisation=claim.organisation_id)
    return list(rows.select_for_update(no_key=True).order_by("pk"))


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


def _tell(claim: Claim, undoing: Undoing, *, official: str, at: datetime) -> None:
    claimants = User.objects.filter(pk__in=undoing.claimants).order_by("pk")
    for each in claimants or [claim.email]:
        queue(emails.claim_undone(claim, each, Undone.CLAIMANT), at=at)
    for held in undoing.named:
        queue(emails.claim_undone(claim, held.user, Undone.NAMED), at=at)
    if official and official != claim.email:
        queue(emails.claim_undone(claim, official, Undone.PLACE), at=at)
