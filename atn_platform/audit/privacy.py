"""What the journal holds on a person."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry, Viewing
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table
from atn_platform.core.purging import purging

ANSWERABLE = _("savoir qui a fait quoi, si une question se pose")
WATCHED = _("pouvoir vous dire qui a ouvert votre dossier, et quand")


def about_account(user: Any) -> Q:
    """What was done to the person's account, roles and responsibilities."""
    verbs = Q(verb__startswith="account.") | Q(verb__startswith="role.")
    return (verbs | Q(verb__startswith="responsibility.")) & Q(target=str(user.pk))


def opened_on(user: Any) -> Q:
    return Q(people__contains=[user.pk])


TABLES = [
    Table(
        Entry,
        (
            About("actor", "actor at verb target details", Kind.ACT, ANSWERABLE,
                  Retention.TRACES),
            About(about_account, "at verb details", Kind.ACT, ANSWERABLE, Retention.TRACES),
        ),
        plain="id",
        named=_("gestes écrits au journal"),
        stays=_("les gestes posés, par numéro de compte, jusqu’au terme de la durée du journal"),
    ),
    Table(
        Viewing,
        (
            # The person learns who, in what right, and what; never who else was on the page.
            About(opened_on, "at reader capacity screen place", Kind.ACT, WATCHED,
                  Retention.TRACES),
            About("reader", "reader at screen place", Kind.ACT, WATCHED, Retention.TRACES),
        ),
        # Keys of accounts, each told of its own line.
        plain="id people previous fingerprint",
        named=_("consultations de dossiers"),
        stays=_("qui a ouvert votre dossier, par numéro de compte, pendant douze mois"),
    ),
]  # fmt: skip

LINKS = [
    *stays(Entry, "actor"),
    *stays(Viewing, "reader"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """The journal keeps the acts, which name people by number, and forgets the names corrected."""
    forget_before("account.", [user.pk])
    return personal.erase(TABLES, user)


def forget_before(verbs: str, targets: Iterable[object]) -> None:
    """Empty what corrections replaced: the acts stay, the words of an erased person do not."""
    forget(verbs, targets, "before")


def forget(verbs: str, targets: Iterable[object], detail: str) -> None:
    """Take this detail, where a person may be named, out of what was done to these."""
    named = Entry.objects.filter(
        verb__startswith=verbs, target__in=[str(each) for each in targets]
    )
    with purging():
        for entry in named.filter(details__has_key=detail):
            details = {name: value for name, value in entry.details.items() if name != detail}
            Entry.objects.filter(pk=entry.pk).update(details=details)
