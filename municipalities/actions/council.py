"""The council as a whole: its people asked in at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.actions.invitations import Guest, invite, local_day
from municipalities.actions.mandates import Term, open_mandate
from municipalities.enums import Public
from municipalities.models import Invitation, Mandate, Organisation
from municipalities.queries.elections import usual_end


@dataclass(frozen=True, slots=True)
class Seated:
    """What came of a list: letters sent, and functions given to people who are here already."""

    invited: list[Invitation]
    opened: list[Mandate]


@transaction.atomic
def seat(*, organisation: Organisation, guests: Iterable[Guest], by: User, at: datetime) -> Seated:
    """Make these people members of the council, all or none; repeating it does nothing more.

    People of the organisation get the function more at once. Everyone else receives a letter, and
    decides.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    wanted = {guest.email.strip().lower(): guest for guest in guests}
    today = local_day(at)
    here = Mandate.objects.in_force(on=today).filter(organisation=organisation)
    known = {
        str(mandate.user.email): mandate.user
        for mandate in here.filter(user__email__in=wanted).select_related("user")
    }
    sitting = set(
        here.filter(public=Public.ELECTED, user__email__in=wanted).values_list("user", flat=True)
    )
    opened = [
        open_mandate(
            user=user,
            organisation=organisation,
            public=Public.ELECTED,
            term=Term(
                function=wanted[address].function,
                starts_on=today,
                ends_on=usual_end(organisation, Public.ELECTED, today),
            ),
            by=by,
            at=at,
        )
        for address, user in known.items()
        if user.pk not in sitting
    ]
    strangers = [guest for address, guest in wanted.items() if address not in known]
    invited = invite(organisation=organisation, guests=strangers, by=by, at=at)
    record(
        at=at,
        actor=by,
        verb="council.seated",
        target=organisation.handle,
        invitations=[each.pk for each in invited],
        mandates=[each.pk for each in opened],
    )
    return Seated(invited, opened)
