"""What the account and the ways to sign in hold on a person."""

from collections import Counter
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import Card, OpenSession, RoleGrant, User
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table, nobody

NAMED = _("vous reconnaître et vous nommer, à l’écran comme sur l’attestation")
SIGNED_IN = _("vous laisser entrer, et personne d’autre à votre place")
SPOKEN = _("vous montrer les pages et vous écrire dans la langue de votre choix")
WRITTEN = _("vous écrire")
ANSWERABLE = _("savoir qui a fait quoi, si une question se pose")
EVERYONE_ABOVE = (Reader.SELF, Reader.RESPONSIBLE, Reader.GIVER, Reader.ATN)


def entries_about(user: Any) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))


TABLES = [
    Table(
        User,
        (
            About(
                "pk", "first_name last_name", Kind.IDENTITY, NAMED, Retention.ACCOUNT,
                EVERYONE_ABOVE,
            ),
            About(
                "pk", "email delivery_email", Kind.CONTACT, WRITTEN, Retention.ACCOUNT,
                (Reader.SELF, Reader.RESPONSIBLE, Reader.ATN),
            ),
            About(
                "pk", "handle", Kind.IDENTITY, SIGNED_IN, Retention.ACCOUNT,
                (Reader.SELF, Reader.RESPONSIBLE, Reader.ATN),
            ),
            About(
                "pk", "is_active is_staff is_superuser", Kind.FUNCTION, SIGNED_IN,
                Retention.ACCOUNT,
            ),
            About("pk",
                  "last_login date_joined erased_at address_confirmed_on united_to", Kind.ACT,
                  SIGNED_IN, Retention.ACCOUNT),
            About("pk", "language", Kind.CHOICE, SPOKEN, Retention.ACCOUNT,
                  (Reader.SELF, Reader.ATN)),
            About("pk", "password", Kind.SECRET, SIGNED_IN, Retention.ACCOUNT, ()),
        ),
        # The key is made of the names; groups and permissions of Django serve nobody here.
        plain="id sort_key groups user_permissions",
        stays=_("un numéro de compte sans nom, sans adresse et sans accès"),
    ),
    Table(
        Card,
        (
            About(
                "user", "user printed_at expires_at used_at replaced_at", Kind.ACT, SIGNED_IN,
                Retention.ACCOUNT, (Reader.SELF, Reader.RESPONSIBLE),
            ),
            About("user", "code_hash printing", Kind.SECRET, SIGNED_IN, Retention.ACCOUNT, ()),
            About("printed_by", "printed_by printed_at", Kind.ACT, ANSWERABLE, Retention.ACCOUNT),
        ),
        plain="id created_at updated_at",
        named=_("cartes d’accès imprimées"),
    ),
    Table(
        RoleGrant,
        (
            About("user", "user role granted_at ended_at", Kind.FUNCTION, SIGNED_IN,
                  Retention.ACCOUNT),
            About("granted_by", "granted_by granted_at role", Kind.ACT, ANSWERABLE,
                  Retention.ACCOUNT),
        ),
        plain="id created_at updated_at",
        stays=_("les rôles tenus sur la plateforme, par numéro de compte"),
    ),
    Table(
        EmailAddress,
        (
            About("user", "user email verified primary", Kind.CONTACT, WRITTEN,
                  Retention.ACCOUNT),
        ),
        plain="id",
        named=_("adresses courriel"),
    ),
    Table(
        EmailConfirmation,
        (
            About("email_address__user", "email_address created sent", Kind.ACT, SIGNED_IN,
                  Retention.ACCOUNT),
            About("email_address__user", "key", Kind.SECRET, SIGNED_IN, Retention.ACCOUNT, ()),
        ),
        plain="id",
        named=_("confirmations d’adresse"),
    ),
    Table(
        Authenticator,
        (
            About("user", "user type created_at last_used_at", Kind.ACT, SIGNED_IN,
                  Retention.ACCOUNT),
            About("user", "data", Kind.SECRET, SIGNED_IN, Retention.ACCOUNT, ()),
        ),
        plain="id",
        named=_("seconds facteurs et clés d’accès"),
    ),
    Table(
        SocialAccount,
        (
            About("user", "user provider uid last_login date_joined extra_data", Kind.IDENTITY,
                  SIGNED_IN, Retention.ACCOUNT),
        ),
        plain="id",
        named=_("comptes reliés d’une organisation"),
    ),
    Table(
        SocialToken,
        (
            About("account__user", "token token_secret", Kind.SECRET, SIGNED_IN,
                  Retention.ACCOUNT, ()),
        ),
        plain="id app account expires_at",
        named=_("jetons des comptes reliés"),
    ),
    Table(
        Session,
        (
            # A session names its person inside what it seals; the row beside it says whose it is.
            About("opened__user", "expire_date", Kind.ACT, SIGNED_IN, Retention.SESSION),
            About("opened__user", "session_key session_data", Kind.SECRET, SIGNED_IN,
                  Retention.SESSION, ()),
        ),
    ),
    Table(
        OpenSession,
        (
            About("user", "user device created_at", Kind.ACT, SIGNED_IN, Retention.SESSION),
        ),
        plain="id session updated_at",
    ),
    Table(
        LogEntry,
        (
            About("user", "user action_time content_type action_flag", Kind.ACT, ANSWERABLE,
                  Retention.TRACES),
            About(entries_about, "action_time object_repr change_message", Kind.ACT, ANSWERABLE,
                  Retention.TRACES),
        ),
        plain="id object_id",
        stays=_("les gestes de l’administration, sans votre nom"),
    ),
    *nobody(Permission, Group, ContentType, SocialApp),
]  # fmt: skip

LINKS = [
    # An identity of an organisation's provider keeps opening the person's account.
    *follows(SocialAccount, "user"),
    # Addresses are dealt with one by one by whatever joins the accounts.
    *stays(EmailAddress, "user"),
    *stays(Authenticator, "user"),
    *stays(Card, "user", "printed_by"),
    *stays(User, "united_to"),
    *stays(OpenSession, "user"),
    *stays(RoleGrant, "user", "granted_by"),
    *stays(LogEntry, "user"),
    *stays(User.groups.through, "user"),
    *stays(User.user_permissions.through, "user"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """The account becomes a number that holds figures together; nobody signs in with it."""
    names = {user.get_full_name(), *user.own_addresses} - {""}
    gone = personal.erase(TABLES, user)
    LogEntry.objects.filter(entries_about(user)).update(object_repr="", change_message="")
    for name in names:
        written = Q(object_repr__contains=name) | Q(change_message__contains=name)
        LogEntry.objects.filter(written).update(object_repr="", change_message="")
    empty(user)
    return gone


def empty(user: User) -> None:
    """Leave a number: no name, no address, and nothing that ever opened the account."""
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    user.cards.all().delete()
    user.open_sessions.all().delete()
    (account,) = (table for table in TABLES if table.model is User)
    personal.blank(account, user, Kind.IDENTITY, Kind.CONTACT, Kind.SECRET)
    User.objects.filter(pk=user.pk).update(
        sort_key="", is_active=False, is_staff=False, is_superuser=False, last_login=None,
        password=make_password(None),
    )  # fmt: skip
