from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel


class LegalHold(TimestampedModel):
    """Nothing of this person goes while it lasts: a complaint, a dispute, an inquiry."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="legal_holds",
    )
    reason = models.CharField(_("raison"), max_length=300)
    placed_at = models.DateTimeField(_("posée le"))
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("posée par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    lifted_at = models.DateTimeField(_("levée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("retenue légale")
        verbose_name_plural = _("retenues légales")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(lifted_at__isnull=True),
                name="retention_one_hold_a_person",
                violation_error_message=_("Cette personne est déjà sous retenue."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.reason}"


class IdleAccount(TimestampedModel):
    """Someone was told that their account no longer serves; gone as soon as it serves again."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    told_at = models.DateTimeField(_("premier avis le"))

    class Meta:
        verbose_name = _("compte inactif")
        verbose_name_plural = _("comptes inactifs")

    def __str__(self) -> str:
        return str(self.user)


class RetentionRun(TimestampedModel):
    """What is older than its period, proposed one night; then approved, then gone.

    The rows hold counts by rule and name nobody: they are the log.
    """

    proposed_at = models.DateTimeField(_("proposée le"))
    proposed = models.JSONField(_("proposé"), default=dict)
    approved_at = models.DateTimeField(_("approuvée le"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approuvée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    gone = models.JSONField(_("effacé"), default=dict, blank=True)

    class Meta:
        verbose_name = _("passage de conservation")
        verbose_name_plural = _("passages de conservation")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(approved_at__isnull=False),
                name="retention_nothing_goes_unapproved",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Passage n° %s") % self.pk)

    @property
    def total(self) -> int:
        return sum(self.proposed.values())
