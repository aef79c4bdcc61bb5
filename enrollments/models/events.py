"""The ledger of learning."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from enrollments.enums import Verb
from enrollments.models.records import Enrollment


class LearningEventQuerySet(models.QuerySet["LearningEvent"]):
    def counting(self) -> "LearningEventQuerySet":
        """Without what was taken back since; projections.in_force says the same of a list."""
        return self.filter(~_taken_back())

    def taken_back(self) -> "LearningEventQuerySet":
        """What counts no more."""
        return self.filter(_taken_back())


def _taken_back() -> Exists:
    return Exists(
        LearningEvent.objects.filter(
            enrollment=OuterRef("enrollment"),
            verb=Verb.UNDONE,
            result__events__has_key=Cast(OuterRef("uuid"), models.TextField()),
        )
    )


class LearningEvent(models.Model):
    """One act of a learner. Append-only: the database refuses changes and deletions.

    `uuid` is chosen by the form or the client, so that a double click, a retry or a replay adds
    nothing: events are inserted with "on conflict do nothing".
    """

    uuid = models.UUIDField(_("identifiant"), unique=True)
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.PROTECT,
        related_name="events",
    )
    verb = models.CharField(_("geste"), max_length=10, choices=Verb)
    lesson = models.UUIDField(_("leçon"))
    block = models.UUIDField(_("bloc"), null=True, blank=True)
    result = models.JSONField(_("résultat"), default=dict)
    happened_at = models.DateTimeField(_("moment"))
    received_at = models.DateTimeField(_("reçu le"))
    # Of what a device kept without network: which one, its rank there, and what its clock said.
    origin = models.JSONField(_("provenance"), null=True, blank=True)

    objects = LearningEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("geste d’apprentissage")
        verbose_name_plural = _("gestes d’apprentissage")
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=Verb.values), name="enrollments_verb_known"
            ),
        ]
        indexes = [
            models.Index(fields=["enrollment", "lesson"], name="enrollments_event_lesson"),
            models.Index(fields=["happened_at"], name="enrollments_event_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.lesson}"
