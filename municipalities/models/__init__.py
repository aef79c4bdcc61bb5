from municipalities.models.changes import RENEWAL_UNDO, CouncilRenewal, MandateChange
from municipalities.models.claims import CLAIM_LIFE, CLAIM_TRIES, CLAIM_UNDO, Claim, ClaimQuerySet
from municipalities.models.duties import DeclaredTraining, TrainingList
from municipalities.models.imports import IMPORT_UNDO, ImportBatch, ImportLine
from municipalities.models.invitations import INVITATION_LIFE, Invitation
from municipalities.models.joining import JoinRequest, Poster
from municipalities.models.mandates import Mandate, MandateQuerySet, Responsibility
from municipalities.models.sign_in import DOMAIN_CODE_LIFE, IdentityProvider, MailDomain
from municipalities.models.territory import (
    Organisation,
    OrganisationQuerySet,
    Region,
    RegistryImport,
    TerritorialEvent,
)

__all__ = [
    "CLAIM_LIFE",
    "CLAIM_TRIES",
    "CLAIM_UNDO",
    "DOMAIN_CODE_LIFE",
    "IMPORT_UNDO",
    "INVITATION_LIFE",
    "RENEWAL_UNDO",
    "Claim",
    "ClaimQuerySet",
    "CouncilRenewal",
    "DeclaredTraining",
    "IdentityProvider",
    "ImportBatch",
    "ImportLine",
    "Invitation",
    "JoinRequest",
    "MailDomain",
    "Mandate",
    "MandateChange",
    "MandateQuerySet",
    "Organisation",
    "OrganisationQuerySet",
    "Poster",
    "Region",
    "RegistryImport",
    "Responsibility",
    "TerritorialEvent",
    "TrainingList",
]
