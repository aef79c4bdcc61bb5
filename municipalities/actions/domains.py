"""Taking a domain away from an organisation, by its own hand."""

from datetime import datetime

from django.db import transaction

from atn_platform.accounts.actions import announce, close_sessions
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.models import MailDomain, Organisation
from municipalities.queries.sign_in import lost_with


@transaction.atomic
def withdraw_domain(*, row: MailDomain, by: User, at: datetime, but: str = "") -> None:
    """The organisation answers no more for addresses of that domain; a code proves it again.

    Identities of that domain open nothing, their people's sessions end, all `but` one, and each is
    written to. Services that no domain is left for are proposed no more. Twice is once.
    """
    # Two domains taken away at once would each think that the other one is left.
    Organisation.objects.select_for_update(no_key=True).get(pk=row.organisation_id)
    if not MailDomain.objects.filter(pk=row.pk).exists():
        return
    loss = lost_with(row)
    for identity in loss.identities:
        identity.delete()
    for user in loss.people:
        close_sessions(user, but=but)
        announce(user=user, verb="identity-forgotten", by=by, at=at)
    for service in loss.services:
        service.offered = False
        service.save(update_fields=["offered", "updated_at"])
    record(
        at=at,
        actor=by,
        verb="organisation.domain-withdrawn",
        target=str(row.organisation_id),
        domain=row.domain,
        people=[user.pk for user in loss.people],
        services=[service.kind for service in loss.services],
    )
    row.delete()
