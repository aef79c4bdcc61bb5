from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from municipalities.enums import Duty
from municipalities.models.mandates import Mandate
from municipalities.models.territory import Organisation


class DeclaredTrainingQuerySet(models.QuerySet["DeclaredTraining"]):
    def visible_to(self, user: User) -> "DeclaredTrainingQuerySet":
        """What this person declared, and nobody else's."""
        return self.filter(mandate__user=user)

    def live(self) -> "DeclaredTrainingQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class DeclaredTraining(TimestampedModel):
    """A training that the law asks of an elected person, followed elsewhere and declared here.

    Nothing of our own courses, which nobody has to follow: neither counts in the other.
    """

    mandate = models.ForeignKey(
        Mandate,
        verbose_name=_("mandat"),
        on_delete=models.PROTECT,
        related_name="declared_trainings",
    )
    duty = models.CharField(_("formation obligatoire"), max_length=10, choices=Duty)
    followed_on = models.DateField(_("suivie le"))
    trainer = models.CharField(_("formatrice ou organisme"), max_length=160)
    authorisation = models.CharField(_("numéro d’autorisation"), max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    declared_at = models.DateTimeField(_("déclarée le"))
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    # Bytes are stored once for each content, under their SHA-256.
    proof = models.FileField(_("preuve"), max_length=200, blank=True)
    proof_name = models.CharField(_("nom de la preuve"), max_length=120, blank=True)
    proof_type = models.CharField(_("type de la preuve"), max_length=80, blank=True)

    objects = DeclaredTrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("formation obligatoire déclarée")
        verbose_name_plural = _("formations obligatoires déclarées")
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "duty"],
                condition=Q(withdrawn_at__isnull=True),
                name="municipalities_one_training_a_duty",
                violation_error_message=_("Cette formation est déjà déclarée pour ce mandat."),
            ),
            models.CheckConstraint(
                condition=Q(duty__in=Duty.values), name="municipalities_duty_known"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0), name="municipalities_training_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} · {self.get_duty_display()}"


class TrainingList(TimestampedModel):
    """An organisation chose to have its public list of trainings printed; closed by default."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="training_lists",
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ouverte par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField(_("ouverte le"))
    closed_at = models.DateTimeField(_("fermée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("liste publique des formations")
        verbose_name_plural = _("listes publiques des formations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(closed_at__isnull=True),
                name="municipalities_one_open_training_list",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
