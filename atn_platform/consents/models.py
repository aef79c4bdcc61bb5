from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.consents.enums import WORDINGS, Purpose, Way
from atn_platform.core.models import TimestampedModel


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, purpose: Purpose) -> "ConsentQuerySet":
        """Agreements to the present words, not withdrawn. Withdrawing acts at once: no clock."""
        version = WORDINGS[purpose].version
        return self.filter(purpose=purpose, version=version, withdrawn_at__isnull=True)


class Consent(TimestampedModel):
    """One agreement of one person to one purpose (A-2.1, art. 53.1), from when until when.

    The rows are the history: the database lets `withdrawn_at` be written once, and nothing else.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="consents",
    )
    purpose = models.CharField(_("finalité"), max_length=30, choices=Purpose)
    version = models.PositiveSmallIntegerField(_("version du texte"))
    words = models.TextField(_("texte accepté"))
    given_at = models.DateTimeField(_("donné le"))
    given_by = models.CharField(_("donné par"), max_length=10, choices=Way)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    withdrawn_by = models.CharField(_("retiré par"), max_length=10, choices=Way, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consents_one_open_per_purpose",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | Q(withdrawn_at__gte=F("given_at"), withdrawn_by__in=Way.values),
                name="consents_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, given_by__in=Way.values),
                name="consents_purpose_and_way_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_purpose_display()}"


def consenting(purpose: Purpose, *, person: str = "user") -> Exists:
    """Whether the person that a row names agrees to `purpose` at this moment.

    For filters and annotations of any model: `Mandate.objects.filter(consenting(purpose))`,
    `Enrollment.objects.filter(consenting(purpose, person="learner"))`.
    """
    return Exists(Consent.objects.in_force(purpose).filter(user=OuterRef(person)))
