"""Whose state of readiness a person may read."""

from datetime import date

from atn_platform.accounts.models import User
from municipalities.enums import Kind, Public
from municipalities.models import Mandate, Organisation, OrganisationQuerySet
from municipalities.permissions import organisations_of


def towns_of(user: User, *, on: date) -> OrganisationQuerySet:
    """Municipalities where this person sits on the council, or for whose people they answer."""
    seats = Mandate.objects.in_force(on=on).filter(user=user, public=Public.ELECTED)
    seated = Organisation.objects.active().filter(pk__in=seats.values("organisation"))
    return (seated | organisations_of(user, on=on)).filter(kind=Kind.MUNICIPALITY)
