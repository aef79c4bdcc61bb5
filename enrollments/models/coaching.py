"""What a coach offers to municipalities, and writes down of them."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.core.models import TimestampedModel
from atn_platform.core.office_hours import QUEBEC
from municipalities.models import Organisation


class AccompanimentQuerySet(models.QuerySet["Accompaniment"]):
    def in_force(self) -> "AccompanimentQuerySet":
        """Of coaches still in their role: what one who left had is nobody's."""
        granted = RoleGrant.objects.filter(
            user=OuterRef("coach"), ended_at__isnull=True, role=Role.COACH
        )
        return self.filter(Exists(granted), coach__is_active=True)


class Accompaniment(TimestampedModel):
    """A municipality entrusted to a coach; one at a time. The journal keeps who it was before."""

    organisation = models.OneToOneField(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.CASCADE,
        related_name="accompaniment",
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accompagnatrice ou accompagnateur"),
        on_delete=models.PROTECT,
        related_name="accompaniments",
    )
    since = models.DateTimeField(_("confiée le"))

    objects = AccompanimentQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipalité confiée")
        verbose_name_plural = _("municipalités confiées")

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.coach_id}"


class SlotQuerySet(models.QuerySet["Slot"]):
    def open_to_all(self, *, at: datetime) -> "SlotQuerySet":
        """Slots to come that nobody holds, of coaches still in their role, the nearest first."""
        granted = RoleGrant.objects.filter(
            user=OuterRef("coach"),
            ended_at__isnull=True,
            role__in=[Role.INSTRUCTOR, Role.COACH, Role.ADMINISTRATOR],
        )
        free = self.filter(
            Exists(granted), coach__is_active=True, withdrawn_at__isnull=True, starts_at__gt=at
        )
        return free.exclude(pk__in=Appointment.objects.held().values("slot")).order_by("starts_at")


class Slot(TimestampedModel):
    """Half an hour, or so, that a coach keeps for whoever wants it."""

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accompagnatrice ou accompagnateur"),
        on_delete=models.PROTECT,
        related_name="slots",
    )
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    how = models.CharField(_("comment se parler"), max_length=200)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("plage offerte")
        verbose_name_plural = _("plages offertes")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="enrollments_slot_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="enrollments_slot_start")]

    def __str__(self) -> str:
        return f"{self.coach} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(QUEBEC)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(QUEBEC)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> "AppointmentQuerySet":
        """Those that a person booked, and those that they give as a coach."""
        return self.filter(Q(person=user) | Q(slot__coach=user))

    def held(self) -> "AppointmentQuerySet":
        return self.filter(cancelled_at__isnull=True)

    def shown(self, *, at: datetime) -> "AppointmentQuerySet":
        """Those that a screen still shows, the next one first: once over, none does."""
        rows = self.held().filter(slot__ends_at__gt=at).order_by("slot__starts_at")
        return rows.select_related("slot__coach", "person", "organisation")


class Appointment(TimestampedModel):
    """Somebody's hold on a slot, in the name of a municipality. One at a time for each slot."""

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4, editable=False)
    slot = models.ForeignKey(
        Slot, verbose_name=_("plage"), on_delete=models.PROTECT, related_name="appointments"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    about = models.CharField(_("de quoi parler"), max_length=500, blank=True)
    booked_at = models.DateTimeField(_("pris le"))
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("annulé par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(cancelled_at__isnull=True),
                name="enrollments_one_appointment_per_slot",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="enrollments_cancelled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.organisation}"

    @property
    def sequence(self) -> int:
        """SEQUENCE of RFC 5545: an entry is made, then perhaps struck out."""
        return 0 if self.cancelled_at is None else 1


class CoachNoteQuerySet(models.QuerySet["CoachNote"]):
    def visible_to(self, user: User) -> "CoachNoteQuerySet":
        """A coach's own notes, and nobody else's."""
        return self.filter(author=user)


class CoachNote(TimestampedModel):
    """A coach's private words on a municipality, after a call."""

    uuid = models.UUIDField(_("identifiant"), unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("écrite par"),
        on_delete=models.PROTECT,
        related_name="coach_notes",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="coach_notes",
    )
    text = models.TextField(_("texte"))
    written_at = models.DateTimeField(_("écrite le"))

    objects = CoachNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note d’accompagnement")
        verbose_name_plural = _("notes d’accompagnement")
        ordering = ["-written_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.written_at:%Y-%m-%d}"


class CoachActionQuerySet(models.QuerySet["CoachAction"]):
    def visible_to(self, user: User) -> "CoachActionQuerySet":
        return self.filter(author=user)


class CoachAction(TimestampedModel):
    """Something to do for a municipality before the next call."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("notée par"),
        on_delete=models.PROTECT,
        related_name="coach_actions",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="coach_actions",
    )
    text = models.CharField(_("à faire"), max_length=200)
    noted_at = models.DateTimeField(_("notée le"))
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)

    objects = CoachActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suite à donner")
        verbose_name_plural = _("suites à donner")
        ordering = ["noted_at", "pk"]

    def __str__(self) -> str:
        return self.text
