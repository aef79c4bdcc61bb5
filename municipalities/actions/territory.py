"""What a coordinator decides about places that left the registry."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from municipalities.enums import Change, Kind
from municipalities.models import Mandate, Organisation, Responsibility, TerritorialEvent


class SuccessorRefused(ActionError):
    """One organisation cannot succeed the other."""


@transaction.atomic
def name_successor(
    *, organisation_id: int, successor_id: int, on: date, by: User, at: datetime
) -> Organisation:
    """Say into which municipality a vanished one was merged, and from which day.

    Its people go on under the successor: mandates and responsibilities open that day end the day
    before, and new ones begin. What was done before keeps the old mandate. Safe to repeat.
    """
    both = Organisation.objects.select_for_update(no_key=True).order_by("pk")
    places = {place.pk: place for place in both.filter(pk__in=(organisation_id, successor_id))}
    organisation, successor = places[organisation_id], places[successor_id]
    if organisation.successor_id == successor_id:
        return organisation
    _refuse(organisation, successor)
    organisation.successor = successor
    organisation.save(update_fields=["successor", "updated_at"])
    TerritorialEvent.objects.update_or_create(
        organisation=organisation,
        change=Change.MERGED,
        on=on,
        defaults={
            "before": {"code": organisation.code, "name": organisation.name},
            "after": {"code": successor.code, "name": successor.name},
        },
    )
    _move_mandates(organisation, successor, on=on)
    _move_responsibilities(organisation, successor, on=on, by=by)
    record(
        at=at,
        actor=by,
        verb="municipality.successor_named",
        target=str(organisation.code),
        successor=successor.code,
        on=on.isoformat(),
    )
    return organisation


def _refuse(organisation: Organisation, successor: Organisation) -> None:
    if organisation.kind != Kind.MUNICIPALITY or organisation.inactive_on is None:
        raise SuccessorRefused(
            _("%(name)s est toujours au répertoire : son successeur ne se nomme pas.")
            % {"name": organisation.name}
        )
    if organisation.successor_id is not None:
        raise SuccessorRefused(
            _("%(name)s a déjà un successeur : %(successor)s.")
            % {"name": organisation.name, "successor": organisation.successor}
        )
    if successor.kind != Kind.MUNICIPALITY or successor.inactive_on is not None:
        raise SuccessorRefused(
            _("%(name)s n’est pas une municipalité en activité.") % {"name": successor.name}
        )


def _move_mandates(organisation: Organisation, successor: Organisation, *, on: date) -> None:
    open_ones = organisation.mandates.select_for_update(no_key=True).filter(ends_on__isnull=True)
    for mandate in open_ones:
        _end(mandate, on=on)
        Mandate.objects.get_or_create(
            user_id=mandate.user_id,
            organisation=successor,
            public=mandate.public,
            ends_on=None,
            defaults={"function": mandate.function, "starts_on": max(on, mandate.starts_on)},
        )


def _move_responsibilities(
    organisation: Organisation, successor: Organisation, *, on: date, by: User
) -> None:
    open_ones = organisation.responsibilities.select_for_update(no_key=True)
    for responsibility in open_ones.filter(ends_on__isnull=True):
        _end(responsibility, on=on)
        Responsibility.objects.get_or_create(
            user_id=responsibility.user_id,
            organisation=successor,
            ends_on=None,
            defaults={"starts_on": max(on, responsibility.starts_on), "granted_by": by},
        )


def _end(row: Mandate | Responsibility, *, on: date) -> None:
    """End on the eve of the merger; one that began later ends the day it began."""
    row.ends_on = max(row.starts_on, on - timedelta(days=1))
    row.save(update_fields=["ends_on", "updated_at"])
