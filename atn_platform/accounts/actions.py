"""Giving and taking back roles on the whole platform."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.accounts.signals import role_ended, role_granted
from atn_platform.core.exceptions import ActionError


class RoleRefused(ActionError):
    """The role cannot change hands like that."""


@transaction.atomic
def grant_role(*, user: User, role: Role, by: User | None, at: datetime) -> bool:
    """Give a role; False when the person has it. ADMINISTRATOR also opens the administration."""
    _lock(user)
    _grant, created = RoleGrant.objects.get_or_create(
        user=user, role=role, ended_at=None, defaults={"granted_by": by, "granted_at": at}
    )
    if created:
        _follow_roles(user)
        role_granted.send(sender=RoleGrant, user=user, role=role, by=by, at=at)
    return created


@transaction.atomic
def end_role(*, user: User, role: Role, by: User | None, at: datetime) -> bool:
    """Take a role back; False when the person does not have it. One administrator must remain."""
    if role == Role.ADMINISTRATOR:
        _keep_one_administrator(user)
    _lock(user)
    ended = RoleGrant.objects.filter(user=user, role=role, ended_at=None).update(
        ended_at=at, updated_at=at
    )
    if ended:
        _follow_roles(user)
        role_ended.send(sender=RoleGrant, user=user, role=role, by=by, at=at)
    return bool(ended)


def _lock(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _keep_one_administrator(user: User) -> None:
    """Refuse to leave the platform without anybody who can grant roles.

    Every open grant is locked, so that two administrators cannot end each other at once.
    """
    open_grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, ended_at=None)
    holders = set(
        open_grants.select_for_update(no_key=True).order_by("pk").values_list("user_id", flat=True)
    )
    if holders == {user.pk}:
        raise RoleRefused(_("Une personne au moins doit garder l’administration."))


def _follow_roles(user: User) -> None:
    """Make access to the administration follow the role, and forget what was read of roles."""
    user.__dict__.pop("standing", None)
    administers = user.has_role(Role.ADMINISTRATOR)
    user.is_staff = user.is_superuser = administers
    user.save(update_fields=["is_staff", "is_superuser"])
