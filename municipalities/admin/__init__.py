"""Organisations, mandates and claims in the administration."""

from municipalities.admin.claims import ClaimAdmin
from municipalities.admin.places import MandateAdmin, OrganisationAdmin, ResponsibilityAdmin

__all__ = ["ClaimAdmin", "MandateAdmin", "OrganisationAdmin", "ResponsibilityAdmin"]
