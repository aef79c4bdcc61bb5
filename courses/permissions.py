"""Who may write courses."""

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User


def can_author(user: User) -> bool:
    """Administration of the academy: drafts, media, versions, parcours."""
    return user.is_active and user.is_staff and user.has_role(Role.ADMINISTRATOR)
