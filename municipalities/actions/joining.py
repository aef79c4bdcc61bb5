"""Joining by a poster: a code for everyone, and a yes for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from municipalities.actions.claims import ALPHABET
from municipalities.actions.invitations import Guest, invite, local_day
from municipalities.models import JoinRequest, Mandate, Organisation, Poster
from municipalities.queries.elections import usual_end

# Short enough to type on a telephone; the yes of a responsable is what protects.
CODE_LENGTH = 6
REQUESTS_A_DAY = 200


class JoiningRefused(ActionError):
    """The poster no longer serves, or too many ask at once."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read the poster; without an address they will sign in by a card."""

    first_name: str
    last_name: str
    public: str
    email: str = ""
    function: str = ""


@transaction.atomic
def put_up(*, organisation: Organisation, by: User, at: datetime) -> Poster:
    """The poster of an organisation, made when there is none."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    found = organisation.posters.filter(closed_at=None).first()
    if found is not None:
        return found
    made = Poster.objects.create(
        organisation=organisation,
        code=get_random_string(CODE_LENGTH, ALPHABET),
        made_by=by,
        made_at=at,
    )
    record(at=at, actor=by, verb="poster.made", target=str(made.pk), place=organisation.handle)
    return made


@transaction.atomic
def take_down(*, organisation: Organisation, by: User, at: datetime) -> None:
    """Close the code: nobody asks by it any more. Requests already made wait on."""
    if organisation.posters.filter(closed_at=None).update(closed_at=at):
        record(at=at, actor=by, verb="poster.closed", target=organisation.handle)


@transaction.atomic
def ask(*, code: str, reader: Reader, at: datetime) -> JoinRequest:
    """Ask to join; the same name and address again while waiting is one request."""
    poster = (
        Poster.objects.select_for_update(no_key=True).filter(code=code, closed_at=None).first()
    )
    if poster is None:
        raise JoiningRefused(_("Cette affiche ne sert plus. Demandez la nouvelle à l’accueil."))
    lately = poster.requests.filter(asked_at__gt=at - timedelta(days=1))
    if lately.count() >= REQUESTS_A_DAY:
        raise JoiningRefused(_("Beaucoup de demandes sont arrivées aujourd’hui. Revenez demain."))
    found, __ = JoinRequest.objects.waiting().get_or_create(
        poster=poster,
        first_name=reader.first_name,
        last_name=reader.last_name,
        email=reader.email.strip().lower(),
        defaults={"public": reader.public, "function": reader.function, "asked_at": at},
    )
    return found


@transaction.atomic
def decide(
    *,
    organisation: Organisation,
    request_ids: Iterable[int],
    accepts: bool,
    by: User,
    at: datetime,
) -> int:
    """Say yes or no to those of this organisation still waiting; how many were.

    Yes sends a letter whose link joins; someone without an address joins at once, by a card.
    """
    waiting = JoinRequest.objects.waiting().filter(
        poster__organisation=organisation, pk__in=list(request_ids)
    )
    asked = list(waiting.select_for_update(no_key=True).order_by("pk"))
    if accepts:
        guests = [_guest(each) for each in asked if each.email]
        if guests:
            invite(organisation=organisation, guests=guests, by=by, at=at)
        for each in asked:
            if not each.email:
                _seat(each, organisation, at=at)
    JoinRequest.objects.filter(pk__in=[each.pk for each in asked]).update(
        decided_at=at, decided_by=by, is_accepted=accepts
    )
    verb = "joining.accepted" if accepts else "joining.refused"
    record(at=at, actor=by, verb=verb, target=organisation.handle, requests=len(asked))
    return len(asked)


def _guest(asked: JoinRequest) -> Guest:
    return Guest(
        email=asked.email,
        first_name=asked.first_name,
        last_name=asked.last_name,
        public=asked.public,
        function=asked.function,
    )


def _seat(asked: JoinRequest, organisation: Organisation, *, at: datetime) -> None:
    day = local_day(at)
    user = User.objects.create(
        email=None,
        first_name=asked.first_name,
        last_name=asked.last_name,
        password=make_password(None),
        date_joined=at,
    )
    accounts.give_handles(people=[user], place=organisation.name)
    Mandate.objects.create(
        user=user,
        organisation=organisation,
        public=asked.public,
        function=asked.function,
        starts_on=day,
        ends_on=usual_end(organisation, asked.public, day),
    )
