"""Whose state of readiness a person may read, and who answers the questions of learners."""

from collections.abc import Iterable
from datetime import date

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from municipalities.enums import Kind, Public
from municipalities.models import Mandate, Organisation, OrganisationQuerySet
from municipalities.permissions import organisations_of


def towns_of(user: User, *, on: date) -> OrganisationQuerySet:
    """Municipalities where this person sits on the council, or for whose people they answer."""
    seats = Mandate.objects.in_force(on=on).filter(user=user, public=Public.ELECTED)
    seated = Organisation.objects.active().filter(pk__in=seats.values("organisation"))
    return (seated | organisations_of(user, on=on)).filter(kind=Kind.MUNICIPALITY)


def can_answer(user: User) -> bool:
    """Trainers, coaches and the academy's administration."""
    return user.accompanies


def answerers() -> Iterable[User]:
    """Whoever is told that a question waits; the administration reads the desk when it wants."""
    return (
        User.objects.filter(
            is_active=True,
            role_grants__ended_at__isnull=True,
            role_grants__role__in=[Role.INSTRUCTOR, Role.COACH],
        )
        .distinct()
        .order_by("pk")
    )
