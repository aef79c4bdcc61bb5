from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from municipalities.enums import BatchState, Decision, LineState
from municipalities.models.mandates import Mandate
from municipalities.models.territory import Organisation
from municipalities.staff.columns import readable

# How long an import may be taken back.
IMPORT_UNDO = timedelta(days=30)


class ImportBatch(TimestampedModel):
    """One list of people handed in: what it says, what was done of it, and how to take it back."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="import_batches",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("déposée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    name = models.CharField(_("nom du fichier"), max_length=200)
    state = models.CharField(
        _("état"), max_length=10, choices=BatchState, default=BatchState.READY
    )
    # Cells of the header, its line, and the column (from 0) of each field that was found.
    header = models.JSONField(_("en-tête"))
    header_line = models.PositiveIntegerField(_("ligne de l’en-tête"))
    places = models.JSONField(_("colonnes"))
    questions = models.JSONField(_("questions"), default=list)
    notes = models.JSONField(_("remarques"), default=list)
    # People of « new » lines receive a letter only when this was ticked.
    writes = models.BooleanField(_("écrit aux nouvelles personnes"), default=False)
    received_at = models.DateTimeField(_("reçue le"))
    committed_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    # Lines written so far, while the import runs.
    progress = models.PositiveIntegerField(_("avancement"), default=0)

    class Meta:
        verbose_name = _("liste importée")
        verbose_name_plural = _("listes importées")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values), name="municipalities_batch_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_columns(self) -> set[int]:
        """Places of the columns whose cells are kept: those read, or those to choose among."""
        return readable(self.header) if self.questions else set(self.places.values())

    @property
    def undo_until(self) -> datetime | None:
        return self.committed_at and self.committed_at + IMPORT_UNDO

    def is_open_to_undo(self, at: datetime) -> bool:
        return self.state == BatchState.DONE and at < (self.undo_until or at)


class ImportLine(models.Model):
    """A line of a list, as read, and what it would do or did. `number` is that of the file."""

    batch = models.ForeignKey(
        ImportBatch, verbose_name=_("liste"), on_delete=models.CASCADE, related_name="lines"
    )
    number = models.PositiveIntegerField(_("ligne"))
    cells = models.JSONField(_("cellules"))
    # What reading found wrong, by column from 0 (JSON keys are texts).
    flaws = models.JSONField(_("défauts"), default=dict)
    state = models.CharField(_("effet"), max_length=10, choices=LineState)
    note = models.TextField(_("explication"), blank=True)
    decision = models.CharField(_("décision"), max_length=10, choices=Decision, blank=True)
    user = models.ForeignKey(
        User,
        verbose_name=_("personne"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    mandate = models.ForeignKey(
        Mandate,
        verbose_name=_("mandat"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    # What this line made ("user", "mandate") or overwrote ("function", "names": the old words).
    done = models.JSONField(_("effets"), default=dict)

    class Meta:
        verbose_name = _("ligne importée")
        verbose_name_plural = _("lignes importées")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="municipalities_import_line"),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "number"], name="municipalities_lines_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
