"""Courses in an advised order."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.models.drafts import Course
from municipalities.enums import Public


class Path(TimestampedModel):
    """A parcours: courses in an advised order for one public. The pace is never punitive."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("titre"), max_length=160)
    summary = models.TextField(_("résumé"), blank=True)
    publics = ArrayField(
        models.CharField(max_length=10, choices=Public), verbose_name=_("publics"), default=list
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title

    @property
    def public_labels(self) -> list[str]:
        """Whom it is for, in words; nothing when it is for everyone."""
        if set(self.publics) >= set(Public.values):
            return []
        return [str(Public(each).label) for each in self.publics]


class PathStep(TimestampedModel):
    """One course of a parcours. Steps that share a `choice_group` are « one among them »."""

    path = models.ForeignKey(
        Path, verbose_name=_("parcours"), on_delete=models.CASCADE, related_name="steps"
    )
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="path_steps"
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    choice_group = models.CharField(_("groupe au choix"), max_length=20, blank=True)
    note = models.CharField(_("précision"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("étape de parcours")
        verbose_name_plural = _("étapes de parcours")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_step_position",
            ),
            models.UniqueConstraint(fields=["path", "course"], name="courses_step_course_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.position}"
