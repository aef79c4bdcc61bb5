"""What is held of two accounts that became one: who asked, when, and which rows changed."""

from collections import Counter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table
from atn_platform.merging.models import Merge

UNITED = _("réunir deux de vos comptes, et pouvoir les séparer pendant 30 jours")

TABLES = [
    Table(
        Merge,
        (
            About("kept", "kept absorbed asked_at proven_at made_at undone_at reason ended",
                  Kind.ACT, UNITED, Retention.ACCOUNT, (Reader.SELF, Reader.ATN)),
            About("kept", "code_hash", Kind.SECRET, UNITED, Retention.ACCOUNT, ()),
            # What rows held before, words and addresses too; emptied once nothing is taken back.
            About("kept", "changes", Kind.ACT, UNITED, Retention.ACCOUNT, (Reader.SELF,)),
            About("asked_by", "asked_by asked_at", Kind.ACT, UNITED, Retention.ACCOUNT),
        ),
        plain="id created_at updated_at uuid tries",
        stays=_("que deux comptes ont été réunis, et quand, par numéro de compte"),
    ),
]  # fmt: skip

LINKS = [*stays(Merge, "kept", "absorbed", "asked_by")]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """What ATN was told goes, with what an undoing would need: nothing is parted any more."""
    theirs = Merge.objects.filter(Q(kept=user) | Q(absorbed=user))
    theirs.update(reason="", code_hash="", ended={}, changes=[])
    return personal.erase(TABLES, user)
