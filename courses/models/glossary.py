"""Words that texts for everyone avoid, or may use as they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel


class GlossaryTerm(TimestampedModel):
    """A word that the checklist looks for; without `plain`, an acronym that everyone knows."""

    term = models.CharField(_("mot ou sigle"), max_length=60, unique=True)
    plain = models.CharField(
        _("dire plutôt"),
        max_length=160,
        blank=True,
        help_text=_("Vide : un sigle que tout le monde connaît, et que l’Atelier laisse passer."),
    )

    class Meta:
        verbose_name = _("mot du glossaire")
        verbose_name_plural = _("glossaire des textes")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term
