"""What the register of incidents holds on a person: who wrote in it. It names nobody else."""

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import stays
from atn_platform.core.personal import About, Export, Kind, Retention, Table, nobody
from atn_platform.incidents.models import Incident, IncidentEntry

TABLES = [
    *nobody(Incident),
    Table(
        IncidentEntry,
        (
            About(
                "written_by",
                "written_by written_at incident",
                Kind.ACT,
                _("tenir le registre des incidents de confidentialité, que la loi demande"),
                Retention.REGISTER,
            ),
        ),
        plain="id position unknown data circumstances happened_from happened_to "
        "is_period_estimated known_from known_to people_count is_count_estimated is_serious "
        "risk_reasons commission_told_on people_told_on public_notice measures",
    ),
]

LINKS = [
    *stays(IncidentEntry, "written_by"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)
