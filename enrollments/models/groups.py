from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.models import Course, Path
from enrollments.enums import GroupState, Outcome
from enrollments.models.records import Enrollment, PathEnrollment
from municipalities.models import Mandate, Organisation, OrganisationQuerySet

# How long a group may be taken back, and how many people one may hold: each line is shown.
GROUP_UNDO = timedelta(days=7)
LARGEST_GROUP = 500


class GroupEnrollmentQuerySet(models.QuerySet["GroupEnrollment"]):
    def of(self, organisations: OrganisationQuerySet) -> "GroupEnrollmentQuerySet":
        return self.filter(organisation__in=organisations).select_related("organisation", "by")


class GroupEnrollment(TimestampedModel):
    """People of an organisation enrolled together: chosen, looked at, done, perhaps taken back."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="group_enrollments",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("préparée par"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(
        _("état"), max_length=10, choices=GroupState, default=GroupState.DRAFT
    )
    # A suggestion, said in the letter; nothing happens when it has passed.
    advised_on = models.DateField(_("date suggérée"), null=True, blank=True)
    # Each step of its parcours opens when the one before is done, whatever their authors say.
    in_order = models.BooleanField(_("ordre obligatoire"), default=False)
    chosen_at = models.DateTimeField(_("préparée le"))
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = GroupEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription de groupe")
        verbose_name_plural = _("inscriptions de groupe")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=GroupState.values), name="enrollments_group_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=GroupState.DRAFT, done_at__isnull=True)
                | (~Q(state=GroupState.DRAFT) & Q(done_at__isnull=False)),
                name="enrollments_group_dated_iff_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.chosen_at:%Y-%m-%d}"

    @property
    def undo_until(self) -> datetime | None:
        return self.done_at and self.done_at + GROUP_UNDO

    def is_open_to_undo(self, at: datetime) -> bool:
        return self.state == GroupState.DONE and at < (self.undo_until or at)


class GroupLine(models.Model):
    """One person of a group, the course or the parcours chosen for them, and what came of it."""

    group = models.ForeignKey(
        GroupEnrollment,
        verbose_name=_("inscription de groupe"),
        on_delete=models.CASCADE,
        related_name="lines",
    )
    # A mandate under which nothing was done may go, by the undoing of an import: its line too.
    mandate = models.ForeignKey(
        Mandate, verbose_name=_("mandat"), on_delete=models.CASCADE, related_name="+"
    )
    course = models.ForeignKey(
        Course,
        verbose_name=_("cours"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    path = models.ForeignKey(
        Path,
        verbose_name=_("parcours"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    outcome = models.CharField(_("effet"), max_length=10, choices=Outcome, blank=True)
    # What this line made, until it is taken back.
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription faite"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    path_enrollment = models.ForeignKey(
        PathEnrollment,
        verbose_name=_("parcours ouvert"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("ligne d’une inscription de groupe")
        verbose_name_plural = _("lignes des inscriptions de groupe")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "mandate"], name="enrollments_group_person_once"
            ),
            models.CheckConstraint(
                condition=Q(course__isnull=False, path__isnull=True)
                | Q(course__isnull=True, path__isnull=False),
                name="enrollments_group_course_or_path",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]),
                name="enrollments_group_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} · {self.course or self.path}"

    @property
    def is_kept(self) -> bool:
        """What it made is there still: never taken back, or begun before it could be."""
        return self.enrollment_id is not None or self.path_enrollment_id is not None
