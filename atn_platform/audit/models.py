from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.enums import Capacity, Screen


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


class ViewingQuerySet(models.QuerySet["Viewing"]):
    def about(self, user: User) -> "ViewingQuerySet":
        """Each time somebody opened something on this person, under whichever account."""
        accounts = User.objects.accounts_of(user).order_by().values("pk")
        return self.filter(people__overlap=ArraySubquery(accounts))


class Viewing(models.Model):
    """Somebody opened what is held on other people: one row for a page, whoever is on it.

    The database refuses every change, and every deletion before twelve months. It also chains the
    rows: `fingerprint` is the SHA-256 of the row and of `previous`, the fingerprint before it.
    """

    at = models.DateTimeField(_("moment"), db_index=True)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("qui"),
        on_delete=models.PROTECT,
        related_name="viewings",
    )
    capacity = models.CharField(_("à quel titre"), max_length=16, choices=Capacity)
    screen = models.CharField(_("quoi"), max_length=16, choices=Screen)
    # The organisation, the session or the kind of record, by its name of that day.
    place = models.CharField(_("où"), max_length=200, blank=True)
    # Keys rather than links: a line of the log outlives the account.
    people = ArrayField(models.BigIntegerField(), verbose_name=_("sur qui"))
    previous = models.CharField(_("empreinte précédente"), max_length=64, editable=False)
    fingerprint = models.CharField(_("empreinte"), max_length=64, editable=False)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__in=Capacity.values), name="audit_capacity_known"
            ),
            models.CheckConstraint(
                condition=Q(screen__in=Screen.values), name="audit_screen_known"
            ),
        ]
        indexes = [GinIndex(fields=["people"], name="audit_viewings_about")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.screen} {self.place}"
