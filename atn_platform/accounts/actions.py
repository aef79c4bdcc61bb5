"""Accounts, and the roles that they hold on the whole platform."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.accounts.signals import account_changed, role_ended, role_granted
from atn_platform.core.exceptions import ActionError


class RoleRefused(ActionError):
    """The role cannot change hands like that."""


class AccountRefused(ActionError):
    """The account cannot change like that."""


@transaction.atomic
def create_account(
    *, first_name: str, last_name: str, email: str | None, by: User | None, at: datetime
) -> User:
    """Someone who may sign in by a code, and who holds nothing yet."""
    if email and User.objects.filter(email=email.lower()).exists():
        raise AccountRefused(_("Cette adresse est celle d’une autre personne."))
    user = User.objects.create_user(
        email, first_name=first_name, last_name=last_name, date_joined=at
    )
    account_changed.send(sender=User, user=user, verb="created", fields=[], by=by, at=at)
    return user


@transaction.atomic
def correct_account(
    *, user: User, first_name: str, last_name: str, email: str | None, by: User, at: datetime
) -> list[str]:
    """Correct a name or an address; attestations keep what they say. Names what changed.

    A new address takes the place of every other: the old letter box opens the account no more.
    """
    email = email.strip().lower() if email else None
    wanted = {"first_name": first_name, "last_name": last_name, "email": email}
    kept = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    fields = [name for name, value in wanted.items() if getattr(kept, name) != value]
    if "email" in fields and email and User.objects.filter(email=email).exists():
        raise AccountRefused(_("Cette adresse est celle d’une autre personne."))
    for name in fields:
        setattr(user, name, wanted[name])
    if fields:
        user.save(update_fields=fields)
        account_changed.send(sender=User, user=user, verb="corrected", fields=fields, by=by, at=at)
    if "email" in fields:
        EmailAddress.objects.filter(user=user).delete()
    return fields


def trust_address(*, user: User) -> None:
    """Tell allauth that the address of the account is the person's own; harmless twice.

    Ours come from a letter that was opened or from ATN. Left untold, allauth would drop the
    address as soon as another is typed, before anyone confirmed that one.
    """
    if user.email:
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )


@transaction.atomic
def close_account(*, user: User, by: User, at: datetime) -> bool:
    """Let nobody sign in with it any more, at once; what was learned stays. False when closed."""
    if user.pk == by.pk:
        raise AccountRefused(_("On ne désactive pas son propre compte."))
    if user.has_role(Role.ADMINISTRATOR):
        _keep_one_administrator(user)
    return _set_active(user=user, active=False, by=by, at=at)


def open_account(*, user: User, by: User, at: datetime) -> bool:
    """Undo: the person signs in again. False when the account is open."""
    return _set_active(user=user, active=True, by=by, at=at)


@transaction.atomic
def _set_active(*, user: User, active: bool, by: User, at: datetime) -> bool:
    changed = User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active)
    user.is_active = active
    if changed:
        verb = "opened" if active else "closed"
        account_changed.send(sender=User, user=user, verb=verb, fields=[], by=by, at=at)
    return bool(changed)


@transaction.atomic
def forget_second_factor(*, user: User, by: User, at: datetime) -> bool:
    """A lost phone: the person sets up another at the next visit. False when there was none."""
    deleted, _rows = Authenticator.objects.filter(user=user).delete()
    if deleted:
        account_changed.send(
            sender=User, user=user, verb="second-factor-forgotten", fields=[], by=by, at=at
        )
    return bool(deleted)


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
    open_grants = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True
    )
    holders = set(
        open_grants.select_for_update(no_key=True, of=("self",))
        .order_by("pk")
        .values_list("user_id", flat=True)
    )
    if holders == {user.pk}:
        raise RoleRefused(_("Une personne au moins doit garder l’administration."))


def _follow_roles(user: User) -> None:
    """Make access to the administration follow the role, and forget what was read of roles."""
    user.__dict__.pop("standing", None)
    administers = user.has_role(Role.ADMINISTRATOR)
    user.is_staff = user.is_superuser = administers
    user.save(update_fields=["is_staff", "is_superuser"])
