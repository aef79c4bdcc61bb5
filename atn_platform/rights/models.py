from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from atn_platform.rights.enums import Kind, Part, State
from municipalities.models import Mandate

# art. 98: an answer within 20 days, and 10 more when the person is told why.
ANSWER_DAYS, EXTRA_DAYS = 20, 10
# Within these days the person takes an erasure back alone.
COOLING = timedelta(days=7)
# The letter that says yes leaves before the address goes.
NOTICE = timedelta(hours=1)


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def visible_to(self, user: User) -> "RightsRequestQuerySet":
        return self.filter(user=user)

    def waiting(self) -> "RightsRequestQuerySet":
        return self.filter(decided_at__isnull=True, cancelled_at__isnull=True)

    def erasure_waiting(self) -> "RightsRequest | None":
        """The erasure that nobody has answered, of a person's own requests."""
        return self.waiting().filter(kind=Kind.ERASURE).first()

    def erasures_standing(self) -> "RightsRequestQuerySet":
        """Neither taken back nor refused: one at most for each account."""
        rows = self.filter(kind=Kind.ERASURE, cancelled_at__isnull=True)
        return rows.filter(Q(is_granted__isnull=True) | Q(is_granted=True))

    def due_for_erasure(self, at: datetime) -> "RightsRequestQuerySet":
        """Accepted, not taken back, and past the time to take it back."""
        return self.filter(erase_at__lte=at, erased_at__isnull=True, cancelled_at__isnull=True)


class RightsRequest(TimestampedModel):
    """A person, or someone for them, asks for access, a correction or an erasure."""

    kind = models.CharField(_("demande"), max_length=15, choices=Kind)
    # None for someone who has no account, or none that we know of.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="rights_requests",
        null=True,
        blank=True,
    )
    # « sa fille, liquidatrice »: empty when the person asks for themself.
    on_behalf = models.CharField(_("demandée par"), max_length=200, blank=True)
    # How ATN made sure of who asks; emptied with the answer (A-2.1, art. 94).
    identity_proof = models.CharField(_("identité vérifiée par"), max_length=300, blank=True)
    part = models.CharField(_("à corriger"), max_length=15, choices=Part, blank=True)
    mandate = models.ForeignKey(
        Mandate,
        verbose_name=_("fonction visée"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    wanted = models.TextField(_("précisions"), max_length=2_000, blank=True)
    asked_at = models.DateTimeField(_("demandée le"))
    due_on = models.DateField(_("réponse due le"))
    extended_at = models.DateTimeField(_("prolongée le"), null=True, blank=True)
    extension_reason = models.CharField(_("raison du délai"), max_length=400, blank=True)
    decided_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("répondue par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    is_granted = models.BooleanField(_("acceptée"), null=True, blank=True)
    reason = models.CharField(_("réponse"), max_length=1_000, blank=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    erase_at = models.DateTimeField(_("effacement prévu le"), null=True, blank=True)
    erased_at = models.DateTimeField(_("effacée le"), null=True, blank=True)
    # How many rows went, by table: the proof, which names nobody.
    gone = models.JSONField(_("effacé"), default=dict, blank=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’une personne")
        verbose_name_plural = _("demandes des personnes")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=Kind.ERASURE, cancelled_at__isnull=True)
                & (Q(is_granted__isnull=True) | Q(is_granted=True)),
                name="rights_one_erasure_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, is_granted__isnull=True)
                | Q(decided_at__isnull=False, is_granted__isnull=False),
                name="rights_decided_yes_or_no",
            ),
            models.CheckConstraint(
                condition=~Q(is_granted=False) | ~Q(reason=""), name="rights_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(identity_proof=""),
                name="rights_proof_let_go_with_answer",
            ),
            models.CheckConstraint(
                condition=Q(erase_at__isnull=True) | Q(kind=Kind.ERASURE, is_granted=True),
                name="rights_erasure_is_granted",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Demande n° %s") % self.pk)

    @property
    def state(self) -> State:
        if self.cancelled_at is not None:
            return State.CANCELLED
        if self.decided_at is None:
            return State.WAITING
        if not self.is_granted:
            return State.REFUSED
        if self.kind != Kind.ERASURE:
            return State.GRANTED
        return State.ERASED if self.erased_at else State.PENDING

    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def cooling_until(self) -> datetime:
        return self.asked_at + COOLING

    @property
    def can_be_cancelled(self) -> bool:
        """By its person, before an answer; by ATN until the erasure itself."""
        return self.state in (State.WAITING, State.PENDING)

    def is_late(self, on: date) -> bool:
        return self.state == State.WAITING and on > self.due_on
