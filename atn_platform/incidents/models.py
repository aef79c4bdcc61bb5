from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.incidents.enums import Element

# What must be written for an element to be known; notices have a rule of their own.
FILLED = {
    Element.DATA: ~Q(data=""),
    Element.CIRCUMSTANCES: ~Q(circumstances=""),
    Element.PERIOD: Q(happened_from__isnull=False),
    Element.AWARENESS: Q(known_from__isnull=False),
    Element.PEOPLE: Q(people_count__isnull=False),
    Element.RISK: Q(is_serious__isnull=False) & ~Q(risk_reasons=""),
    # Without a serious risk no notice is due (A-2.1, art. 63.8). In SQL, NULL would be neither.
    Element.NOTICES: Q(is_serious__isnull=False, is_serious=False)
    | Q(commission_told_on__isnull=False, people_told_on__isnull=False),
    Element.MEASURES: ~Q(measures=""),
}


class Incident(models.Model):
    """One breach of confidentiality (A-2.1, art. 63.9). What is known of it stands in entries.

    Neither is ever changed or deleted: the database refuses.
    """

    opened_at = models.DateTimeField(_("inscrit le"))

    class Meta:
        verbose_name = _("incident de confidentialité")
        verbose_name_plural = _("registre des incidents de confidentialité")

    def __str__(self) -> str:
        return str(_("Incident n° %s") % self.pk)

    @property
    def latest(self) -> "IncidentEntry":
        """What is known now; entries are read once, the newest first."""
        return self.entries.all()[0]


class IncidentEntry(models.Model):
    """The eight elements as known when it was written; a correction is one more entry.

    An element is written, or stands in `unknown`: never neither, never both.
    """

    incident = models.ForeignKey(
        Incident, verbose_name=_("incident"), on_delete=models.PROTECT, related_name="entries"
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    written_at = models.DateTimeField(_("écrit le"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("écrit par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    unknown = ArrayField(
        models.CharField(max_length=20, choices=Element),
        verbose_name=_("pas encore connu"),
        default=list,
        blank=True,
    )
    data = models.TextField(_("renseignements personnels visés"), blank=True)
    circumstances = models.TextField(_("circonstances"), blank=True)
    happened_from = models.DateField(
        _("date de l’incident, ou début de la période"), null=True, blank=True
    )
    happened_to = models.DateField(_("fin de la période"), null=True, blank=True)
    is_period_estimated = models.BooleanField(_("date ou période approximative"), default=False)
    known_from = models.DateField(
        _("prise de connaissance, ou début de la période"), null=True, blank=True
    )
    known_to = models.DateField(
        _("fin de la période de prise de connaissance"), null=True, blank=True
    )
    people_count = models.PositiveIntegerField(
        _("nombre de personnes concernées"), null=True, blank=True
    )
    is_count_estimated = models.BooleanField(_("nombre approximatif"), default=False)
    is_serious = models.BooleanField(_("risque de préjudice sérieux"), null=True, blank=True)
    risk_reasons = models.TextField(_("éléments qui mènent à cette conclusion"), blank=True)
    commission_told_on = models.DateField(
        _("avis à la Commission d’accès à l’information"), null=True, blank=True
    )
    people_told_on = models.DateField(_("avis aux personnes concernées"), null=True, blank=True)
    public_notice = models.TextField(_("avis publics, et pourquoi"), blank=True)
    measures = models.TextField(_("mesures prises"), blank=True)

    class Meta:
        verbose_name = _("écriture du registre")
        verbose_name_plural = _("écritures du registre")
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "position"], name="incidents_entry_position_once"
            ),
            *(
                models.CheckConstraint(
                    condition=(filled & ~Q(unknown__contains=[element.value]))
                    | (~filled & Q(unknown__contains=[element.value])),
                    name=f"incidents_{element.value}_told_or_unknown",
                )
                for element, filled in FILLED.items()
            ),
            models.CheckConstraint(
                condition=Q(happened_to__isnull=True) | Q(happened_to__gte=F("happened_from")),
                name="incidents_period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(known_to__isnull=True) | Q(known_to__gte=F("known_from")),
                name="incidents_awareness_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident} · {self.position}"

    @property
    def owes_notices(self) -> bool:
        return self.is_serious is True and Element.NOTICES in self.unknown
