"""A learner's question to whoever accompanies them, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.models import CourseVersion
from enrollments.models.records import Enrollment


class HelpThreadQuerySet(models.QuerySet["HelpThread"]):
    def visible_to(self, user: User) -> "HelpThreadQuerySet":
        """A person's own questions."""
        return self.filter(enrollment__learner=user)

    def waiting(self) -> "HelpThreadQuerySet":
        """Those whose last word is the learner's, the longest wait first."""
        return self.filter(answered_at__isnull=True).order_by("asked_at", "pk")

    def shared(self) -> "HelpThreadQuerySet":
        return self.filter(shared_at__isnull=False)


class HelpThread(TimestampedModel):
    """One question and its answers, with the lesson and the version where it arose.

    What is shared is written by the trainer, apart: the learner's own words stay between the two.
    """

    # Chosen by the form: sent twice, it is one question.
    uuid = models.UUIDField(_("identifiant"), unique=True)
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="help_threads",
    )
    version = models.ForeignKey(
        CourseVersion,
        verbose_name=_("version du cours"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    lesson = models.UUIDField(_("leçon"))
    # The commitment that its learner handed over; empty for a question.
    block = models.UUIDField(_("geste confié"), null=True, blank=True)
    asked_at = models.DateTimeField(_("posée le"))
    # Empty while the learner waits; a new word of theirs empties it again.
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    shared_question = models.TextField(_("question partagée"), blank=True)
    shared_answer = models.TextField(_("réponse partagée"), blank=True)
    shared_at = models.DateTimeField(_("partagée le"), null=True, blank=True)

    objects = HelpThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("question à la formatrice")
        verbose_name_plural = _("questions à la formatrice")
        constraints = [
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True)
                | (~Q(shared_question="") & ~Q(shared_answer="")),
                name="enrollments_shared_with_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(answered_at__isnull=True),
                name="enrollments_help_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.asked_at:%Y-%m-%d}"


class HelpPost(models.Model):
    """One word of a thread, by the learner or by whoever answers."""

    uuid = models.UUIDField(_("identifiant"), unique=True)
    thread = models.ForeignKey(
        HelpThread, verbose_name=_("question"), on_delete=models.CASCADE, related_name="posts"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("écrit par"),
        on_delete=models.PROTECT,
        related_name="help_posts",
    )
    text = models.TextField(_("texte"))
    posted_at = models.DateTimeField(_("écrit le"))

    class Meta:
        verbose_name = _("message d’une question")
        verbose_name_plural = _("messages d’une question")
        ordering = ["posted_at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]
