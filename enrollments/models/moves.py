"""People who go from the version that they follow to a newer one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.models import CourseVersion


class VersionMoveQuerySet(models.QuerySet["VersionMove"]):
    def running(self) -> "VersionMoveQuerySet":
        return self.filter(finished_at__isnull=True)


class VersionMove(TimestampedModel):
    """The promise that people under way in a course go on in this version."""

    version = models.OneToOneField(
        CourseVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="move",
    )
    # Numbers of the versions that they leave; all of them when none is named.
    leaving = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("versions quittées"),
        default=list,
        blank=True,
    )
    # How many were to move when it was asked; those left are counted in the enrolments.
    people = models.PositiveIntegerField(_("personnes"))
    asked_at = models.DateTimeField(_("demandé le"))
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    objects = VersionMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de version")
        verbose_name_plural = _("changements de version")

    def __str__(self) -> str:
        return str(self.version)
