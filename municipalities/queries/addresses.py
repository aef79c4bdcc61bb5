"""Where the people of an organisation read their letters, and whose an address may be by now."""

from datetime import date

from django.db.models import Max

from atn_platform.accounts.models import User
from municipalities.models import JoinRequest, Mandate, Organisation
from municipalities.staff.addresses import PROVIDERS, domains

# Enough to know a town's ways of writing; a city of thousands has one domain or two.
READ = 500


def domains_of(organisation: Organisation, *, on: date) -> frozenset[str]:
    """Those of its official letter box and of its people, most of whom share one."""
    here = Mandate.objects.in_force(on=on).filter(
        organisation=organisation, user__email__isnull=False
    )
    addresses = here.order_by("pk").values_list("user__email", flat=True)[:READ]
    return domains([*addresses, organisation.official_email])


def known_address(user: User, organisation: Organisation) -> str:
    """The address of a person that this organisation knows; blank when it is not sure.

    Whoever made two accounts one may read elsewhere what the other received: an address that this
    organisation did not write itself, and that is not in its own domain, may be a private one.
    """
    if not user.united.exists():
        return user.email or ""
    mine = user.own_addresses
    asked = JoinRequest.objects.filter(poster__organisation=organisation, is_accepted=True)
    written = {
        address
        for rows in (organisation.invitations, organisation.claims, asked)
        for address in rows.filter(email__in=mine).values_list("email", flat=True)
    }
    proven = organisation.mail_domains.filter(verified_at__isnull=False)
    theirs = domains([organisation.official_email]) | set(proven.values_list("domain", flat=True))
    known = [each for each in mine if each in written or domains([each]) <= theirs - PROVIDERS]
    return user.email if user.email in known else next(iter(known), "")


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
