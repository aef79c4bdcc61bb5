"""Domains proved, providers turned on, identities linked. The journal keeps each."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import announce, close_sessions
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from atn_platform.core.sealing import seal
from atn_platform.notifications import outbox
from municipalities import emails
from municipalities.enums import ProviderKind
from municipalities.models import (
    DOMAIN_CODE_LIFE,
    IdentityProvider,
    MailDomain,
    Organisation,
)
from municipalities.queries.sign_in import PERSONAL_TENANT

# Letter boxes that only whoever runs a domain reads, as certificate authorities agreed.
POSTMASTERS = ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
# Anyone has an address there, so nobody owns it.
SHARED_DOMAINS = frozenset(
    {
        "bell.net", "cgocable.ca", "cgocable.net", "gmail.com", "globetrotter.net",
        "googlemail.com", "hotmail.ca", "hotmail.com", "hotmail.fr", "icloud.com",
        "live.ca", "live.com", "me.com", "msn.com", "oricom.ca", "outlook.com",
        "outlook.fr", "proton.me", "protonmail.com", "sympatico.ca", "telus.net",
        "tlb.sympatico.ca", "videotron.ca", "videotron.qc.ca", "xplornet.ca", "yahoo.ca",
        "yahoo.com", "yahoo.fr",
    }
)  # fmt: skip
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


class SignInRefused(ActionError):
    """The domain, the provider or the identity cannot be taken."""


@dataclass(frozen=True, slots=True)
class Key:
    """What an organisation's administrator copies from Microsoft or Google."""

    kind: ProviderKind
    tenant: str
    client_id: str
    # Blank keeps the one there is.
    secret: str
    offered: bool


@transaction.atomic
def ask_domain(
    *, organisation: Organisation, domain: str, box: str, by: User, at: datetime
) -> MailDomain:
    """Send a code to a letter box of the domain which only its owner reads."""
    domain = domain.strip().lower()
    if domain in SHARED_DOMAINS:
        raise SignInRefused(
            _("Tout le monde peut avoir une adresse %s : ce domaine n’est à personne.")
            % wording.of(domain)
        )
    if box not in POSTMASTERS:
        raise SignInRefused(_("Choisissez une des boîtes proposées."))
    _refuse_taken(domain, organisation)
    code = "".join(secrets.choice(LETTERS) for _n in range(8))
    row, _created = MailDomain.objects.update_or_create(
        organisation=organisation,
        domain=domain,
        defaults={
            "sent_to": f"{box}@{domain}",
            "code_hash": _hash(code),
            "code_expires_at": at + DOMAIN_CODE_LIFE,
        },
    )
    if not outbox.queue(emails.domain_code(row, code=code, by=by, at=at), at=at):
        raise SignInRefused(
            _("Trois lettres sont déjà parties vers cette adresse. Revenez dans une heure.")
        )
    return row


@transaction.atomic
def prove_domain(*, row: MailDomain, code: str, by: User, at: datetime) -> None:
    """The code came back: the domain is the organisation's, and nobody else's."""
    typed = code.replace("-", "").replace(" ", "").upper()
    if row.code_expires_at <= at or not secrets.compare_digest(_hash(typed), row.code_hash):
        raise SignInRefused(_("Ce code n’est pas le bon, ou il ne vaut plus."))
    _refuse_taken(row.domain, row.organisation)
    try:
        with transaction.atomic():
            row.verified_at, row.verified_by, row.code_hash = at, by, ""
            row.save(update_fields=["verified_at", "verified_by", "code_hash"])
    except IntegrityError:
        raise SignInRefused(_("Une autre organisation a prouvé ce domaine.")) from None
    _write(row.organisation, "domain-proved", by, at, domain=row.domain)


@transaction.atomic
def set_provider(
    *, organisation: Organisation, key: Key, by: User, at: datetime, but: str = ""
) -> IdentityProvider:
    """Turn a provider on or off, or change its key. A proved domain is needed to propose it.

    Another tenant ends the sessions of those whom the first let in, all `but` one: the key of the
    session at work, whose person is told that it is done.
    """
    tenant = key.tenant.strip().lower() if key.kind == ProviderKind.MICROSOFT else ""
    if tenant == PERSONAL_TENANT:
        raise SignInRefused(
            _(
                "C’est le locataire des comptes personnels de Microsoft, "
                "pas celui d’une organisation."
            )
        )
    if key.offered and not organisation.mail_domains.filter(verified_at__isnull=False).exists():
        raise SignInRefused(_("Prouvez d’abord un domaine de courriel."))
    row = organisation.identity_providers.filter(kind=key.kind).first()
    if row is None:
        row = IdentityProvider(organisation=organisation, kind=key.kind)
    if not key.secret and not row.sealed_secret:
        raise SignInRefused(_("Collez le secret de l’application."))
    moved = bool(row.pk) and (row.tenant, row.client_id) != (tenant, key.client_id)
    row.tenant, row.client_id, row.offered = tenant, key.client_id, key.offered
    if key.secret:
        row.sealed_secret = seal(key.secret)
    row.save()
    if moved:
        # Subjects of another tenant, or of another application, are other people.
        _forget_identities(row, but=but)
    _write(organisation, "sign-in-set", by, at, kind=key.kind, offered=key.offered)
    return row


def forget_provider(provider: IdentityProvider) -> None:
    """A service that nobody answers for any more: it opens nothing, nor do its identities."""
    _forget_identities(provider)
    provider.delete()


def _forget_identities(provider: IdentityProvider, *, but: str = "") -> None:
    """And the sessions of their people: one of them may have been opened by somebody else."""
    linked = SocialAccount.objects.filter(provider=provider.handle).select_related("user")
    for each in linked.order_by("pk"):
        close_sessions(each.user, but=but)
    linked.delete()


@transaction.atomic
def link_identity(
    *, user: User, provider: IdentityProvider, subject: str, email: str, at: datetime
) -> None:
    """The person holds both: the account here, and the identity there."""
    row, created = SocialAccount.objects.get_or_create(
        provider=provider.handle,
        uid=subject,
        defaults={"user": user, "extra_data": {"email": email}},
    )
    if row.user_id != user.pk:
        raise SignInRefused(_("Ce compte est déjà relié à une autre personne."))
    if created:
        announce(user=user, verb="identity-linked", by=user, at=at, reason=provider.handle)


def _refuse_taken(domain: str, organisation: Organisation) -> None:
    others = MailDomain.objects.filter(domain=domain, verified_at__isnull=False)
    if others.exclude(organisation=organisation).exists():
        raise SignInRefused(_("Une autre organisation a prouvé ce domaine."))


def _write(
    organisation: Organisation, verb: str, by: User, at: datetime, **details: object
) -> None:
    record(at=at, actor=by, verb=f"organisation.{verb}", target=str(organisation.pk), **details)


def _hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
