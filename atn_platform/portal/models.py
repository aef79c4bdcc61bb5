from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from atn_platform.portal.enums import Moment


class CallBack(TimestampedModel):
    """Someone asks that a person of ATN call them; the row is what is owed until it is handled."""

    # Chosen by the form: sent twice, it is one request.
    uuid = models.UUIDField(_("identifiant"), unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="call_backs",
        null=True,
        blank=True,
    )
    name = models.CharField(_("nom"), max_length=120)
    phone = models.CharField(_("téléphone"), max_length=40)
    moment = models.CharField(_("moment"), max_length=10, choices=Moment, default=Moment.ANY)
    about = models.CharField(_("sujet"), max_length=500, blank=True)
    page = models.CharField(_("page"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("demandé le"))
    handled_at = models.DateTimeField(_("rappelé le"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("rappelé par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("demande de rappel")
        verbose_name_plural = _("demandes de rappel")
        constraints = [
            models.CheckConstraint(
                condition=Q(moment__in=Moment.values), name="portal_moment_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(handled_at__isnull=True, handled_by__isnull=True)
                    | Q(handled_at__isnull=False, handled_by__isnull=False)
                ),
                name="portal_handled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.phone}"
