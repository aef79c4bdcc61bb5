from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from atn_platform.core.names import NameField
from municipalities.enums import Public
from municipalities.models.territory import Organisation


class Poster(TimestampedModel):
    """The code of a poster on the wall of a town hall; whoever types it asks to join."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="posters",
    )
    code = models.CharField(_("code"), max_length=12, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("faite par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("faite le"))
    closed_at = models.DateTimeField(_("fermée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("affiche")
        verbose_name_plural = _("affiches")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(closed_at__isnull=True),
                name="municipalities_one_open_poster",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.code}"


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def waiting(self) -> "JoinRequestQuerySet":
        return self.filter(decided_at__isnull=True)

    def of(self, organisation: Organisation) -> "JoinRequestQuerySet":
        return self.filter(poster__organisation=organisation)


class JoinRequest(TimestampedModel):
    """Someone who read a poster asks to be among the people of an organisation."""

    poster = models.ForeignKey(
        Poster, verbose_name=_("affiche"), on_delete=models.PROTECT, related_name="requests"
    )
    first_name = NameField(_("prénom"), max_length=100)
    last_name = NameField(_("nom"), max_length=100)
    email = models.EmailField(_("adresse courriel"), blank=True)
    public = models.CharField(_("public"), max_length=10, choices=Public)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    asked_at = models.DateTimeField(_("demandée le"))
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("décidée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    is_accepted = models.BooleanField(_("acceptée"), default=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’affiche")
        verbose_name_plural = _("demandes d’affiche")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
