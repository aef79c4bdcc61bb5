"""Cards that an organisation prints for its people."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.actions import CardRefused, PrintedCard
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions.invitations import local_day
from municipalities.models import Organisation
from municipalities.queries import cards as queries

# So many fill sixteen pages; drawing more in one go would make the reader wait.
MOST_CARDS = 96


@transaction.atomic
def print_cards(
    *,
    organisation: Organisation,
    user_ids: Collection[int],
    printing: UUID,
    by: User,
    at: datetime,
) -> list[PrintedCard]:
    """New codes for these people of the organisation; their cards of before open nothing more.

    Whoever has an address is told by letter that somebody printed a card for them. The same
    `printing` twice gives the same cards. Raises CardRefused.
    """
    here = queries.people(organisation, on=local_day(at), at=at)
    people = list(here.filter(pk__in=user_ids))
    if not people:
        raise CardRefused(_("Choisissez au moins une personne."))
    if len(people) > MOST_CARDS:
        raise CardRefused(_("Imprimez %d cartes à la fois, au plus.") % MOST_CARDS)
    made = accounts.print_cards(
        people=people, place=organisation.name, printing=printing, by=by, at=at
    )
    for each in people:
        if each.email and each != by:
            queue(emails.card_printed(each, organisation, printing=printing, by=by), at=at)
    record(
        at=at,
        actor=by,
        verb="cards.printed",
        target=organisation.handle,
        people=[each.pk for each in people],
    )
    return made


@transaction.atomic
def send_cards(
    *,
    organisation: Organisation,
    user_ids: Collection[int],
    printing: UUID,
    by: User,
    at: datetime,
) -> int:
    """Send new codes to the shared boxes of those who have no other address; how many.

    The letter says for whom it is. It opens the account once; the box itself opens nothing.
    """
    here = queries.people(organisation, on=local_day(at), at=at)
    boxed = here.filter(pk__in=user_ids, email__isnull=True).exclude(delivery_email="")
    made = print_cards(
        organisation=organisation,
        user_ids=list(boxed.values_list("pk", flat=True)),
        printing=printing,
        by=by,
        at=at,
    )
    for each in made:
        queue(emails.card_to_box(each.card, each.code, organisation, by=by), at=at)
    return len(made)
