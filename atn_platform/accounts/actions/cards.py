"""Cards on paper: printed, used once, cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from atn_platform.accounts.actions.accounts import give_handle
from atn_platform.accounts.models import CARD_LIFE, Card, User
from atn_platform.accounts.signals import account_changed
from atn_platform.core import codes, wording
from atn_platform.core.exceptions import ActionError


class CardRefused(ActionError):
    """The card cannot be printed, or opens nothing."""


CARD_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """What goes on the paper. The code is written nowhere else."""

    card: Card
    code: str


@transaction.atomic
def print_cards(
    *, people: Sequence[User], place: str, printing: UUID, by: User | None, at: datetime
) -> list[PrintedCard]:
    """A one-time code for each person, which puts an end to their card of before.

    The same `printing` done twice gives the same cards, so that a second click kills nothing. A
    handle is given once, made from the name and `place`. All or none: raises CardRefused.
    """
    rows = User.objects.filter(pk__in=[user.pk for user in people]).order_by("pk")
    list(rows.select_for_update(no_key=True))
    return [_print_card(user, place, printing, by=by, at=at) for user in people]


def _print_card(
    user: User, place: str, printing: UUID, *, by: User | None, at: datetime
) -> PrintedCard:
    found = Card.objects.filter(user=user, printing=printing).first()
    if found is not None:
        if not Card.objects.live(at).filter(pk=found.pk).exists():
            raise CardRefused(
                _("Une de ces cartes a déjà servi. Rechargez la page et recommencez.")
            )
        return PrintedCard(found, code_of(found))
    if user.owes_second_factor:
        raise CardRefused(
            _("Le rôle %s demande un second facteur : une carte n’ouvrirait pas son compte.")
            % wording.of(user)
        )
    give_handle(user, place)
    Card.objects.filter(user=user, used_at=None, replaced_at=None).update(
        replaced_at=at, updated_at=at
    )
    card = Card(
        user=user, printing=printing, printed_by=by, printed_at=at, expires_at=at + CARD_LIFE
    )
    code = code_of(card)
    card.code_hash = _imprint(f"{user.pk}:{code}", settings.SECRET_KEY)
    card.save()
    account_changed.send(sender=User, user=user, verb="card-printed", fields=[], by=by, at=at)
    return PrintedCard(card, code)


def code_of(card: Card) -> str:
    """The code of a gesture of printing, made again from the row and SECRET_KEY."""
    seed = _imprint(f"print:{card.user_id}:{card.printing}", settings.SECRET_KEY)
    return codes.drawn(seed, CARD_CODE_LENGTH)


@transaction.atomic
def use_card(*, handle: str, code: str, at: datetime) -> User | None:
    """Whose card it is, from now on used up; None when there is no such card.

    Raises CardRefused, the card staying good, when a role asks for a second factor that the
    person has not set up: nobody may set it up in their place with a card.
    """
    user = User.objects.filter(handle=handle, is_active=True).first()
    card = (
        Card.objects.live(at).select_for_update(no_key=True).filter(user=user).first()
        if user
        else None
    )
    if user is None or card is None or not _is_code_of(card, code):
        return None
    if user.owes_second_factor:
        raise CardRefused(
            _("Ce compte demande un second facteur, qu’une carte ne remplace pas. "
              "Connectez-vous par un code reçu par courriel.")
        )  # fmt: skip
    card.used_at = at
    card.save(update_fields=["used_at", "updated_at"])
    account_changed.send(sender=User, user=user, verb="card-used", fields=[], by=user, at=at)
    return user


@transaction.atomic
def cancel_card(*, user: User, by: User, at: datetime) -> bool:
    """The person's card opens nothing any more. False when there was none."""
    live = Card.objects.live(at).filter(user=user)
    cancelled = live.update(replaced_at=at, updated_at=at)
    if cancelled:
        account_changed.send(
            sender=User, user=user, verb="card-cancelled", fields=[], by=by, at=at
        )
    return bool(cancelled)


def _is_code_of(card: Card, code: str) -> bool:
    """Keys that were in force when the card was printed still count."""
    said = f"{card.user_id}:{codes.read(code)}"
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return any(constant_time_compare(_imprint(said, key), card.code_hash) for key in keys)


def _imprint(said: str, key: str) -> str:
    """Keyed, so that a copy of the database alone opens nothing."""
    return salted_hmac("accounts.card", said, secret=key, algorithm="sha256").hexdigest()
