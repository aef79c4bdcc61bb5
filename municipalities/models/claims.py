import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from atn_platform.core.names import NameField
from municipalities.models.territory import Organisation

# A code sent to a town hall may be read on the next working day.
CLAIM_LIFE = timedelta(days=4)
CLAIM_TRIES = 5
# How long a yes may be taken back, by whoever may say one.
CLAIM_UNDO = timedelta(days=7)


class ClaimQuerySet(models.QuerySet["Claim"]):
    def waiting(self) -> "ClaimQuerySet":
        """Asked of people, and not answered: codes are answered by whoever holds them."""
        return self.filter(code_hash="", accepted_at__isnull=True, refused_at__isnull=True)


class Claim(TimestampedModel):
    """Someone asks to answer for the people of an organisation.

    Proven by a code sent to the address of the official registry, and to no other, together with
    one sent to the claimant's own; or, without `code_hash`, granted by a responsable or by ATN.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="claims",
    )
    first_name = NameField(_("prénom"), max_length=100)
    last_name = NameField(_("nom"), max_length=100)
    email = models.EmailField(_("adresse courriel"))
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=2_000)
    asked_at = models.DateTimeField(_("demandée le"))
    sent_to = models.EmailField(_("code envoyé à"), blank=True)
    code_hash = models.CharField(_("empreinte du code"), max_length=64, blank=True)
    # Blank when one letter proves both, or when its reader proves it by signing in.
    own_code_hash = models.CharField(_("empreinte du second code"), max_length=64, blank=True)
    proved_at = models.DateTimeField(_("adresse prouvée le"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("essais"), default=0)
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refusée le"), null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=400, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("décidée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    undone_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("retirée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de responsabilité")
        verbose_name_plural = _("demandes de responsabilité")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(refused_at__isnull=True),
                name="municipalities_claim_one_answer",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(accepted_at__isnull=False),
                name="municipalities_claim_undone_was_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} · {self.organisation}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def is_open_to_undo(self, at: datetime) -> bool:
        accepted = self.accepted_at
        return accepted is not None and not self.undone_at and at < accepted + CLAIM_UNDO

    @property
    def in_one_box(self) -> bool:
        """Whether the claimant reads their letters in the official box: one code proves both."""
        return bool(self.sent_to) and self.email == self.sent_to

    def is_open(self, at: datetime) -> bool:
        """Whether a code may still be tried."""
        answered = self.accepted_at or self.refused_at
        return not answered and self.tries < CLAIM_TRIES and at < self.asked_at + CLAIM_LIFE
