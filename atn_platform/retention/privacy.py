"""What retention holds on a person: the hold that spares their data."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table
from atn_platform.retention.models import IdleAccount, LegalHold, RetentionRun

WAITS = _("ne rien effacer tant qu’une plainte ou une enquête est ouverte")
TOLD = _("vous avertir avant d’effacer un compte qui ne sert plus")
ANSWERABLE = _("savoir qui a approuvé un effacement")

TABLES = [
    Table(
        LegalHold,
        (
            About("user", "user reason placed_at lifted_at", Kind.CHOICE, WAITS, Retention.RIGHTS),
            About("placed_by", "placed_by placed_at", Kind.ACT, WAITS, Retention.RIGHTS),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        IdleAccount,
        (About("user", "user told_at", Kind.MESSAGE, TOLD, Retention.ACCOUNT),),
        plain="id created_at updated_at",
    ),
    Table(
        RetentionRun,
        (About("approved_by", "approved_by approved_at", Kind.ACT, ANSWERABLE, Retention.RIGHTS),),
        plain="id created_at updated_at proposed_at proposed done_at gone",
    ),
]

LINKS = [
    *stays(LegalHold, "user", "placed_by"),
    *stays(IdleAccount, "user"),
    *stays(RetentionRun, "approved_by"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)
