"""The mandates of an organisation, and which one follows another."""

from datetime import date

from django.db import connection

from atn_platform.accounts.models import User
from atn_platform.core.reading import rows_of
from municipalities.models import Mandate, MandateQuerySet, Organisation


def listed(organisation: Organisation, *, on: date, over: bool = False) -> MandateQuerySet:
    """Mandates in force and to come, by name; or those that are over."""
    rows = Mandate.objects.known().filter(organisation=organisation).select_related("user")
    rows = rows.filter(ends_on__lt=on) if over else rows.from_day(on)
    return rows.order_by("user__sort_key", "user", "-starts_on", "pk")


_HELD = """
    SELECT {row}, place.id, place.kind, place.code, place.name
      FROM municipalities_mandate row
      JOIN municipalities_organisation place ON place.id = row.organisation_id
     WHERE row.user_id = %(user)s AND row.starts_on <= %(on)s
       AND (row.ends_on IS NULL OR row.ends_on >= %(on)s)
     ORDER BY row.starts_on DESC
"""
_PLACE = ("id", "kind", "code", "name")


def held(user: User, *, on: date) -> list[Mandate]:
    """Mandates in force of who is signed in, the latest first, with the names of their places."""
    found = []
    for mandate, place in rows_of(Mandate, _HELD, {"user": user.pk, "on": on}):
        mandate.organisation = Organisation.from_db(connection.alias, _PLACE, place)
        found.append(mandate)
    return found


def is_here(mandate: Mandate, *, on: date) -> bool:
    """Whether its holder still is, that day or later, among the people of its organisation."""
    here = Mandate.objects.from_day(on).filter(organisation=mandate.organisation_id)
    return here.filter(user=mandate.user_id).exists()


def continued(mandate: Mandate, *, on: date) -> Mandate | None:
    """Under which mandate its holder goes on, that day; None when they hold none.

    The one that prolongs it first, by an election or a merger; else one in the same organisation,
    of the same public, the latest.
    """
    held = Mandate.objects.in_force(on=on).filter(user=mandate.user_id).order_by("starts_on", "pk")

    def nearness(other: Mandate) -> tuple[bool, bool, bool]:
        return (
            other.thread == mandate.thread,
            other.organisation_id == mandate.organisation_id,
            other.public == mandate.public,
        )

    # Of equals, the last: the latest.
    return max(reversed(held), key=nearness, default=None)
