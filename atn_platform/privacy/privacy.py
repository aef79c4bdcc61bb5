"""What this app holds itself: the files that people asked for."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table
from atn_platform.privacy.models import DataExport

HANDED = _("vous remettre ce que nous gardons sur vous")

TABLES = [
    Table(
        DataExport,
        (
            # Its content is what this very file is made of: bytes are not handed out again.
            About("user", "user asked_at ready_at expires_at content", Kind.ACT, HANDED,
                  Retention.TRACES, (Reader.SELF,)),
        ),
        plain="id created_at updated_at uuid claimed_at progress",
    ),
]  # fmt: skip

LINKS = [
    *stays(DataExport, "user"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """Files that were made for the person hold everything: they go first."""
    gone = personal.erase(TABLES, user)
    gone[TABLES[0].title] += DataExport.objects.filter(user=user).delete()[0]
    return +gone
