"""What a person, or their mail server, decides about the messages sent to them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.bounces import SEEN_LENGTH, Kind, Report
from atn_platform.notifications.enums import REFUSABLE, Category
from atn_platform.notifications.models import OptOut, OutgoingEmail, RefusedAddress
from atn_platform.notifications.replies import Reply
from atn_platform.notifications.signals import address_refused, letter_answered


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


@transaction.atomic
def take_reply(reply: Reply, *, at: datetime) -> None:
    """Hand a person's answer to the app whose letter it answers. Safe to repeat."""
    letter_answered.send(sender=OutgoingEmail, reply=reply, at=at)


@transaction.atomic
def take_report(report: Report, *, at: datetime) -> None:
    """Do what the report of a mail server asks: stop writing, or stop what may be stopped.

    A delay asks nothing: that server tries again by itself.
    """
    email = OutgoingEmail.objects.filter(pk=report.email_id).first()
    if email is None:
        return
    if report.kind is Kind.REFUSED:
        refuse_address(email.to_address, words=report.words, at=at)
    elif report.kind is Kind.COMPLAINT and email.recipient_id is not None:
        for category in REFUSABLE:
            opt_out(user_id=email.recipient_id, category=category, at=at)


def refuse_address(address: str, *, words: str, at: datetime) -> None:
    """Flag an address once, and say so to the apps above; later refusals change nothing."""
    refusal, created = RefusedAddress.objects.get_or_create(
        address=address.lower(), defaults={"refused_at": at, "words": words[:SEEN_LENGTH]}
    )
    if created:
        address_refused.send(sender=RefusedAddress, refusal_id=refusal.pk)


def try_again(address: str) -> bool:
    """Forget that an address refused: somebody says that it works. False when it had not."""
    deleted, _rows = RefusedAddress.objects.filter(address=address.lower()).delete()
    return bool(deleted)
