"""Who may end or replace a certificate."""

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User


def can_administer(user: User) -> bool:
    """Administration of the academy."""
    may = user.is_superuser or user.has_role(Role.ADMINISTRATOR)
    return user.is_active and user.is_staff and may
