"""What a person learned elsewhere, and counts in their own parcours."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.models import Course


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    def visible_to(self, user: User) -> "RecognitionQuerySet":
        """A person's own."""
        return self.filter(learner=user)


class Recognition(TimestampedModel):
    """« I followed this elsewhere »: the stop of a parcours is done for its author alone.

    On the person's word: it opens the next stop, and gives neither an attestation nor a figure to
    any report. The row goes when the person takes it back.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne apprenante"),
        on_delete=models.PROTECT,
        related_name="recognitions",
    )
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="recognitions"
    )
    title = models.CharField(_("formation suivie"), max_length=160)
    organiser = models.CharField(_("organisme"), max_length=160)
    done_on = models.DateField(_("terminée le"))
    declared_at = models.DateTimeField(_("déclarée le"))

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("formation suivie ailleurs")
        verbose_name_plural = _("formations suivies ailleurs")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course"], name="enrollments_recognition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.course.code}"
