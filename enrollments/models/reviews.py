"""A person asks a person to look at a result that was computed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from enrollments.models.events import LearningEvent
from enrollments.models.records import Enrollment

# Working days within which a trainer answers.
PROMISED_DAYS = 5


class ScoreReviewQuerySet(models.QuerySet["ScoreReview"]):
    def waiting(self) -> "ScoreReviewQuerySet":
        """Not answered, the nearest promise first."""
        return self.filter(answered_at__isnull=True).order_by("due_on", "pk")

    def answerable_by(self, user: User) -> "ScoreReviewQuerySet":
        """What a trainer may open: everybody's requests but their own."""
        return self.exclude(enrollment__learner=user) if user.accompanies else self.none()


class ScoreReview(TimestampedModel):
    """One request about one attempt, and its answer: why, by whom, and the result if it rises.

    Act A-2.1, article 65.2: whoever is the object of a decision made by a machine alone may have
    it looked at by a person, and learn the reasons. A review never lowers a result.
    """

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="score_reviews",
    )
    event = models.OneToOneField(
        LearningEvent,
        verbose_name=_("essai"),
        on_delete=models.CASCADE,
        related_name="review",
    )
    wanted = models.TextField(_("ce qui étonne"))
    score = models.PositiveSmallIntegerField(_("résultat calculé (%)"))
    asked_at = models.DateTimeField(_("demandée le"))
    due_on = models.DateField(_("réponse promise le"))
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("répondue par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    score_after = models.PositiveSmallIntegerField(_("résultat révisé (%)"), null=True, blank=True)
    reason = models.TextField(_("raisons"), blank=True)

    objects = ScoreReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de révision")
        verbose_name_plural = _("demandes de révision")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    answered_at__isnull=True, answered_by__isnull=True, score_after__isnull=True,
                    reason="",
                )
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(reason="")),
                name="enrollments_review_answered_with_reasons",
            ),
            models.CheckConstraint(
                condition=Q(score_after__isnull=True)
                | Q(score_after__gt=F("score"), score_after__lte=100),
                name="enrollments_review_never_lowers",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(answered_at__isnull=True),
                name="enrollments_reviews_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.asked_at:%Y-%m-%d}"
