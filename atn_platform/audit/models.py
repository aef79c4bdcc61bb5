from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """Who did what, when, to what. Append-only: the database refuses changes and deletions."""

    at = models.DateTimeField(_("moment"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("auteur ou autrice"),
        on_delete=models.PROTECT,
        related_name="audit_entries",
        null=True,
        blank=True,
    )
    verb = models.CharField(_("geste"), max_length=60)
    target = models.CharField(_("objet"), max_length=200)
    details = models.JSONField(_("détails"), default=dict)

    class Meta:
        verbose_name = _("écriture du journal")
        verbose_name_plural = _("écritures du journal")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.target}"
