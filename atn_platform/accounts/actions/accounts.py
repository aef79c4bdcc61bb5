"""Accounts, and the roles that they hold on the whole platform."""

from collections.abc import Iterable
from datetime import date, datetime

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Language, Role
from atn_platform.accounts.models import OpenSession, RoleGrant, User, handle_of
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
    if email and User.objects.owner_of(email) is not None:
        raise AccountRefused(_("Cette adresse est celle d’une autre personne."))
    user = User.objects.create_user(
        email, first_name=first_name, last_name=last_name, date_joined=at
    )
    account_changed.send(sender=User, user=user, verb="created", fields=[], by=by, at=at)
    return user


@transaction.atomic
def correct_account(
    *, user: User, said: dict[str, str | None], by: User, at: datetime, but: str = ""
) -> list[str]:
    """Correct names and address as `said`; what is not said stays. Names what changed.

    Attestations keep what they say. A new address takes the place of every other: the old letter
    box opens the account no more, and sessions close, all `but` one: the key of the session at
    work, for one's own account.
    """
    kept = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if kept.erased_at is not None:
        raise AccountRefused(_("Cette personne a été effacée : son compte ne revient pas."))
    wanted = dict(said)
    if "email" in wanted:
        wanted["email"] = (wanted["email"] or "").strip().lower() or None
    fields = [name for name, value in wanted.items() if getattr(kept, name) != value]
    # A name may have to be explained years later (A-2.1, art. 89); an address opens accounts.
    before = {name: getattr(kept, name) for name in fields if name != "email"}
    if "email" in fields and User.objects.owner_of(wanted["email"] or "") not in (None, kept):
        raise AccountRefused(_("Cette adresse est celle d’une autre personne."))
    for row in (kept, user):
        for name in fields:
            setattr(row, name, wanted[name])
    if fields:
        # Of the row as it is now: what the caller holds may have been read before another change.
        kept.save(update_fields=fields)
        account_changed.send(
            sender=User, user=user, verb="corrected", fields=fields, before=before, by=by, at=at
        )
    if "email" in fields:
        EmailAddress.objects.filter(user=user).delete()
        # Whoever reads the old box may be signed in by it.
        close_sessions(user, but=but)
    return fields


def choose_language(*, user: User, language: Language) -> None:
    """Pages and letters from now on. Whether the person may is for whoever offers the choice."""
    user.language = language
    user.save(update_fields=["language"])


@transaction.atomic
def release_address(
    *, user: User, place: str, by: User, at: datetime, address: str | None = None
) -> bool:
    """The address, the first one unless told, is another person's: it opens this account no more.

    The account and all that it holds stay with its person, who keeps a handle, and whatever way
    in they chose; a second address of theirs takes the place of the first. Links to a forgotten
    password die with the address, and sessions close. False when there was none.
    """
    address = address or user.email
    _lock(user)
    # Its person may have taken another meanwhile: that one is not what passes.
    user.refresh_from_db(fields=["email", "handle"])
    if not address:
        return False
    EmailAddress.objects.filter(user=user, email=address).delete()
    if address == user.email:
        give_handle(user, place)
        other = EmailAddress.objects.filter(user=user, verified=True).order_by("pk").first()
        user.email = other.email if other else None
        user.save(update_fields=["email"])
        trust_address(user=user)
    close_sessions(user)
    account_changed.send(
        sender=User, user=user, verb="address-released", fields=["email"], by=by, at=at
    )
    return True


def confirm_address(*, user: User, on: date, at: datetime) -> None:
    """The person says that the address is still theirs, after they left a place."""
    User.objects.filter(pk=user.pk).update(address_confirmed_on=on)
    account_changed.send(
        sender=User, user=user, verb="address-confirmed", fields=[], by=user, at=at
    )


def give_handles(*, people: Iterable[User], place: str) -> None:
    """A handle for each who has no address: it is theirs from the day they are brought in."""
    for user in people:
        if not user.email:
            give_handle(user, place)


def give_handle(user: User, place: str) -> None:
    """The first free one of that name and place: .2, .3… for those who bear the same."""
    if user.handle:
        return
    wanted = handle_of(user.first_name, user.last_name, place)
    who, __, where = wanted.partition("@")
    rank = 1
    while True:
        user.handle = wanted if rank == 1 else f"{who}.{rank}@{where}"
        try:
            with transaction.atomic():
                user.save(update_fields=["handle"])
        except IntegrityError:
            rank += 1
        else:
            return


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
    if user.erased_at is not None:
        raise AccountRefused(_("Cette personne a été effacée : son compte ne revient pas."))
    return _set_active(user=user, active=True, by=by, at=at)


@transaction.atomic
def _set_active(*, user: User, active: bool, by: User, at: datetime) -> bool:
    # Not one erased while we waited for its row: an empty account never opens again.
    rows = User.objects.filter(pk=user.pk, is_active=not active, erased_at__isnull=True)
    changed = rows.update(is_active=active)
    if changed:
        user.is_active = active
        if not active:
            # Not asleep: gone, or opening the account again would wake them.
            close_sessions(user)
        verb = "opened" if active else "closed"
        account_changed.send(sender=User, user=user, verb=verb, fields=[], by=by, at=at)
    return bool(changed)


def announce(*, user: User, verb: str, by: User | None, at: datetime, reason: str = "") -> None:
    """Tell the apps above what happened to an account: the journal, and letters to its owner."""
    account_changed.send(sender=User, user=user, verb=verb, fields=[], by=by, at=at, reason=reason)


@transaction.atomic
def note_session(*, user: User, session_key: str, device: str) -> None:
    """Remember in which browser a session was opened; harmless twice."""
    OpenSession.objects.update_or_create(
        session_id=session_key, defaults={"user": user, "device": device}
    )


@transaction.atomic
def end_sessions(
    *, user: User, by: User, at: datetime, only: int | None = None, but: str = ""
) -> int:
    """Close one session of a person, or every one `but` a key; how many were open."""
    closed = close_sessions(user, only=only, but=but)
    if closed:
        announce(user=user, verb="sessions-ended", by=by, at=at)
    return closed


def close_sessions(user: User, *, only: int | None = None, but: str = "") -> int:
    """The same without a word: for what is announced otherwise."""
    rows = user.open_sessions.exclude(session_id=but)
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


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
