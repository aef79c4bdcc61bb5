"""What a person writes for themself beside a lesson."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from enrollments.models.records import Enrollment


class LessonNote(TimestampedModel):
    """A person's own notes in one lesson. Nobody else has a page that reads them.

    `revision` grows with each change, so that two devices never write over one another unseen.
    """

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="notes",
    )
    lesson = models.UUIDField(_("leçon"))
    text = models.TextField(_("notes"), blank=True)
    revision = models.PositiveIntegerField(_("révision"), default=1)
    written_at = models.DateTimeField(_("écrites le"))

    class Meta:
        verbose_name = _("notes personnelles")
        verbose_name_plural = _("notes personnelles")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], name="enrollments_notes_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.lesson}"
