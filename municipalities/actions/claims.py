"""Answering for an organisation: claimed by a code, granted by people, shared, and handed over."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import announce
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions import mandates
from municipalities.actions.invitations import (
    Guest,
    SignInNeeded,
    invite,
    invite_as_responsible,
    local_day,
)
from municipalities.enums import Public
from municipalities.models import CLAIM_TRIES, Claim, Mandate, Organisation, Responsibility

# Without the letters and figures that people take for one another.
ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
CODE_LENGTH = 8
LETTERS_A_DAY = 3
REQUESTS_A_DAY = 10


class ClaimRefused(ActionError):
    """The claim cannot be made, or not be answered like that."""


class AddressUnproved(ClaimRefused):
    """The code of the official box is right; whose the claimant's address is, nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks. `email` is their own, where they will receive their codes to sign in."""

    first_name: str
    last_name: str
    email: str
    function: str = ""
    message: str = ""


@transaction.atomic
def ask_code(
    *,
    organisation: Organisation,
    claimant: Claimant,
    at: datetime,
    signed_in: User | None = None,
) -> Claim:
    """Send a code to the official address of an organisation that nobody answers for.

    The claimant never chooses where it goes. Their own address gets another, unless it is the
    official one, or opens the account that is signed in. Raises ClaimRefused.
    """
    place = _locked(organisation)
    if not place.official_email:
        raise ClaimRefused(_("Le répertoire officiel ne donne pas d’adresse : demandez à l’ATN."))
    if is_claimed(place, on=local_day(at)):
        raise ClaimRefused(_("Quelqu’un répond déjà de cette organisation : faites la demande."))
    _refuse_too_many(place, at=at, most=LETTERS_A_DAY, by_code=True)
    code = get_random_string(CODE_LENGTH, ALPHABET)
    claim = _claim(place, claimant, at=at)
    claim.sent_to = place.official_email
    claim.code_hash = _hash(claim, code)
    own_code = get_random_string(CODE_LENGTH, ALPHABET)
    known = User.objects.owner_of(claim.email)
    has_letter = not claim.in_one_box and not is_claimant(claim, signed_in)
    if has_letter and known is None:
        claim.own_code_hash = _hash(claim, own_code)
    claim.save()
    letters = [emails.claim_code(claim, code=spelled(code))]
    if has_letter and known is None:
        letters.append(emails.claimant_code(claim, code=spelled(own_code)))
    elif has_letter:
        letters.append(emails.claimant_known(claim))
    for letter in letters:
        if not queue(letter, at=at):
            raise ClaimRefused(
                _("Trois lettres sont déjà parties vers %s. Revenez dans une heure.")
                % (claim.email if letter.to_address == claim.email else masked(claim.sent_to))
            )
    record(at=at, actor=None, verb="claim.asked", target=str(claim.pk), place=place.handle)
    return claim


@transaction.atomic
def ask_people(*, organisation: Organisation, claimant: Claimant, at: datetime) -> Claim:
    """Ask the responsables, and ATN, to grant it. Raises ClaimRefused past some a day."""
    place = _locked(organisation)
    _refuse_too_many(place, at=at, most=REQUESTS_A_DAY, by_code=False)
    claim = _claim(place, claimant, at=at)
    claim.save()
    for each in responsables(place, on=local_day(at)):
        queue(emails.claim_waiting(claim, each.user), at=at)
    record(at=at, actor=None, verb="claim.asked", target=str(claim.pk), place=place.handle)
    return claim


def answer_code(*, claim_id: int, code: str, signed_in: User | None, at: datetime) -> User:
    """Give the organisation to whoever read its official letter box; return their account.

    A wrong try is counted whatever happens next. Raises ClaimRefused; AddressUnproved while nobody
    showed that they read the claimant's own address; SignInNeeded when that has an account which
    is not the one signed in. The code then still holds.
    """
    claim = _tried(claim_id, code, "code_hash", at=at)
    proved = claim.proved_at is not None or claim.in_one_box
    if not proved and not is_claimant(claim, signed_in):
        raise AddressUnproved(
            _("Le code de l’organisation est bon. Il manque celui envoyé à %s; si cette adresse "
              "a déjà un compte, sa lettre dit de se connecter.")
            % claim.email
        )  # fmt: skip
    return _give(claim_id, signed_in=signed_in, at=at)


def prove_address(*, claim_id: int, code: str, at: datetime) -> None:
    """Note that the claimant reads the address they typed. Raises ClaimRefused, and counts it."""
    claim = _tried(claim_id, code, "own_code_hash", at=at)
    Claim.objects.filter(pk=claim.pk, proved_at=None).update(proved_at=at, updated_at=at)


def _tried(claim_id: int, code: str, kept: str, *, at: datetime) -> Claim:
    """The claim whose code this is. Counted before it is looked at: so are many tries at once."""
    tried = Claim.objects.filter(pk=claim_id, tries__lt=CLAIM_TRIES)
    claim = Claim.objects.select_related("organisation").get(pk=claim_id)
    if not claim.is_open(at) or not tried.update(tries=F("tries") + 1):
        raise ClaimRefused(_("Ce code n’est plus bon. Demandez-en un autre."))
    typed = "".join(code.upper().split()).replace("-", "")
    if not constant_time_compare(_hash(claim, typed), getattr(claim, kept)):
        raise ClaimRefused(_("Ce n’est pas le code de la lettre. Vérifiez chaque caractère."))
    Claim.objects.filter(pk=claim_id).update(tries=F("tries") - 1)
    return claim


def is_claimant(claim: Claim, user: User | None) -> bool:
    """Whether this account is opened by the address that the claimant gave."""
    return user is not None and claim.email in user.own_addresses


@transaction.atomic
def _give(claim_id: int, *, signed_in: User | None, at: datetime) -> User:
    claim = Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    place = _locked(claim.organisation)
    day = local_day(at)
    if place.inactive_on is not None:
        # Its people answer to the successor, whom this code was not sent to.
        raise ClaimRefused(_("Cette organisation n’existe plus : cherchez celle qui la remplace."))
    if not claim.is_open(at) or is_claimed(place, on=day):
        raise ClaimRefused(_("Quelqu’un a déjà ouvert cet espace : faites la demande."))
    user = _account(claim, signed_in)
    mandates.name_responsible(user=user, organisation=place, on=day, by=user, at=at)
    Mandate.objects.from_day(day).get_or_create(
        user=user,
        organisation=place,
        public=Public.MANAGER,
        defaults={"function": claim.function, "starts_on": day},
    )
    _accept(claim, by=user, at=at)
    queue(emails.claim_opened(claim, user), at=at)
    announce(user=user, verb="space-opened", by=user, at=at)
    return user


@transaction.atomic
def grant(*, claim_id: int, by: User, at: datetime) -> Claim:
    """Say yes: a letter to the claimant's own address has the link that makes them responsable.

    Someone who is already among the people there has it at once, and a letter says so. Nobody
    says it to themselves, by any address of theirs.
    """
    claim = _waiting(claim_id)
    if claim.email in by.own_addresses:
        raise ClaimRefused(_("C’est votre propre demande : quelqu’un d’autre y répond."))
    guest = Guest(
        email=claim.email,
        first_name=claim.first_name,
        last_name=claim.last_name,
        public=Public.MANAGER,
        function=claim.function,
        as_responsible=True,
    )
    if add_responsible(organisation=claim.organisation, guest=guest, by=by, at=at):
        person = User.objects.opened_by([claim.email])[claim.email]
        queue(emails.claim_granted(claim, person), at=at)
    _accept(claim, by=by, at=at)
    return claim


@transaction.atomic
def refuse(*, claim_id: int, reason: str, by: User, at: datetime) -> Claim:
    """Say no, and why, in a letter. A second call changes nothing."""
    claim = _waiting(claim_id)
    claim.refused_at, claim.reason, claim.decided_by = at, reason, by
    claim.save(update_fields=["refused_at", "reason", "decided_by", "updated_at"])
    queue(emails.claim_refused(claim), at=at)
    record(at=at, actor=by, verb="claim.refused", target=str(claim.pk))
    return claim


@transaction.atomic
def add_responsible(*, organisation: Organisation, guest: Guest, by: User, at: datetime) -> bool:
    """Share the responsibility, until a day for a delegate; True when it holds at once.

    Someone who is already among the people here has it at once; anybody else is written to, and
    has it on accepting. Raises InvitationRefused past some letters a day, MandateRefused when a
    delegate names somebody beyond their own last day.
    """
    day = local_day(at)
    mandates.refuse_beyond(
        by, organisation, until=guest.until, on=day,
        doing=_("vous ne nommez et ne prolongez personne au-delà"),
    )  # fmt: skip
    address = guest.email.strip().lower()
    here = Mandate.objects.in_force(on=day).filter(
        organisation=organisation, user=User.objects.opened_by([address]).get(address)
    )
    known = here.select_related("user").first()
    waiting = organisation.invitations.pending().filter(email=address).first()
    if known is None and waiting is not None:
        invite_as_responsible(invitation_id=waiting.pk, until=guest.until, by=by, at=at)
        return False
    if known is None:
        invite(organisation=organisation, guests=[guest], by=by, at=at)
        return False
    mandates.name_responsible(
        user=known.user, organisation=organisation, on=day, by=by, at=at, until=guest.until
    )
    return True


def responsables(organisation: Organisation, *, on: date) -> list[Responsibility]:
    found = Responsibility.objects.in_force(on=on).filter(organisation=organisation)
    return list(found.select_related("user").order_by("user__sort_key"))


def is_claimed(organisation: Organisation, *, on: date) -> bool:
    """Whether someone answers for the organisation on that day."""
    in_force = Responsibility.objects.in_force(on=on)
    return in_force.filter(organisation=organisation, user__is_active=True).exists()


def masked(address: str) -> str:
    """Enough of an address to know it is ours, too little to learn it: d•@abercorn.ca."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}•••{at}{domain}" if address else ""


def spelled(code: str) -> str:
    """Two groups of four, easier to copy."""
    return f"{code[:4]}-{code[4:]}"


def _claim(place: Organisation, claimant: Claimant, *, at: datetime) -> Claim:
    return Claim(
        organisation=place,
        first_name=claimant.first_name,
        last_name=claimant.last_name,
        email=claimant.email.strip().lower(),
        function=claimant.function,
        message=claimant.message,
        asked_at=at,
    )


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _waiting(claim_id: int) -> Claim:
    claim = Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    if claim.accepted_at or claim.refused_at:
        raise ClaimRefused(_("Cette demande a déjà eu sa réponse."))
    return claim


def _accept(claim: Claim, *, by: User, at: datetime) -> None:
    claim.accepted_at, claim.decided_by = at, by
    claim.save(update_fields=["accepted_at", "decided_by", "updated_at"])
    record(at=at, actor=by, verb="claim.accepted", target=str(claim.pk))


def _account(claim: Claim, signed_in: User | None) -> User:
    owner = User.objects.opened_by([claim.email]).get(claim.email)
    if signed_in is not None and signed_in == owner:
        return signed_in
    if owner is None and signed_in is None:
        owner, created = User.objects.get_or_create(
            email=claim.email,
            defaults={
                "first_name": claim.first_name,
                "last_name": claim.last_name,
                "password": make_password(None),
            },
        )
        if created:
            return owner
    if signed_in is not None:
        raise ClaimRefused(
            _("Un autre compte est ouvert ici : quittez-le d’abord. La demande est au nom %s.")
            % wording.of(claim.email)
        )
    raise SignInNeeded(_("Cette adresse a déjà un compte : connectez-vous, puis revenez ici."))


def _refuse_too_many(place: Organisation, *, at: datetime, most: int, by_code: bool) -> None:
    lately = place.claims.filter(asked_at__gt=at - timedelta(days=1))
    same = lately.exclude(code_hash="") if by_code else lately.filter(code_hash="")
    if same.count() >= most:
        raise ClaimRefused(_("Plusieurs demandes sont déjà parties aujourd’hui. Revenez demain."))


def _hash(claim: Claim, code: str) -> str:
    return salted_hmac(
        "municipalities.claim", f"{claim.uuid}:{code}", algorithm="sha256"
    ).hexdigest()
