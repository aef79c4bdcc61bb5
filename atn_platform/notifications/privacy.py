"""What the outbox holds on a person: messages written to them, and those they refuse."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table
from atn_platform.notifications.models import OptOut, OutgoingEmail, RefusedAddress

PROMISED = _("envoyer chaque message une fois, et pouvoir dire s’il est parti")


def written_to(user: Any) -> Q:
    """To the person; or, before they had an account, to the address that they alone sign in by."""
    before = Q(recipient__isnull=True, to_address=user.email) if user.email else Q(pk__in=[])
    return Q(recipient=user) | before


def _at_address(user: Any) -> Q:
    return Q(address=user.email) if user.email else Q(pk__in=[])


TABLES = [
    Table(
        OutgoingEmail,
        (
            About(written_to, "recipient to_address", Kind.CONTACT, PROMISED,
                  Retention.MESSAGES),
            About(
                written_to,
                "category subject text html calendar reason queued_at sent_at abandoned_at",
                Kind.MESSAGE, PROMISED, Retention.MESSAGES,
            ),
        ),
        plain="id created_at updated_at key calendar_method not_before expires_at claimed_at "
        "attempts last_error",
    ),
    Table(
        OptOut,
        (
            About("user", "user category opted_out_at", Kind.CHOICE,
                  _("ne pas vous écrire ce que vous ne voulez pas recevoir"), Retention.ACCOUNT),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        RefusedAddress,
        (
            About(_at_address, "address refused_at words", Kind.CONTACT,
                  _("ne plus écrire à une adresse qui n’existe plus"), Retention.ACCOUNT,
                  (Reader.SELF, Reader.RESPONSIBLE, Reader.ATN)),
        ),
        plain="id created_at updated_at",
    ),
]  # fmt: skip


def export(user: User) -> Export:
    return personal.export(TABLES, user)
