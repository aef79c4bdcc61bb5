"""Who may look after the people of an organisation."""

from datetime import date

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from municipalities.models import Organisation, OrganisationQuerySet


def can_validate_claims(user: User) -> bool:
    """The coordination at UMQ, and ATN's administration."""
    return user.has_role(Role.UMQ_COORDINATOR, Role.ADMINISTRATOR)


def organisations_of(user: User, *, on: date) -> OrganisationQuerySet:
    """Organisations whose people this person may see and invite; all of them for ATN staff."""
    if user.has_role(Role.ADMINISTRATOR):
        return Organisation.objects.active()
    return Organisation.objects.active().managed_by(user, on=on)
