"""Answers given on paper, and typed by somebody else."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.models import CourseVersion
from enrollments.enums import Status
from enrollments.models.records import Enrollment


class PaperSheetQuerySet(models.QuerySet["PaperSheet"]):
    def visible_to(self, user: User) -> "PaperSheetQuerySet":
        """Of whose answers they are."""
        return self.filter(enrollment__learner=user)


class PaperSheet(TimestampedModel):
    """An answer sheet that a responsable entered for whoever filled it.

    The answers themselves are acts of the ledger, whose `origin` names the sheet.
    """

    # Chosen by the form: the same form sent twice is one sheet.
    uuid = models.UUIDField(_("identifiant"), unique=True)
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="sheets",
    )
    version = models.ForeignKey(
        CourseVersion,
        verbose_name=_("version de la feuille"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    filled_on = models.DateField(_("remplie le"))
    answers = models.PositiveSmallIntegerField(_("réponses"))
    lessons = models.PositiveSmallIntegerField(_("leçons terminées"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("saisie par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField(_("saisie le"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("annulée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = PaperSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("feuille de réponses saisie")
        verbose_name_plural = _("feuilles de réponses saisies")
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="enrollments_sheet_undone_by",
            ),
        ]

    @property
    def is_undoable(self) -> bool:
        """Proofs rest on a course that is finished: nothing of it is taken back."""
        followed = self.enrollment.duplicate_of or self.enrollment
        return self.undone_at is None and followed.status == Status.ACTIVE

    def __str__(self) -> str:
        return f"{self.enrollment} {self.filled_on}"
