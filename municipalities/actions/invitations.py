"""Asking people in, by a letter whose link only they receive."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.enums import Language
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core import boxes, wording
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.actions import try_again
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions.mandates import answers_longest, name_responsible
from municipalities.models import INVITATION_LIFE, Invitation, Mandate, Organisation
from municipalities.queries.addresses import has_left
from municipalities.queries.elections import usual_end

QUEBEC = ZoneInfo("America/Toronto")
# A person is not written to again before this long.
COOL_DOWN = timedelta(days=3)
# More letters than this in a day from one person is a mistake, or a stolen account.
DAILY_LIMIT = 500


class InvitationRefused(ActionError):
    """The invitation cannot be sent, or no longer be answered."""


class SignInNeeded(ActionError):
    """The address has an account: only that person, signed in, may link it."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone to invite; all but the address may be left to them."""

    email: str
    first_name: str = ""
    last_name: str = ""
    public: str = ""
    function: str = ""
    starts_on: date | None = None
    as_responsible: bool = False
    until: date | None = None  # last day of a delegate
    account: int | None = None  # of someone here, whom nobody can write to


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a guest says of themselves when accepting. Names of an existing account stay."""

    public: str
    function: str = ""
    first_name: str = ""
    last_name: str = ""


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def token_for(invited: Invitation) -> str:
    """The secret of the link, made again from the row and SECRET_KEY: it is stored nowhere."""
    facts = f"{invited.organisation_id}:{invited.email}:{invited.invited_at.isoformat()}"
    return salted_hmac("municipalities.invitation", facts, algorithm="sha256").hexdigest()


@transaction.atomic
def invite(
    *, organisation: Organisation, guests: Iterable[Guest], by: User, at: datetime
) -> list[Invitation]:
    """Send one letter to each guest; return the invitations made now.

    Whoever was invited before and has not answered, or is here already, gets none. Nothing tells
    whether an address has an account elsewhere.
    """
    wanted = {guest.email.strip().lower(): guest for guest in guests}
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    _refuse_too_many(len(wanted), by=by, at=at)
    known = _known_addresses(organisation, wanted, on=local_day(at))
    sent = []
    for address, guest in wanted.items():
        if address in known:
            continue
        invited = Invitation(
            organisation=organisation,
            email=address,
            first_name=guest.first_name,
            last_name=guest.last_name,
            public=guest.public,
            function=guest.function,
            starts_on=guest.starts_on,
            as_responsible=guest.as_responsible,
            responsible_until=guest.until,
            invited_by=by,
            invited_at=at,
            expires_at=at + INVITATION_LIFE,
        )
        invited.token_hash = token_hash(token_for(invited))
        invited.save()
        queue(emails.invitation(invited, token=token_for(invited), at=at), at=at)
        sent.append(invited)
    record(
        at=at,
        actor=by,
        verb="invitation.sent",
        target=organisation.handle,
        invitations=[invited.pk for invited in sent],
    )
    return sent


@transaction.atomic
def resend(*, invitation_id: int, by: User, at: datetime) -> Invitation:
    """Send the letter again, same link, and let the link live on."""
    invited = _pending(invitation_id)
    if at - invited.sent_at < COOL_DOWN:
        day = wording.day((invited.sent_at + COOL_DOWN).astimezone(QUEBEC))
        raise InvitationRefused(
            _("La lettre est partie récemment. Vous pourrez la renvoyer à partir du %s.") % day
        )
    _send_again(invited, by=by, at=at)
    return invited


@transaction.atomic
def invite_as_responsible(
    *, invitation_id: int, until: date | None, by: User, at: datetime
) -> Invitation:
    """Let an invitation that waits make a responsable as well, and send its letter again.

    It is then in the name of whoever gives that right. One that gives as much already keeps its
    words, and its letter leaves again only when the last one is some days old.
    """
    invited = _pending(invitation_id)
    given = invited.responsible_until
    if not invited.as_responsible or (given is not None and (until is None or until > given)):
        invited.as_responsible, invited.responsible_until = True, until
        invited.invited_by = by
        changed = ["as_responsible", "responsible_until", "invited_by", "updated_at"]
        invited.save(update_fields=changed)
    elif at - invited.sent_at < COOL_DOWN:
        return invited
    _send_again(invited, by=by, at=at)
    return invited


def _send_again(invited: Invitation, *, by: User, at: datetime) -> None:
    invited.expires_at = at + INVITATION_LIFE
    # Made anew, in case SECRET_KEY changed since the first sending.
    invited.token_hash = token_hash(token_for(invited))
    invited.save(update_fields=["expires_at", "token_hash", "updated_at"])
    # Whoever sends it again has looked at the address.
    try_again(invited.email)
    queue(emails.invitation(invited, token=token_for(invited), at=at), at=at)
    record(at=at, actor=by, verb="invitation.resent", target=str(invited.pk))


@transaction.atomic
def cancel_invitation(*, invitation_id: int, by: User, at: datetime) -> Invitation:
    """Close the link. Cancelling twice is one cancelling; an accepted invitation stays."""
    invited = Invitation.objects.select_for_update(no_key=True).get(pk=invitation_id)
    if invited.accepted_at is not None:
        raise InvitationRefused(_("Cette personne a déjà accepté l’invitation."))
    if invited.cancelled_at is None:
        invited.cancelled_at = at
        invited.save(update_fields=["cancelled_at", "updated_at"])
        record(at=at, actor=by, verb="invitation.cancelled", target=str(invited.pk))
    return invited


@transaction.atomic
def accept_invitation(
    *,
    invitation_id: int,
    welcome: Welcome,
    signed_in: User | None,
    at: datetime,
    language: Language = Language.FRENCH,
    takes_address: bool = False,
) -> User:
    """Give the guest an account, or link theirs, and the mandate they declare.

    A new account reads the language; one that exists keeps its own. Whoever `takes_address` is not
    the person of the account that the address opened: it opens that one no more.

    Raise SignInNeeded when the address has an account that is not the one signed in.
    """
    invited = _pending(invitation_id)
    if invited.expires_at <= at:
        raise InvitationRefused(_("Cette invitation a expiré."))
    if takes_address and signed_in is None:
        _detach(invited, at=at)
    user = _account(invited, welcome, signed_in, language)
    _give_mandate(user, invited, welcome, on=local_day(at))
    if invited.as_responsible:
        _make_responsible(user, invited, at=at)
    invited.accepted_at = at
    invited.accepted_by = user
    invited.save(update_fields=["accepted_at", "accepted_by", "updated_at"])
    record(at=at, actor=user, verb="invitation.accepted", target=str(invited.pk))
    return user


def _give_mandate(user: User, invited: Invitation, welcome: Welcome, *, on: date) -> None:
    """The mandate that they declare, unless they hold it; an elected one runs from the vote."""
    is_as_invited = welcome.public == invited.public
    starts_on = (invited.starts_on or on) if is_as_invited else on
    Mandate.objects.from_day(max(on, starts_on)).get_or_create(
        user=user,
        organisation=invited.organisation,
        public=welcome.public,
        defaults={
            "function": welcome.function,
            "starts_on": starts_on,
            "ends_on": usual_end(invited.organisation, welcome.public, starts_on),
        },
    )


def _make_responsible(user: User, invited: Invitation, *, at: datetime) -> None:
    """Until the day of the invitation, or the later one that was granted meanwhile."""
    day, until = local_day(at), invited.responsible_until
    held = answers_longest(user, invited.organisation, on=day)
    if until is not None and held is not None and held.ends_on is not None:
        until = max(until, held.ends_on)
    name_responsible(
        user=user, organisation=invited.organisation, on=day,
        by=invited.invited_by, at=at, until=until,
    )  # fmt: skip


def _detach(invited: Invitation, *, at: datetime) -> None:
    """Part the invited address from the account of someone who left."""
    owner = User.objects.opened_by([invited.email]).get(invited.email)
    if owner is not None:
        if not has_left(owner, on=local_day(at)):
            raise SignInNeeded(
                _("Cette adresse est encore celle d’une personne en fonction : faites inscrire "
                  "son départ, ou écrivez à l’Académie.")
            )  # fmt: skip
        place = invited.organisation.name
        accounts.release_address(
            user=owner, place=place, by=invited.invited_by, at=at, address=invited.email
        )


def _account(
    invited: Invitation, welcome: Welcome, signed_in: User | None, language: Language
) -> User:
    """The account of the invited address: theirs when they prove it, else a new one."""
    owner = User.objects.opened_by([invited.email]).get(invited.email)
    if signed_in is not None and signed_in == owner:
        return signed_in
    facts = {
        "first_name": welcome.first_name,
        "last_name": welcome.last_name,
        "language": language,
        # No password at all: people sign in by a code.
        "password": make_password(None),
    }
    if boxes.is_shared(invited.email) and signed_in is None:
        # The link is the way in of whoever it names; the box opens nothing afterwards.
        person = User.objects.create(delivery_email=invited.email, **facts)
        accounts.give_handles(people=[person], place=invited.organisation.name)
        return person
    if owner is None and signed_in is None:
        owner, created = User.objects.get_or_create(email=invited.email, defaults=facts)
        if created:
            return owner
    raise SignInNeeded(_("Cette adresse a déjà un compte : connectez-vous pour accepter."))


def _pending(invitation_id: int) -> Invitation:
    invited = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "invited_by")
        .get(pk=invitation_id)
    )
    if invited.cancelled_at is not None:
        raise InvitationRefused(_("Cette invitation a été annulée."))
    if invited.accepted_at is not None:
        raise InvitationRefused(_("Cette invitation a déjà servi."))
    return invited


def _known_addresses(
    organisation: Organisation, addresses: Iterable[str], *, on: date
) -> set[str]:
    """Addresses with an open invitation or a mandate here: those are no secret to whoever asks."""
    pending = organisation.invitations.pending().filter(email__in=addresses)
    opened = User.objects.opened_by(addresses)
    here = Mandate.objects.in_force(on=on).filter(
        organisation=organisation, user__in=[each.pk for each in opened.values()]
    )
    people = set(here.values_list("user", flat=True))
    return {
        *pending.values_list("email", flat=True),
        *(address for address, user in opened.items() if user.pk in people),
    }


def _refuse_too_many(count: int, *, by: User, at: datetime) -> None:
    since = at - timedelta(days=1)
    if by.invitations_sent.filter(invited_at__gt=since).count() + count > DAILY_LIMIT:
        raise InvitationRefused(
            _("Vous avez envoyé beaucoup d’invitations aujourd’hui. Reprenez demain.")
        )


def local_day(at: datetime) -> date:
    """The day in Québec, where a mandate begins."""
    return at.astimezone(QUEBEC).date()
