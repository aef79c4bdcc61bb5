from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.models import Course, CourseSession, CourseVersion, Path, PathVersion
from enrollments.enums import Attendance, Seat, Status
from municipalities.models import Mandate


class PathEnrollmentQuerySet(models.QuerySet["PathEnrollment"]):
    def visible_to(self, user: User) -> "PathEnrollmentQuerySet":
        """A person's own parcours."""
        return self.filter(learner=user)

    def live(self) -> "PathEnrollmentQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class PathEnrollment(TimestampedModel):
    """A person following a parcours."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne apprenante"),
        on_delete=models.PROTECT,
        related_name="path_enrollments",
    )
    path = models.ForeignKey(
        Path, verbose_name=_("parcours"), on_delete=models.PROTECT, related_name="enrollments"
    )
    # What the parcours was on that day. Empty in rows older than versions: they follow today's.
    version = models.ForeignKey(
        PathVersion,
        verbose_name=_("version suivie"),
        on_delete=models.PROTECT,
        related_name="enrollments",
        null=True,
        blank=True,
    )
    # Whoever enrolled the person with a group wants its order followed, whatever its author says.
    in_order = models.BooleanField(_("ordre obligatoire"), default=False)
    started_at = models.DateTimeField(_("commencé le"))
    withdrawn_at = models.DateTimeField(_("abandonné le"), null=True, blank=True)

    objects = PathEnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcours suivi")
        verbose_name_plural = _("parcours suivis")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "path"],
                condition=Q(withdrawn_at__isnull=True),
                name="enrollments_path_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.path}"


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def visible_to(self, user: User) -> "EnrollmentQuerySet":
        """The rows this person may open as a learner: their own, and no other."""
        return self.filter(learner=user, duplicate_of__isnull=True)

    def live(self) -> "EnrollmentQuerySet":
        """Neither set aside, nor the second of two that became one."""
        return self.exclude(status=Status.WITHDRAWN).filter(duplicate_of__isnull=True)

    def with_facts(self) -> "EnrollmentQuerySet":
        """With what cards say of the version followed, and without its document."""
        return self.select_related("course", "version").defer("version__document")


class Enrollment(TimestampedModel):
    """One person following one version of one course, under one mandate.

    The counters and dates below `status` are projections of the learning ledger, written only by
    enrollments.actions in the transaction that adds the event.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne apprenante"),
        on_delete=models.PROTECT,
        related_name="enrollments",
    )
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="enrollments"
    )
    version = models.ForeignKey(
        CourseVersion,
        verbose_name=_("version suivie"),
        on_delete=models.PROTECT,
        related_name="enrollments",
    )
    # The capacity at the time of enrolment: an election or a move must not rewrite past reports.
    mandate = models.ForeignKey(
        Mandate, verbose_name=_("mandat"), on_delete=models.PROTECT, related_name="enrollments"
    )
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.ACTIVE)
    enrolled_at = models.DateTimeField(_("inscrite le"))
    first_activity_at = models.DateTimeField(_("commencée le"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("dernière activité"), null=True, blank=True)
    completed_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("abandonnée le"), null=True, blank=True)
    stations_done = models.PositiveSmallIntegerField(_("étapes franchies"), default=0)
    stations_total = models.PositiveSmallIntegerField(_("étapes obligatoires"), default=0)
    best_score = models.PositiveSmallIntegerField(
        _("meilleur résultat (%)"), null=True, blank=True
    )
    # Where « Reprendre » leads; the first station when empty.
    current_lesson = models.UUIDField(_("leçon en cours"), null=True, blank=True)

    # The enrolment that goes on in its place, when one person followed the course twice.
    duplicate_of = models.ForeignKey(
        "self",
        verbose_name=_("réunie à"),
        on_delete=models.PROTECT,
        related_name="duplicates",
        null=True,
        blank=True,
    )
    # Until when, and under which account, reports count its learner: two accounts that become
    # one change no figure of the past.
    counted_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("comptée comme"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    counted_until = models.DateTimeField(_("comptée ainsi jusqu’au"), null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course"],
                condition=~Q(status=Status.WITHDRAWN) & Q(duplicate_of__isnull=True),
                name="enrollments_one_live_per_course",
                violation_error_message=_("Cette personne suit déjà ce cours."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(status=Status.COMPLETED, completed_at__isnull=False)
                    | (~Q(status=Status.COMPLETED) & Q(completed_at__isnull=True))
                ),
                name="enrollments_date_iff_completed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="enrollments_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "last_activity_at"], name="enrollments_dormant"),
            models.Index(fields=["first_activity_at"], name="enrollments_started"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.course.code}"


class LessonState(TimestampedModel):
    """Projection of the ledger: where an enrolment stands in one station."""

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="lesson_states",
    )
    lesson = models.UUIDField(_("leçon"))
    opened_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)
    completed_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    # Brought from another account of the same person: reports read it where it was done.
    is_copy = models.BooleanField(_("copie"), default=False)
    # Under which mandate it was finished, when it is no longer that of the enrolment: a new term,
    # a merger, another municipality. Written once, with the moment.
    mandate = models.ForeignKey(
        Mandate,
        verbose_name=_("mandat"),
        on_delete=models.PROTECT,
        related_name="lesson_states",
        null=True,
        blank=True,
    )
    # In which version it was finished, when the course went on in a newer one since.
    version = models.ForeignKey(
        CourseVersion,
        verbose_name=_("version d’alors"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("état d’une leçon")
        verbose_name_plural = _("états des leçons")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "lesson"], name="enrollments_lesson_state_once"
            ),
        ]
        indexes = [
            # What was finished in a period, for reports: read without touching the table.
            models.Index(
                fields=["completed_at", "enrollment"],
                include=["mandate", "version"],
                condition=Q(completed_at__isnull=False, is_copy=False),
                name="enrollments_lesson_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.lesson}"


class BlockState(TimestampedModel):
    """Projection of the ledger: what an enrolment did with one interactive block.

    `data` by kind of block: quiz {"last_event"}, with {"undone"}, how many tries were
    taken back, if any; reflection {"text", "options"};
    pledge {"text", "options", "done"};
    scenario {"path", "ending"}.
    """

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="block_states",
    )
    lesson = models.UUIDField(_("leçon"))
    block = models.UUIDField(_("bloc"))
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    best_score = models.PositiveSmallIntegerField(
        _("meilleur résultat (%)"), null=True, blank=True
    )
    data = models.JSONField(_("contenu"), default=dict)

    class Meta:
        verbose_name = _("état d’un bloc")
        verbose_name_plural = _("états des blocs")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "block"], name="enrollments_block_state_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.block}"


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: User) -> "RegistrationQuerySet":
        """A person's own seats."""
        return self.filter(learner=user)

    def held(self) -> "RegistrationQuerySet":
        """Seats that count against a session's capacity."""
        return self.filter(cancelled_at__isnull=True)

    def owed_news(self, *, at: datetime) -> "RegistrationQuerySet":
        """Seats whose session changed, or was called off, since its holder last heard of it."""
        return self.held().filter(
            session__ends_at__gt=at, session__sequence__gt=F("told_sequence")
        )


class Registration(TimestampedModel):
    """A seat that a person holds at a session, on site or on line."""

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    session = models.ForeignKey(
        CourseSession,
        verbose_name=_("rencontre"),
        on_delete=models.PROTECT,
        related_name="registrations",
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne apprenante"),
        on_delete=models.PROTECT,
        related_name="registrations",
    )
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription au cours"),
        on_delete=models.PROTECT,
        related_name="registrations",
    )
    seat = models.CharField(_("place"), max_length=8, choices=Seat)
    registered_at = models.DateTimeField(_("réservée le"))
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    accessibility_needs = models.TextField(_("besoins d’accessibilité"), blank=True)
    # Changes of this seat alone; with the session's own sequence, what calendars must hear of.
    changes = models.PositiveSmallIntegerField(_("changements"), default=0, editable=False)
    told_sequence = models.PositiveSmallIntegerField(
        _("dernière séquence annoncée"), default=0, editable=False
    )
    attendance = models.CharField(
        _("présence"), max_length=8, choices=Attendance, default=Attendance.UNKNOWN
    )
    attendance_at = models.DateTimeField(_("présence prise le"), null=True, blank=True)
    attendance_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("présence prise par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("place réservée")
        verbose_name_plural = _("places réservées")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "learner"],
                condition=Q(cancelled_at__isnull=True),
                name="enrollments_one_seat_per_session",
                violation_error_message=_("Cette personne a déjà une place."),
            ),
            models.CheckConstraint(
                condition=Q(seat__in=Seat.values), name="enrollments_seat_known"
            ),
            models.CheckConstraint(
                condition=Q(attendance__in=Attendance.values), name="enrollments_attendance_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} · {self.session}"

    @property
    def sequence(self) -> int:
        """SEQUENCE of RFC 5545: it grows with each change of the session or of the seat."""
        return self.session.sequence + self.changes

    @property
    def is_present(self) -> bool:
        return self.attendance == Attendance.PRESENT
