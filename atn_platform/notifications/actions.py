"""What a person decides about the messages sent to them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.enums import REFUSABLE, Category
from atn_platform.notifications.models import OptOut, OutgoingEmail


class NotRefusable(ActionError):
    """Some messages are part of the service: a code, a change of place, an attestation."""


@transaction.atomic
def opt_out(*, user_id: int, category: Category, at: datetime) -> bool:
    """Stop one category of messages, those still waiting included. False when already stopped."""
    if category not in REFUSABLE:
        raise NotRefusable(_("Ces messages font partie du service et ne se refusent pas."))
    _refusal, created = OptOut.objects.get_or_create(
        user_id=user_id, category=category, defaults={"opted_out_at": at}
    )
    waiting = OutgoingEmail.objects.waiting().filter(recipient_id=user_id, category=category)
    waiting.filter(claimed_at__isnull=True).delete()
    return created


def accept(*, user_id: int, category: Category) -> bool:
    """Receive a category again. False when it was not stopped."""
    deleted, _rows = OptOut.objects.filter(user_id=user_id, category=category).delete()
    return bool(deleted)


@transaction.atomic
def choose(*, user_id: int, accepted: set[Category], at: datetime) -> None:
    """Set all the categories that may be refused at once; what is not accepted is stopped."""
    for category in REFUSABLE:
        if category in accepted:
            accept(user_id=user_id, category=category)
        else:
            opt_out(user_id=user_id, category=category, at=at)
