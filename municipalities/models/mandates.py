from datetime import date
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from municipalities.enums import Public
from municipalities.models.territory import Organisation


class MandateQuerySet(models.QuerySet["Mandate"]):
    def known(self) -> "MandateQuerySet":
        """Of people who have not been erased: only reports count those of the others."""
        return self.filter(user__erased_at__isnull=True)

    def in_force(self, *, on: date) -> "MandateQuerySet":
        return self.from_day(on).filter(starts_on__lte=on)

    def from_day(self, on: date) -> "MandateQuerySet":
        """In force that day, or on a day to come."""
        return self.known().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


class Mandate(TimestampedModel):
    """In what capacity a person belongs to an organisation, and from when to when.

    What a person does is stamped with the mandate it was done under; ending one never
    rewrites the past.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="mandates",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="mandates",
    )
    public = models.CharField(_("public"), max_length=10, choices=Public)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    # Shared by mandates that prolong one another: a re-election, a merger. Courses under way
    # go on along it.
    thread = models.UUIDField(
        _("suite"), default=uuid4, db_default=RandomUUID(), editable=False, db_index=True
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandat")
        verbose_name_plural = _("mandats")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "public"],
                condition=Q(ends_on__isnull=True),
                name="municipalities_one_open_mandate",
                violation_error_message=_("Cette personne a déjà ce mandat."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="municipalities_mandate_ordered",
            ),
            models.CheckConstraint(
                condition=Q(public__in=Public.values), name="municipalities_public_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.function or self.get_public_display()} · {self.organisation}"


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def in_force(self, *, on: date) -> "ResponsibilityQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def from_day(self, on: date) -> "ResponsibilityQuerySet":
        """In force that day, or on a day to come."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


class Responsibility(TimestampedModel):
    """A person answers for the training of an organisation: invites, enrols, reminds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accordée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsabilité")
        verbose_name_plural = _("responsabilités")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ends_on__isnull=True),
                name="municipalities_responsible_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"
