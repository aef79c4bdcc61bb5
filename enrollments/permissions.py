"""Whose state of readiness a person may read, and who answers the questions of learners."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from enrollments.models import Accompaniment
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


def can_entrust(user: User) -> bool:
    """The academy's administration says which coach accompanies which municipality."""
    return user.has_role(Role.ADMINISTRATOR)


def coaches() -> QuerySet[User]:
    """Whoever municipalities may be entrusted to."""
    return _holding(Role.COACH).order_by("sort_key", "pk")


def answerers(organisation: Organisation) -> Iterable[User]:
    """Whoever is told that somebody there waits: trainers, and the municipality's own coach.

    Where nobody accompanies it, every coach. The administration reads the desk when it wants.
    A municipality that was merged is now accompanied with the one that took it over.
    """
    own = Accompaniment.objects.in_force().filter(organisation=organisation.heir).first()
    if own is None:
        return _holding(Role.INSTRUCTOR, Role.COACH).order_by("pk")
    trainers = _holding(Role.INSTRUCTOR)
    return User.objects.filter(Q(pk__in=trainers.values("pk")) | Q(pk=own.coach_id)).order_by("pk")


def _holding(*roles: Role) -> QuerySet[User]:
    rows = User.objects.filter(
        is_active=True, role_grants__ended_at__isnull=True, role_grants__role__in=roles
    )
    return rows.distinct()
