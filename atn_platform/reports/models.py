from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from atn_platform.reports.enums import Scope
from municipalities.models import Organisation


class PastCount(TimestampedModel):
    """What a period counted, kept because the rows it counted may have gone since.

    Aggregates, before any masking: they name nobody, and only reports read them.
    """

    period = models.CharField(_("période"), max_length=7)
    scope = models.CharField(_("périmètre"), max_length=10, choices=Scope)
    # Lists of a breakdown, a key and its counts; see queries.participation.Counts.
    people = models.JSONField(_("personnes"))
    places = models.JSONField(_("municipalités"))
    minutes = models.PositiveBigIntegerField(_("minutes"))
    started = models.PositiveIntegerField(_("inscriptions commencées"))
    completed = models.PositiveIntegerField(_("terminées en 90 jours"))
    # Municipalities of the period before; and of this one, as the next period counts them.
    before = models.PositiveIntegerField(_("municipalités de la période d’avant"))
    seen_next = models.PositiveIntegerField(_("municipalités vues de la période d’après"))

    class Meta:
        verbose_name = _("figure du passé")
        verbose_name_plural = _("figures du passé")
        constraints = [
            models.UniqueConstraint(fields=["period", "scope"], name="reports_counted_once"),
            models.CheckConstraint(
                condition=models.Q(scope__in=Scope.values), name="reports_scope_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} ({self.get_scope_display()})"


class PublishedCount(TimestampedModel):
    """What a closed quarter or year counted when somebody outside ATN first read it.

    They read that for good: a fact that comes late, an erasure, two accounts that become one would
    count one person between two readings. Before any masking, and of nobody in particular.
    """

    period = models.CharField(_("période"), max_length=7)
    # Of the municipalities whose scope this is; empty by the scope of origin.
    lay = models.CharField(_("découpage"), max_length=32, blank=True)
    people = models.JSONField(_("personnes"))
    places = models.JSONField(_("municipalités"))
    minutes = models.PositiveBigIntegerField(_("minutes"))
    before = models.PositiveIntegerField(_("municipalités de la période d’avant"))
    # Enrolments begun, and finished in 90 days; then how many people both are. Known later.
    cohort = models.JSONField(_("inscriptions commencées et terminées"), null=True, blank=True)

    class Meta:
        verbose_name = _("figure publiée")
        verbose_name_plural = _("figures publiées")
        constraints = [
            models.UniqueConstraint(fields=["period", "lay"], name="reports_published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.lay}".strip()


class PastPlace(TimestampedModel):
    """An organisation where someone enrolled once, whatever is left of their enrolments."""

    organisation = models.OneToOneField(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    enrolled_at = models.DateTimeField(_("première inscription"))

    class Meta:
        verbose_name = _("organisation qui a participé")
        verbose_name_plural = _("organisations qui ont participé")

    def __str__(self) -> str:
        return str(self.organisation)
