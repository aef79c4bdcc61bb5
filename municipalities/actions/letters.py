"""What responsables are told of letters that cannot reach their people."""

from datetime import datetime

from django.db import transaction

from atn_platform.notifications.models import RefusedAddress
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions.invitations import local_day
from municipalities.models import Invitation, Mandate, Responsibility


@transaction.atomic
def tell_of_refusal(*, refusal_id: int, at: datetime) -> None:
    """One letter to each person who answers for an organisation where that address serves.

    Safe to repeat: the letter's key names the refusal. Nobody is told where the address is
    not in use any more, nor the person whose own address it is.
    """
    refusal = RefusedAddress.objects.filter(pk=refusal_id).first()
    if refusal is None:
        return
    day = local_day(at)
    here = Mandate.objects.in_force(on=day).filter(user__email=refusal.address)
    invited = Invitation.objects.pending().filter(email=refusal.address)
    places = {*here.values_list("organisation", flat=True)} | {
        *invited.values_list("organisation", flat=True)
    }
    answering = Responsibility.objects.in_force(on=day).filter(organisation__in=places)
    for each in answering.select_related("user", "organisation").exclude(
        user__email=refusal.address
    ):
        queue(emails.address_refused(refusal, each), at=at)
