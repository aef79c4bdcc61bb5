"""What the outbox holds on a person: messages written to them, and those they refuse."""

from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import french, personal
from atn_platform.core.merging import follows
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table
from atn_platform.notifications.models import OptOut, OutgoingEmail, RefusedAddress

# The parts of a letter where a name may stand.
PARTS = ("subject", "text", "html", "calendar", "reason")
PROMISED = _("envoyer chaque message une fois, et pouvoir dire s’il est parti")


def written_to(user: Any) -> Q:
    """To the person; or, before they had an account, to addresses that they alone sign in by."""
    return Q(recipient=user) | Q(recipient__isnull=True, to_address__in=user.own_addresses)


def _at_address(user: Any) -> Q:
    return Q(address__in=user.own_addresses)


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
        plain="id created_at updated_at key calendar_method reply_to not_before expires_at "
        "claimed_at attempts last_error",
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

LINKS = [
    *follows(OutgoingEmail, "recipient"),
    *follows(OptOut, "user", once=("category",)),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """Letters to the person go; letters to others (« … vous a invité ») lose the name."""
    gone = personal.erase(TABLES, user)
    name = user.get_full_name()
    forms = {name, french.typography(name)}
    words = sorted(
        {*forms, *map(escape, forms), *user.own_addresses} - {""}, key=len, reverse=True
    )
    for email in OutgoingEmail.objects.filter(_saying(words)):
        for part in PARTS:
            for word in words:
                setattr(email, part, getattr(email, part).replace(word, str(_("(nom effacé)"))))
        email.save(update_fields=PARTS)
    return gone


def _saying(words: list[str]) -> Q:
    """Letters in which one of these words stands, in any of their parts."""
    found = Q(pk__in=[])
    for part in PARTS:
        for word in words:
            found |= Q(**{f"{part}__contains": word})
    return found
