"""Who may write courses."""

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User


def can_author(user: User) -> bool:
    """Administration of the academy: drafts, media, versions, parcours."""
    may = user.is_superuser or user.has_role(Role.ADMINISTRATOR)
    return user.is_active and user.is_staff and may
