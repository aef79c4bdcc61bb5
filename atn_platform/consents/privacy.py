"""What the consents hold on a person."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.consents.models import Consent
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table

TABLES = [
    Table(
        Consent,
        (
            About(
                "user",
                "user purpose version words given_at given_by withdrawn_at withdrawn_by",
                Kind.CHOICE,
                _("respecter vos choix, et pouvoir prouver ce que vous avez accepté"),
                Retention.CONSENTS,
            ),
        ),
        plain="id created_at updated_at",
        stays=_("vos accords et leurs retraits, sans votre nom, comme preuve pendant cinq ans"),
    ),
]

LINKS = [
    # What was agreed to in one account was not agreed to in the other.
    *stays(Consent, "user"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)
