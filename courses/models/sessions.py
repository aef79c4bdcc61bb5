"""Live meetings, with a date and seats."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.enums import LessonKind, SessionMode, SessionStatus
from courses.models.drafts import Course, Lesson
from municipalities.models import Organisation


class CourseSessionQuerySet(models.QuerySet["CourseSession"]):
    def offered(self, *, at: datetime) -> "CourseSessionQuerySet":
        """Sessions to come, of the courses that people may join."""
        return self.filter(
            starts_at__gt=at,
            status=SessionStatus.SCHEDULED,
            course__current_version__isnull=False,
            course__withdrawn_at__isnull=True,
        )

    def given_by(self, user: User) -> "CourseSessionQuerySet":
        """Sessions whose attendance this person takes: their own, all of them for ATN."""
        if user.has_role(Role.ADMINISTRATOR):
            return self
        return self.filter(instructor=user)


class CourseSession(TimestampedModel):
    """A dated meeting of a course: in person, on line, or both at once.

    Empty seats mean no limit; zero means closed. Times are UTC; `time_zone` is the place's own.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="sessions"
    )
    lesson = models.ForeignKey(
        Lesson,
        verbose_name=_("rencontre du plan"),
        on_delete=models.PROTECT,
        related_name="sessions",
        limit_choices_to={"kind": LessonKind.MEETING},
    )
    title = models.CharField(_("titre"), max_length=160)
    mode = models.CharField(_("mode"), max_length=10, choices=SessionMode)
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="America/Toronto")
    place = models.CharField(_("lieu"), max_length=160, blank=True)
    address = models.CharField(_("adresse"), max_length=240, blank=True)
    host = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation hôte"),
        on_delete=models.PROTECT,
        related_name="hosted_sessions",
        null=True,
        blank=True,
    )
    seats_on_site = models.PositiveSmallIntegerField(
        _("places sur place"), null=True, blank=True, validators=[MaxValueValidator(5000)]
    )
    seats_online = models.PositiveSmallIntegerField(
        _("places en ligne"), null=True, blank=True, validators=[MaxValueValidator(20000)]
    )
    online_url = models.URLField(_("lien de la rencontre"), blank=True)
    phone_access = models.CharField(_("accès par téléphone"), max_length=120, blank=True)
    captions_note = models.CharField(
        _("sous-titrage et accessibilité"), max_length=200, blank=True
    )
    note = models.TextField(_("à savoir"), blank=True)
    instructor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("formatrice ou formateur"),
        on_delete=models.PROTECT,
        related_name="sessions_given",
        null=True,
        blank=True,
    )
    registration_closes_at = models.DateTimeField(_("fin des inscriptions"), null=True, blank=True)
    status = models.CharField(
        _("état"), max_length=10, choices=SessionStatus, default=SessionStatus.SCHEDULED
    )
    cancellation_reason = models.CharField(_("raison de l’annulation"), max_length=200, blank=True)
    # Grows with each change that people's calendars must hear of (RFC 5545 SEQUENCE).
    sequence = models.PositiveSmallIntegerField(_("séquence"), default=0, editable=False)

    objects = CourseSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rencontre")
        verbose_name_plural = _("rencontres")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="courses_session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=SessionMode.values), name="courses_session_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=SessionStatus.values), name="courses_session_status_known"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="courses_session_start")]

    def __str__(self) -> str:
        return f"{self.title} {self.starts_at:%Y-%m-%d}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        """The beginning as a clock on the spot shows it."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def is_cancelled(self) -> bool:
        return self.status == SessionStatus.CANCELLED

    @property
    def where(self) -> str:
        """The place in a few words, for lists and subjects."""
        return str(_("En ligne")) if self.mode == SessionMode.VIRTUAL else self.place
