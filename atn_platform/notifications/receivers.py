"""Letters about one's own account, promised in the transaction of what happened to it."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from atn_platform.accounts.models import User
from atn_platform.accounts.signals import account_changed
from atn_platform.notifications import outbox
from atn_platform.notifications.emails import account_letter


@receiver(account_changed, dispatch_uid="notifications.account_changed")
def write_to_owner(user: User, verb: str, by: User | None, at: datetime, **kwargs: Any) -> None:
    letter = account_letter(user, verb=verb, by=by, at=at)
    if letter is not None:
        outbox.queue(letter, at=at)
