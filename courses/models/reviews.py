"""A second person reads a draft before it is published."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import ReviewState
from courses.models.drafts import Course


class PublicationReview(TimestampedModel):
    """One reading of a draft; `content_hash` is that of the version it would make."""

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.CASCADE, related_name="reviews"
    )
    content_hash = models.CharField(_("empreinte"), max_length=64)
    state = models.CharField(
        _("état"), max_length=10, choices=ReviewState, default=ReviewState.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("demandée par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("demandée le"))
    note = models.TextField(_("à regarder"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("décidée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("relecture")
        verbose_name_plural = _("relectures")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(state=ReviewState.ASKED),
                name="courses_one_open_review",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="courses_review_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[ReviewState.APPROVED, ReviewState.RETURNED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(
                    state__in=[ReviewState.ASKED, ReviewState.REPLACED],
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
                name="courses_review_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.state == ReviewState.ASKED


class ReviewRemark(TimestampedModel):
    """What is to be mended, and where: a lesson, a block or a question; else the whole course."""

    review = models.ForeignKey(
        PublicationReview,
        verbose_name=_("relecture"),
        on_delete=models.CASCADE,
        related_name="remarks",
    )
    place = models.UUIDField(_("lieu"), null=True, blank=True)
    text = models.TextField(_("remarque"))
    settled_at = models.DateTimeField(_("réglée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("remarque de relecture")
        verbose_name_plural = _("remarques de relecture")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]
