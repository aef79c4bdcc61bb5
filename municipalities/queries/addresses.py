"""The domains where the people of an organisation read their letters."""

from datetime import date

from municipalities.models import Mandate, Organisation
from municipalities.staff.addresses import domains

# Enough to know a town's ways of writing; a city of thousands has one domain or two.
READ = 500


def domains_of(organisation: Organisation, *, on: date) -> frozenset[str]:
    """Those of its official letter box and of its people, most of whom share one."""
    here = Mandate.objects.in_force(on=on).filter(
        organisation=organisation, user__email__isnull=False
    )
    addresses = here.order_by("pk").values_list("user__email", flat=True)[:READ]
    return domains([*addresses, organisation.official_email])
