from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from municipalities.models.invitations import Invitation
from municipalities.models.mandates import Mandate
from municipalities.models.territory import Organisation

# How long a renewal of the council may be undone, if nobody has acted on it since.
RENEWAL_UNDO = timedelta(days=7)


class CouncilRenewal(TimestampedModel):
    """What one page after an election did to a council: enough to take it all back."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="renewals",
    )
    elected_on = models.DateField(_("jour du scrutin"))
    # Chosen by the form, so that a second sending of the same page does nothing.
    uuid = models.UUIDField(_("identifiant"), unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("faite par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("faite le"))
    opened = models.ManyToManyField(
        Mandate, verbose_name=_("mandats ouverts"), related_name="renewals"
    )
    invited = models.ManyToManyField(
        Invitation, verbose_name=_("invitations envoyées"), related_name="renewals"
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("renouvellement du conseil")
        verbose_name_plural = _("renouvellements du conseil")

    def __str__(self) -> str:
        return f"{self.organisation} {self.elected_on}"

    @property
    def undo_until(self) -> datetime:
        return self.made_at + RENEWAL_UNDO

    def is_open_to_undo(self, at: datetime) -> bool:
        return self.undone_at is None and at < self.undo_until


class MandateChange(models.Model):
    """A new last day written on a mandate: reports of the past read what stood before.

    Append-only: the database refuses changes and deletions.
    """

    mandate = models.ForeignKey(
        Mandate, verbose_name=_("mandat"), on_delete=models.PROTECT, related_name="changes"
    )
    at = models.DateTimeField(_("moment"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    ends_before = models.DateField(_("fin, avant"), null=True, blank=True)
    ends_after = models.DateField(_("fin, après"), null=True, blank=True)
    renewal = models.ForeignKey(
        CouncilRenewal,
        verbose_name=_("renouvellement du conseil"),
        on_delete=models.PROTECT,
        related_name="changes",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("changement de mandat")
        verbose_name_plural = _("changements de mandat")
        indexes = [models.Index(fields=["mandate", "at"], name="municipalities_changes_read")]

    def __str__(self) -> str:
        return f"{self.mandate} {self.ends_before} → {self.ends_after}"
