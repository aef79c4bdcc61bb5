"""Which identities of elsewhere an organisation answers for. Pure reading."""

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider, MailDomain

# The tenant that Microsoft gives to personal accounts (Outlook.com, Hotmail, Xbox).
PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of someone, once it may be believed."""

    subject: str
    email: str
    # The provider itself saw that the person reads that letter box.
    email_verified: bool


class NotOurs(Exception):
    """An identity that the organisation does not answer for; says why in French."""


def offered_for(email: str) -> list[IdentityProvider]:
    """The providers that the owner of this address's domain proposes at sign-in."""
    owners = MailDomain.objects.filter(
        domain=domain_of(email), verified_at__isnull=False, organisation__inactive_on=None
    )
    rows = IdentityProvider.objects.filter(
        offered=True, organisation__in=owners.values("organisation")
    )
    return list(rows.select_related("organisation").order_by("kind"))


def by_handle(handle: str) -> IdentityProvider | None:
    """The offered provider of that name; one that was withdrawn opens nothing.

    Nor does one of a place that left the registry, which nobody may turn off: its successor will.
    """
    kind, _dash, key = handle.partition("-")
    if not key.isdecimal() or len(key) > 18:  # noqa: PLR2004 -- digits of the largest key
        return None
    active = IdentityProvider.objects.filter(organisation__inactive_on=None)
    rows = active.select_related("organisation")
    return rows.filter(pk=int(key), kind=kind, offered=True).first()


def identity(provider: IdentityProvider, claims: dict[str, Any]) -> Identity:
    """Whom these claims name; raise NotOurs unless tenant and domain are the organisation's.

    Signature, issuer, audience and expiry were checked before.
    """
    if claims.get("tid") == PERSONAL_TENANT:
        raise NotOurs(
            _(
                "C’est un compte Microsoft personnel. Choisissez le compte que votre organisation "
                "vous a donné, ou connectez-vous par un code."
            )
        )
    domains = set(
        provider.organisation.mail_domains.filter(verified_at__isnull=False).values_list(
            "domain", flat=True
        )
    )
    _check_tenant(provider, claims, domains)
    email = str(claims.get("email") or claims.get("preferred_username") or "").strip().lower()
    if domain_of(email) not in domains:
        raise NotOurs(
            _("L’adresse de ce compte n’est pas d’un domaine prouvé par %s.")
            % provider.organisation
        )
    return Identity(
        str(claims["sub"]), email, bool(claims.get("email")) and _seen(provider, claims)
    )


def _seen(provider: IdentityProvider, claims: dict[str, Any]) -> bool:
    """Each service has a word of its own; whoever runs a tenant of Entra may make up the other."""
    if provider.kind == ProviderKind.MICROSOFT:
        return claims.get("xms_edov") in (True, "1", 1)
    return claims.get("email_verified") is True


def _check_tenant(provider: IdentityProvider, claims: dict[str, Any], domains: set[str]) -> None:
    if provider.kind == ProviderKind.MICROSOFT:
        ours = str(claims.get("tid", "")).lower() == provider.tenant
    else:
        ours = str(claims.get("hd", "")).lower() in domains
    if not ours:
        raise NotOurs(
            _("Ce compte n’est pas de l’organisation %s. Connectez-vous par un code.")
            % provider.organisation
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """What an organisation and its people lose with a domain."""

    identities: list[SocialAccount]
    people: list[User]
    services: list[IdentityProvider]


def lost_with(row: MailDomain) -> Loss:
    """Identities of that domain; services proposed today that no other domain is left for."""
    providers = list(row.organisation.identity_providers.order_by("kind"))
    linked = SocialAccount.objects.filter(
        provider__in=[each.handle for each in providers],
        extra_data__email__iendswith=f"@{row.domain}",
    )
    identities = list(linked.select_related("user").order_by("pk")) if row.verified_at else []
    proved = row.organisation.mail_domains.filter(verified_at__isnull=False)
    others = proved.exclude(pk=row.pk).exists()
    return Loss(
        identities=identities,
        people=list(dict.fromkeys(each.user for each in identities)),
        services=[each for each in providers if each.offered and not others],
    )


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].strip().lower()
