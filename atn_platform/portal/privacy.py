"""What the help page holds on people: who asked to be called, and who called them."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table
from atn_platform.portal.models import CallBack

CALLED = _("vous rappeler, et savoir que c’est fait")

TABLES = [
    Table(
        CallBack,
        (
            About("person", "person name phone", Kind.CONTACT, CALLED, Retention.REQUESTS),
            About("person", "moment about page asked_at handled_at", Kind.CHOICE, CALLED,
                  Retention.REQUESTS),
            About("handled_by", "handled_by handled_at", Kind.ACT, CALLED, Retention.REQUESTS),
        ),
        plain="id created_at updated_at uuid",
    ),
]  # fmt: skip

LINKS = [
    *follows(CallBack, "person"),
    *stays(CallBack, "handled_by"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)
