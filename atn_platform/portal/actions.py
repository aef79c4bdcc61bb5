"""Asking for human help, and giving it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.notifications.outbox import queue
from atn_platform.portal import emails
from atn_platform.portal.enums import Moment
from atn_platform.portal.models import CallBack


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed on the help page."""

    uuid: UUID
    name: str
    phone: str
    moment: Moment
    about: str
    page: str


@transaction.atomic
def ask_call_back(*, wish: Wish, person: User | None, at: datetime) -> CallBack:
    """Write the request, and tell ATN by letter. Safe to repeat: one form is one request."""
    asked, created = CallBack.objects.get_or_create(
        uuid=wish.uuid,
        defaults={
            "person": person,
            "name": wish.name,
            "phone": wish.phone,
            "moment": wish.moment,
            "about": wish.about,
            "page": wish.page[:200],
            "asked_at": at,
        },
    )
    if created:
        queue(emails.call_back(asked), at=at)
    return asked


@transaction.atomic
def mark_called(*, call_back_id: int, by: User, at: datetime) -> CallBack:
    """The person was called. Safe to repeat: the first call stays."""
    asked = CallBack.objects.select_for_update(no_key=True).get(pk=call_back_id)
    if asked.handled_at is None:
        asked.handled_at, asked.handled_by = at, by
        asked.save(update_fields=["handled_at", "handled_by", "updated_at"])
    return asked
