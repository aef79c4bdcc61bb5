"""What requests hold on a person: what was asked, and what was answered."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table
from atn_platform.rights.models import RightsRequest

ANSWERED = _("répondre à votre demande dans les délais de la loi, et pouvoir le prouver")

TABLES = [
    Table(
        RightsRequest,
        (
            About(
                "user",
                "user kind part mandate asked_at due_on extended_at decided_at is_granted "
                "cancelled_at erase_at erased_at gone",
                Kind.ACT,
                ANSWERED,
                Retention.RIGHTS,
            ),
            About(
                "user",
                "on_behalf identity_proof wanted reason extension_reason",
                Kind.IDENTITY,
                ANSWERED,
                Retention.RIGHTS,
            ),
            About("decided_by", "decided_by decided_at", Kind.ACT, ANSWERED, Retention.RIGHTS),
        ),
        plain="id created_at updated_at",
        stays=_("qu’une demande a été faite et répondue, par numéro de compte, comme preuve"),
    ),
]

LINKS = [
    *follows(RightsRequest, "user"),
    *stays(RightsRequest, "decided_by"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """The words go; a refusal keeps the fact that it had a reason."""
    mine = RightsRequest.objects.filter(user=user)
    mine.update(on_behalf="", identity_proof="", wanted="", extension_reason="")
    mine.exclude(reason="").update(reason=_("(effacée)"))
    return personal.erase(TABLES, user)
