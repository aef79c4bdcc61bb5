"""People who go from the version that they follow to a newer one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.models import CourseVersion

# Days during which a move can be taken back.
MOVE_UNDO = 30


class VersionMoveQuerySet(models.QuerySet["VersionMove"]):
    def running(self) -> "VersionMoveQuerySet":
        return self.filter(finished_at__isnull=True)

    def being_undone(self) -> "VersionMoveQuerySet":
        return self.filter(undo_asked_at__isnull=False, undone_at__isnull=True)


class VersionMove(TimestampedModel):
    """The promise that people under way in a course go on in this version."""

    version = models.ForeignKey(
        CourseVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="moves",
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
    # The promise that those who did nothing since go back to the version that they followed.
    undo_asked_at = models.DateTimeField(_("retour demandé le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("retour terminé le"), null=True, blank=True)
    coming_back = models.PositiveIntegerField(_("personnes qui reviennent"), default=0)

    objects = VersionMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de version")
        verbose_name_plural = _("changements de version")
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(finished_at__isnull=True),
                name="enrollments_one_move_at_once",
            ),
            models.CheckConstraint(
                condition=Q(undo_asked_at__isnull=True) | Q(finished_at__isnull=False),
                name="enrollments_undo_of_a_finished_move",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undo_asked_at__isnull=False),
                name="enrollments_undone_as_asked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)
