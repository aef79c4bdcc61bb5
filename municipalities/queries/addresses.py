"""Where the people of an organisation read their letters, and whose an address may be by now."""

from datetime import date

from django.db.models import Max

from atn_platform.accounts.models import User
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


def has_left(user: User, *, on: date) -> bool:
    """Whether the person held mandates, and holds none any more, nor a role."""
    if user.roles or user.is_responsible or user.is_staff:
        return False
    mine = Mandate.objects.filter(user=user)
    return mine.exists() and not mine.from_day(on).exists()


def may_have_passed(user: User, *, on: date) -> bool:
    """Whether the address may be a successor's: its owner left, and has not said otherwise since.

    Someone who still holds a mandate or a role is at home there.
    """
    if not user.email or not has_left(user, on=on):
        return False
    last = Mandate.objects.filter(user=user).aggregate(last=Max("ends_on"))["last"]
    said = user.address_confirmed_on
    return last is not None and (said is None or said <= last)
