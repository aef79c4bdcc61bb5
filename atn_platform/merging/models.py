from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
# From the code to the last click, then from that to the day when nothing is taken back any more.
DECISION_LIFE = timedelta(hours=1)
MERGE_UNDO = timedelta(days=30)


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: User) -> "MergeQuerySet":
        """Proven ones: the person's own, and for ATN those that it decided."""
        mine = Q(kept=user)
        if user.has_role(Role.ADMINISTRATOR):
            mine |= Q(asked_by=user)
        return self.filter(mine, proven_at__isnull=False)

    def in_force(self) -> "MergeQuerySet":
        return self.filter(made_at__isnull=False, undone_at__isnull=True)


class Merge(TimestampedModel):
    """Two accounts of one person that become one, and every row that changed for it.

    Asked by the person, who proves the second address by a code; or decided by ATN, which says
    how it knows.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    kept = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("compte gardé"),
        on_delete=models.PROTECT,
        related_name="merges",
    )
    absorbed = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("compte réuni"),
        on_delete=models.PROTECT,
        related_name="absorptions",
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("demandée par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("demandée le"))
    code_hash = models.CharField(_("empreinte du code"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(_("essais"), default=0)
    # How ATN knows that both accounts are one person's.
    reason = models.CharField(_("identité vérifiée par"), max_length=300, blank=True)
    proven_at = models.DateTimeField(_("prouvée le"), null=True, blank=True)
    made_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("défaite le"), null=True, blank=True)
    # core.merging.Change, in the order in which they were written.
    changes = models.JSONField(_("changements"), default=list)
    # Mandates whose last day was brought forward, and what it was.
    ended = models.JSONField(_("mandats terminés"), default=dict)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("réunion de comptes")
        verbose_name_plural = _("réunions de comptes")
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(made_at__isnull=False, undone_at__isnull=True),
                name="merging_absorbed_once",
            ),
            models.CheckConstraint(
                condition=~Q(kept=models.F("absorbed")), name="merging_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True) | Q(proven_at__isnull=False),
                name="merging_proven_before_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"

    @property
    def undo_until(self) -> datetime | None:
        return self.made_at and self.made_at + MERGE_UNDO

    def is_open_to_proof(self, at: datetime) -> bool:
        return (
            self.proven_at is None and self.tries < CODE_TRIES and at < self.asked_at + CODE_LIFE
        )

    def is_open_to_decision(self, at: datetime) -> bool:
        return (
            self.made_at is None
            and self.proven_at is not None
            and at < self.proven_at + DECISION_LIFE
        )

    def is_open_to_undo(self, at: datetime) -> bool:
        return self.undone_at is None and self.undo_until is not None and at < self.undo_until
