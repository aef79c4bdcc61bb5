"""The council as a whole: its people asked in at once, and renewed after an election."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from municipalities.actions.invitations import Guest, invite, local_day
from municipalities.actions.mandates import (
    Term,
    open_mandate,
    overlaps,
    refuse_disorder,
    write_end,
)
from municipalities.enums import Public
from municipalities.models import (
    CouncilRenewal,
    Invitation,
    Mandate,
    MandateQuerySet,
    Organisation,
)
from municipalities.queries.council import outgoing
from municipalities.queries.elections import usual_end


class RenewalRefused(ActionError):
    """The council cannot be renewed, or its renewal taken back."""


@dataclass(frozen=True, slots=True)
class Seated:
    """What came of a list: letters sent, and functions given to people who are here already."""

    invited: list[Invitation]
    opened: list[Mandate]


@dataclass(frozen=True, slots=True)
class Election:
    """What a vote decided: the functions of those returned, by mandate; who goes; who comes.

    `staying` are those whose seat was not voted on, in a partial election: nothing is theirs to
    change. `uuid` is the form's own: the same page sent twice is one renewal.
    """

    uuid: UUID
    elected_on: date
    returned: dict[int, str]
    leaving: frozenset[int]
    newcomers: tuple[Guest, ...]
    staying: frozenset[int] = frozenset()


@transaction.atomic
def seat(*, organisation: Organisation, guests: Iterable[Guest], by: User, at: datetime) -> Seated:
    """Make these people members of the council, all or none; repeating it does nothing more.

    People of the organisation get the function more at once, and so does whoever has no address,
    with an account that a card will open. Everyone else receives a letter, and decides.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    asked = list(guests)
    wanted = {guest.email.strip().lower(): guest for guest in asked if guest.email}
    today = local_day(at)
    here = Mandate.objects.in_force(on=today).filter(organisation=organisation)
    opened_by = User.objects.opened_by(wanted)
    people = here.filter(user__in=[each.pk for each in opened_by.values()])
    ours = set(people.values_list("user", flat=True))
    known = {address: user for address, user in opened_by.items() if user.pk in ours}
    sitting = set(people.filter(public=Public.ELECTED).values_list("user", flat=True))
    seated = [(user, wanted[email]) for email, user in known.items() if user.pk not in sitting]
    unreachable = (
        (_new_person(guest, here, organisation.name, at=at), guest)
        for guest in asked
        if not guest.email
    )
    seated += [(person, guest) for person, guest in unreachable if person is not None]
    opened = [
        open_mandate(
            user=user,
            organisation=organisation,
            public=Public.ELECTED,
            term=_term(organisation, guest, today),
            by=by,
            at=at,
        )
        for user, guest in seated
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


@transaction.atomic
def renew(
    *, organisation: Organisation, election: Election, by: User, at: datetime
) -> CouncilRenewal:
    """Close the outgoing mandates, prolong those returned, ask the new people in: all or nothing.

    The day of the vote is the last one of the old mandates and the first one of newcomers; those
    returned go on the day after, on the same thread. Raises RenewalRefused when the council is no
    longer the one that the page showed.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    done = CouncilRenewal.objects.filter(uuid=election.uuid).first()
    if done is not None and done.organisation_id == organisation.pk:
        return done
    if election.elected_on > local_day(at):
        raise RenewalRefused(_("Le jour du scrutin n’est pas encore venu."))
    sitting = {
        mandate.pk: mandate for mandate in outgoing(organisation, elected_on=election.elected_on)
    }
    said = election.returned.keys() | election.leaving | election.staying
    if done is not None or sitting.keys() != said:
        raise RenewalRefused(
            _("Le conseil a changé pendant que vous remplissiez la page : recommencez.")
        )
    renewal = CouncilRenewal.objects.create(
        uuid=election.uuid,
        organisation=organisation,
        elected_on=election.elected_on,
        made_by=by,
        made_at=at,
    )
    for pk in election.returned.keys() | election.leaving:
        write_end(sitting[pk], ends_on=election.elected_on, by=by, at=at, renewal=renewal)
    prolonged = [
        _prolong(sitting[pk], function=function, after=election.elected_on)
        for pk, function in election.returned.items()
    ]
    seated = seat(organisation=organisation, guests=election.newcomers, by=by, at=at)
    renewal.opened.set([*prolonged, *seated.opened])
    renewal.invited.set(seated.invited)
    record(
        at=at,
        actor=by,
        verb="council.renewed",
        target=organisation.handle,
        renewal=renewal.pk,
        returned=len(prolonged),
        leaving=len(election.leaving),
        newcomers=len(election.newcomers),
    )
    return renewal


@transaction.atomic
def undo_renewal(*, renewal_id: int, by: User, at: datetime) -> CouncilRenewal:
    """Take a whole renewal back, within RENEWAL_UNDO, if nobody has acted on it since.

    Raises RenewalRefused otherwise, and then changes nothing. Undoing twice is undoing once.
    """
    places = CouncilRenewal.objects.values("organisation").filter(pk=renewal_id)
    Organisation.objects.select_for_update(no_key=True).get(pk__in=places)
    renewal = CouncilRenewal.objects.select_for_update(no_key=True).get(pk=renewal_id)
    if renewal.undone_at is not None:
        return renewal
    if not renewal.is_open_to_undo(at):
        raise RenewalRefused(_("Ce renouvellement ne s’annule plus : le délai est passé."))
    _withdraw(list(renewal.invited.select_for_update(no_key=True)), at=at)
    _forget(list(renewal.opened.select_related("user")))
    for change in renewal.changes.select_related("mandate").order_by("pk"):
        if change.mandate.ends_on != change.ends_after:
            raise RenewalRefused(_("Un de ces mandats a été modifié depuis."))
        change.mandate.ends_on = change.ends_before
        if overlaps(change.mandate):
            raise RenewalRefused(_("Une de ces personnes a un autre mandat élu depuis."))
        change.mandate.ends_on = change.ends_after
        write_end(change.mandate, ends_on=change.ends_before, by=by, at=at)
    renewal.undone_at = at
    renewal.save(update_fields=["undone_at", "updated_at"])
    record(at=at, actor=by, verb="council.renewal_undone", target=str(renewal.pk))
    return renewal


def _new_person(guest: Guest, here: MandateQuerySet, place: str, *, at: datetime) -> User | None:
    """The account that the page was told is theirs; else a new one, whoever bears the same name.

    None when the council has them already, as in a list brought in twice.
    """
    key = french.sort_key(f"{guest.last_name} {guest.first_name}")
    same = here.filter(user__sort_key=key).select_related("user")
    sitting = same.filter(public=Public.ELECTED)
    if guest.account is not None:
        told = same.filter(user=guest.account).first()
        if told is None:
            raise RenewalRefused(
                _("Le conseil a changé pendant que vous remplissiez la page : recommencez.")
            )
        return None if sitting.filter(user=guest.account).exists() else told.user
    # Whoever leaves that seat the day it is taken is somebody else: the father, then the son.
    leaving = Q(ends_on__lte=guest.starts_on or local_day(at))
    if sitting.filter(user__email=None, function=guest.function).exclude(leaving).exists():
        return None
    person = User.objects.create(
        email=None,
        first_name=guest.first_name,
        last_name=guest.last_name,
        # No password at all: a card opens the account.
        password=make_password(None),
        date_joined=at,
    )
    accounts.give_handles(people=[person], place=place)
    return person


def _term(organisation: Organisation, guest: Guest, today: date) -> Term:
    starts_on = guest.starts_on or today
    ends_on = usual_end(organisation, Public.ELECTED, starts_on)
    return Term(guest.function, starts_on, ends_on)


def _prolong(mandate: Mandate, *, function: str, after: date) -> Mandate:
    """The mandate of someone returned, from the day after the old one's last."""
    starts_on = after + timedelta(days=1)
    following = Mandate(
        user_id=mandate.user_id,
        organisation=mandate.organisation,
        public=mandate.public,
        function=function,
        starts_on=starts_on,
        ends_on=usual_end(mandate.organisation, mandate.public, starts_on),
        thread=mandate.thread,
    )
    refuse_disorder(following)
    following.save()
    return following


def _withdraw(invited: list[Invitation], *, at: datetime) -> None:
    if any(each.accepted_at is not None for each in invited):
        raise RenewalRefused(_("Une personne invitée a déjà accepté."))
    for each in invited:
        each.cancelled_at = each.cancelled_at or at
        each.save(update_fields=["cancelled_at", "updated_at"])


def _forget(opened: list[Mandate]) -> None:
    """Remove mandates under which nothing was done, and accounts made for them alone.

    The database refuses for the others.
    """
    try:
        with transaction.atomic():
            for mandate in opened:
                mandate.delete()
                person = mandate.user
                if person.email is None and not person.mandates.exists():
                    person.delete()
    except ProtectedError as error:
        raise RenewalRefused(
            _("Un des nouveaux mandats a déjà servi ou changé depuis.")
        ) from error
