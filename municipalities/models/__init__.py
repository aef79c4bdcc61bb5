from municipalities.models.invitations import INVITATION_LIFE, Invitation
from municipalities.models.mandates import Mandate, Responsibility
from municipalities.models.territory import (
    Organisation,
    OrganisationQuerySet,
    Region,
    RegistryImport,
    TerritorialEvent,
)

__all__ = [
    "INVITATION_LIFE",
    "Invitation",
    "Mandate",
    "Organisation",
    "OrganisationQuerySet",
    "Region",
    "RegistryImport",
    "Responsibility",
    "TerritorialEvent",
]
