"""Who may write courses."""

from django.db.models import Q, QuerySet

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User


def can_author(user: User) -> bool:
    """Administration of the academy: drafts, media, versions, parcours."""
    may = user.is_superuser or user.has_role(Role.ADMINISTRATOR)
    return user.is_active and user.is_staff and may


def authors() -> QuerySet[User]:
    """Everyone who may write courses, by name."""
    held = Q(role_grants__role=Role.ADMINISTRATOR, role_grants__ended_at__isnull=True)
    rows = User.objects.filter(held | Q(is_superuser=True), is_active=True, is_staff=True)
    return rows.distinct().order_by("sort_key", "pk")
