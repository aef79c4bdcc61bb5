"""What a coordinator decides about places that left the registry."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from municipalities.actions.mandates import write_end
from municipalities.actions.sign_in import forget_provider
from municipalities.enums import Change, Kind
from municipalities.models import Mandate, Organisation, Responsibility, TerritorialEvent
from municipalities.queries.elections import usual_end

DAY = timedelta(days=1)


class SuccessorRefused(ActionError):
    """One organisation cannot succeed the other."""


@dataclass(frozen=True, slots=True)
class Merger:
    """One place goes into another from that day on.

    `regranted`: the responsibilities that the administrator gives again in the successor, where
    they reach more people than before; the others end.
    """

    organisation_id: int
    successor_id: int
    on: date
    regranted: Collection[int] = ()


@transaction.atomic
def name_successor(*, merger: Merger, by: User, at: datetime) -> Organisation:
    """Say into which municipality a vanished one was merged, and from which day.

    Its people go on under the successor: mandates that reach that day end the day before, and
    those that prolong them begin. What was done before keeps the old mandate. Safe to repeat.
    """
    organisation_id, successor_id, on = merger.organisation_id, merger.successor_id, merger.on
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
    _move_mandates(organisation, successor, on=on, by=by, at=at)
    _move_responsibilities(organisation, successor, merger, by=by)
    _move_invitations(organisation, successor, at=at)
    _move_requests(organisation, successor, at=at)
    _move_sign_in(organisation, successor)
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
            _("%(name)s est toujours au répertoire : son successeur ne se nomme pas.")
            % {"name": organisation.name}
        )
    if organisation.successor_id is not None:
        raise SuccessorRefused(
            _("%(name)s a déjà un successeur : %(successor)s.")
            % {"name": organisation.name, "successor": organisation.successor}
        )
    if successor.kind != Kind.MUNICIPALITY or successor.inactive_on is not None:
        raise SuccessorRefused(
            _("%(name)s n’est pas une municipalité en activité.") % {"name": successor.name}
        )


def _move_mandates(
    organisation: Organisation, successor: Organisation, *, on: date, by: User, at: datetime
) -> None:
    """Those of an elected person end no later than the successor's own election.

    Where the successor has them already, they take the days that are left, and courses begun
    under the old mandate go on along the one that they have there.
    """
    reaching = organisation.mandates.select_for_update(no_key=True).from_day(on).order_by("pk")
    for mandate in reaching:
        starts_on, thread = max(on, mandate.starts_on), mandate.thread
        ends = (mandate.ends_on, usual_end(successor, mandate.public, starts_on))
        ends_on = min((day for day in ends if day is not None), default=None)
        # On the eve of the merger; one that began later ends the day it began.
        write_end(mandate, ends_on=max(mandate.starts_on, on - DAY), by=by, at=at)
        there = successor.mandates.from_day(starts_on).order_by("starts_on")
        held = list(there.filter(user=mandate.user_id, public=mandate.public))
        if held:
            same = Mandate.objects.filter(user=mandate.user_id, thread=thread)
            same.update(thread=held[0].thread)
            thread = held[0].thread
        for first, last in _days_left(starts_on, ends_on, held):
            successor.mandates.create(
                user_id=mandate.user_id,
                public=mandate.public,
                function=mandate.function,
                starts_on=first,
                ends_on=last,
                thread=thread,
            )


def _move_responsibilities(
    organisation: Organisation, successor: Organisation, merger: Merger, *, by: User
) -> None:
    reaching = organisation.responsibilities.select_for_update(no_key=True).from_day(merger.on)
    for row in reaching.order_by("pk"):
        starts_on, ends_on = max(merger.on, row.starts_on), row.ends_on
        row.ends_on = max(row.starts_on, merger.on - DAY)
        row.save(update_fields=["ends_on", "updated_at"])
        if row.pk not in merger.regranted:
            continue
        there = successor.responsibilities.from_day(starts_on).order_by("starts_on")
        held = list(there.filter(user=row.user_id))
        for first, last in _days_left(starts_on, ends_on, held):
            successor.responsibilities.create(
                user_id=row.user_id, starts_on=first, ends_on=last, granted_by=by
            )


def _days_left(
    starts_on: date, ends_on: date | None, held: Sequence[Mandate | Responsibility]
) -> list[tuple[date, date | None]]:
    """First and last days of what none of `held`, in order of their first days, covers."""
    left: list[tuple[date, date | None]] = []
    for each in held:
        if ends_on is not None and each.starts_on > ends_on:
            break
        if starts_on < each.starts_on:
            left.append((starts_on, each.starts_on - DAY))
        if each.ends_on is None:
            return left
        starts_on = max(starts_on, each.ends_on + DAY)
    if ends_on is None or starts_on <= ends_on:
        left.append((starts_on, ends_on))
    return left


def _move_invitations(
    organisation: Organisation, successor: Organisation, *, at: datetime
) -> None:
    """Letters on their way lead to the successor; a second one to the same address is dropped."""
    waiting = set(successor.invitations.pending().values_list("email", flat=True))
    for invited in organisation.invitations.pending().select_for_update(no_key=True):
        if invited.email in waiting:
            invited.cancelled_at = at
        else:
            invited.organisation = successor
        invited.save(update_fields=["organisation", "cancelled_at", "updated_at"])


def _move_requests(organisation: Organisation, successor: Organisation, *, at: datetime) -> None:
    """Whoever asked, or reads the poster still on the wall, is answered by the successor.

    Nobody answers for a place that is no more. Of two posters the successor's stays up; requests
    made by the other wait on.
    """
    organisation.claims.waiting().update(organisation=successor, updated_at=at)
    has_poster = successor.posters.filter(closed_at=None).exists()
    waited_for = Q(closed_at=None) | Q(requests__decided_at=None, requests__isnull=False)
    for poster in organisation.posters.filter(waited_for).distinct().order_by("pk"):
        if has_poster:
            poster.closed_at = poster.closed_at or at
        poster.organisation = successor
        poster.save(update_fields=["organisation", "closed_at", "updated_at"])


def _move_sign_in(organisation: Organisation, successor: Organisation) -> None:
    """Domains proved and services go with the people: somebody must answer for them.

    Of two services of a kind the successor's stays; the other opens nothing any more.
    """
    proved = organisation.mail_domains.filter(verified_at__isnull=False)
    successor.mail_domains.filter(domain__in=proved.values("domain")).delete()
    proved.update(organisation=successor)
    organisation.mail_domains.all().delete()
    own = set(successor.identity_providers.values_list("kind", flat=True))
    for provider in organisation.identity_providers.order_by("pk"):
        if provider.kind in own:
            forget_provider(provider)
        else:
            provider.organisation = successor
            provider.save(update_fields=["organisation", "updated_at"])
