"""How the people of an organisation may sign in with the organisation's own accounts."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from municipalities.enums import ProviderKind
from municipalities.models.territory import Organisation

# How long the code works that proves a domain.
DOMAIN_CODE_LIFE = timedelta(hours=24)


class MailDomain(TimestampedModel):
    """A domain that an organisation says is its own; proved by a code sent to its postmaster."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="mail_domains",
    )
    domain = models.CharField(_("domaine"), max_length=120)
    sent_to = models.EmailField(_("code envoyé à"))
    # SHA-256 of the code: the table alone proves no domain.
    code_hash = models.CharField(_("empreinte du code"), max_length=64)
    code_expires_at = models.DateTimeField(_("le code expire le"))
    verified_at = models.DateTimeField(_("prouvé le"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("prouvé par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("domaine de courriel")
        verbose_name_plural = _("domaines de courriel")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "domain"], name="municipalities_domain_asked_once"
            ),
            models.UniqueConstraint(
                fields=["domain"],
                condition=Q(verified_at__isnull=False),
                name="municipalities_domain_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")), name="municipalities_domain_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class IdentityProvider(TimestampedModel):
    """The Microsoft Entra tenant or the Google Workspace of an organisation, and our key to it."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="identity_providers",
    )
    kind = models.CharField(_("service"), max_length=10, choices=ProviderKind)
    # Entra: the GUID of the tenant. Google names its organisations by domain: blank.
    tenant = models.CharField(_("locataire"), max_length=36, blank=True)
    client_id = models.CharField(_("identifiant de l’application"), max_length=200)
    sealed_secret = models.TextField(_("secret scellé"))
    offered = models.BooleanField(_("proposé à la connexion"), default=False)

    class Meta:
        verbose_name = _("service d’identité")
        verbose_name_plural = _("services d’identité")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="municipalities_provider_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProviderKind.values), name="municipalities_provider_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.organisation}"

    @property
    def handle(self) -> str:
        """Its name in addresses, and with the subject the key of each identity."""
        return f"{self.kind}-{self.pk}"
