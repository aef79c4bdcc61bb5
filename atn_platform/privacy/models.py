from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel

# How long a file waits for its person.
EXPORT_LIFE = timedelta(days=7)


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def visible_to(self, user: User) -> "DataExportQuerySet":
        """A person's own files, and nobody else's, whatever their role."""
        return self.filter(user=user).defer("content")

    def owed(self) -> "DataExportQuerySet":
        return self.filter(ready_at__isnull=True)


class DataExport(TimestampedModel):
    """A person asks for all that is held on them. The row is the debt, then the file itself.

    Act A-2.1, articles 84 and 63.5: what is held, in a structured and common format.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.CASCADE,
        related_name="data_exports",
    )
    asked_at = models.DateTimeField(_("demandé le"))
    # A worker is at it since then; an old claim is a worker that died.
    claimed_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True)
    # Apps already asked, for the page that shows how far it is.
    progress = models.PositiveSmallIntegerField(_("avancement"), default=0)
    ready_at = models.DateTimeField(_("prêt le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("offert jusqu’au"), null=True, blank=True)
    # Emptied once expired.
    content = models.BinaryField(_("contenu"), null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier de mes données")
        verbose_name_plural = _("fichiers de mes données")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ready_at__isnull=True),
                name="privacy_one_export_in_hand",
            ),
            models.CheckConstraint(
                condition=Q(ready_at__isnull=False, expires_at__isnull=False)
                | Q(ready_at__isnull=True, expires_at__isnull=True, content__isnull=True),
                name="privacy_export_ready_or_owed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def is_offered(self, at: datetime) -> bool:
        return self.expires_at is not None and at < self.expires_at
