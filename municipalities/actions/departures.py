"""Someone leaves an organisation: what they did stays, and so do account and proofs."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import release_address
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions.mandates import refuse_beyond, write_end
from municipalities.models import Mandate, Organisation, Responsibility
from municipalities.queries.addresses import known_address


@transaction.atomic
def depart(
    *,
    user: User,
    organisation: Organisation,
    on: date,
    by: User,
    at: datetime,
    passes: bool = False,
) -> list[Mandate]:
    """End all that a person is in an organisation, `on` being the last day; give what ended.

    The right to look after its people ends the same day. The person is told by letter, once, how
    to keep signing in with an address of their own. When the address that the organisation knows
    `passes` to a successor, it opens the account no more, unless the person still holds a mandate
    elsewhere or a role on the platform, or left before: the address may be another one since.
    Safe to repeat.

    Raises MandateRefused when a delegate would put out somebody else who answers for longer.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    today = at.astimezone(QUEBEC).date()
    mine = organisation.mandates.select_for_update(no_key=True).filter(user=user)
    is_here = mine.from_day(today).exists()
    ended = [mandate for mandate in mine.from_day(on).order_by("pk") if mandate.ends_on != on]
    for mandate in ended:
        write_end(mandate, ends_on=max(on, mandate.starts_on), by=by, at=at)
    answering = Responsibility.objects.select_for_update(no_key=True).filter(
        user=user, organisation=organisation
    )
    for row in answering.from_day(on).exclude(ends_on=on):
        if user != by:
            refuse_beyond(
                by, organisation, until=row.ends_on, on=today,
                doing=_("vous ne retirez personne qui reste plus longtemps"),
            )  # fmt: skip
        row.ends_on = max(on, row.starts_on)
        row.save(update_fields=["ends_on", "updated_at"])
    if ended:
        if user.email and not passes:
            queue(emails.farewell(user, organisation, on=on), at=at)
        record(
            at=at,
            actor=by,
            verb="person.departed",
            target=str(user.pk),
            organisation=organisation.handle,
            on=on.isoformat(),
        )
    elsewhere = Mandate.objects.from_day(on).filter(user=user).exclude(organisation=organisation)
    passes = passes and is_here and not elsewhere.exists() and not user.roles
    if passes and (address := known_address(user, organisation)):
        release_address(user=user, place=organisation.name, by=by, at=at, address=address)
    return ended


@transaction.atomic
def give_address_up(*, user: User, at: datetime) -> bool:
    """Whoever reads the address says that they are not its owner of before."""
    last = user.mandates.order_by("-ends_on").select_related("organisation").first()
    place = last.organisation.name if last else ""
    return release_address(user=user, place=place, by=user, at=at)


@transaction.atomic
def leave_everything(*, user: User, on: date, at: datetime) -> None:
    """For someone about to be erased: no letter, and mandates that were to last end with the year.

    Reports of the periods of that day, whose last day comes later, count them as they did; those
    of the next year no longer do. Meanwhile no list shows them (MandateQuerySet.known).
    """
    last = date(on.year, 12, 31)
    mine = Mandate.objects.select_for_update(no_key=True).filter(user=user)
    for mandate in mine.from_day(last).exclude(ends_on=last).order_by("pk"):
        write_end(mandate, ends_on=max(last, mandate.starts_on), by=None, at=at)
