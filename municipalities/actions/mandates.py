"""The end of a mandate, and who answers for an organisation."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from municipalities.models import Mandate, Organisation, Responsibility


class MandateRefused(ActionError):
    """The mandate cannot end like that."""


@transaction.atomic
def end_mandate(*, mandate_id: int, on: date, by: User, at: datetime) -> Mandate:
    """Write the last day of a mandate. What was done under it stays; a second call is harmless."""
    mandate = Mandate.objects.select_for_update(no_key=True).get(pk=mandate_id)
    if mandate.ends_on is not None:
        return mandate
    if on < mandate.starts_on:
        raise MandateRefused(_("Un mandat ne peut pas finir avant d’avoir commencé."))
    mandate.ends_on = on
    mandate.save(update_fields=["ends_on", "updated_at"])
    record(at=at, actor=by, verb="mandate.ended", target=str(mandate.pk), on=on.isoformat())
    return mandate


@transaction.atomic
def name_responsible(
    *, user: User, organisation: Organisation, on: date, by: User, at: datetime
) -> Responsibility:
    """Let this person look after the people of an organisation; a second call is harmless."""
    responsibility, created = Responsibility.objects.get_or_create(
        user=user,
        organisation=organisation,
        ends_on=None,
        defaults={"starts_on": on, "granted_by": by},
    )
    if created:
        record(
            at=at,
            actor=by,
            verb="responsibility.granted",
            target=str(user.pk),
            organisation=organisation.handle,
        )
    return responsibility


@transaction.atomic
def end_responsibility(
    *, responsibility_id: int, on: date, by: User, at: datetime
) -> Responsibility:
    """Write the last day of a responsibility; invitations already sent keep working."""
    found = Responsibility.objects.select_for_update(no_key=True).get(pk=responsibility_id)
    if found.ends_on is None:
        found.ends_on = max(on, found.starts_on)
        found.save(update_fields=["ends_on", "updated_at"])
        record(at=at, actor=by, verb="responsibility.ended", target=str(found.user_id))
    return found
