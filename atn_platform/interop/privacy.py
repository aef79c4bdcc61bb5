"""What is held of a person's interactive modules: where they stand in each."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table
from atn_platform.interop.models import Cmi5Session, Cmi5Statement, PackagePlace

KEPT_PLACE = _("reprendre un module interactif où vous étiez")

TABLES = [
    Table(
        Cmi5Statement,
        (
            About("session__enrollment__learner", "session body stored_at", Kind.RESULT,
                  KEPT_PLACE, Retention.ANSWERS, (Reader.SELF,)),
        ),
        plain="id uuid",
    ),
    Table(
        Cmi5Session,
        (
            About("enrollment__learner", "enrollment block part opened_at verbs", Kind.RESULT,
                  KEPT_PLACE, Retention.ANSWERS, (Reader.SELF,)),
        ),
        plain="id uuid token_hash sha256",
    ),
    Table(
        PackagePlace,
        (
            About("enrollment__learner", "enrollment lesson block part state", Kind.RESULT,
                  KEPT_PLACE, Retention.ANSWERS, (Reader.SELF,)),
        ),
        plain="id created_at updated_at sha256 session revision",
    ),
]  # fmt: skip


def export(user: User) -> Export:
    return personal.export(TABLES, user)
