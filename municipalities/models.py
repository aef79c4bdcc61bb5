from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.core.models import TimestampedModel
from municipalities.enums import Change, Designation, Kind, Public, stratum


class Region(models.Model):
    """One of the 17 administrative regions; its code is the registry's two digits."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("nom"), max_length=80)
    sort_key = models.CharField(_("clé de tri"), max_length=80)

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")

    def __str__(self) -> str:
        return self.name


# In the address of an organisation that the registry does not number: « org-12 ».
HANDLE_PREFIX = "org-"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def municipalities(self) -> "OrganisationQuerySet":
        return self.filter(kind=Kind.MUNICIPALITY)

    def active(self) -> "OrganisationQuerySet":
        return self.filter(inactive_on__isnull=True)

    def managed_by(self, user: User, *, on: date) -> "OrganisationQuerySet":
        """Organisations of which this person is a responsable on that day."""
        return self.filter(
            responsibilities__in=Responsibility.objects.in_force(on=on).filter(user=user)
        )

    def at_handle(self, handle: str) -> "OrganisationQuerySet":
        """The organisation that an address names; see Organisation.handle."""
        if handle.startswith(HANDLE_PREFIX):
            number = handle.removeprefix(HANDLE_PREFIX)
            return self.filter(pk=int(number), code=None) if number.isdecimal() else self.none()
        return self.filter(code=handle)

    def matching(self, typed: str) -> "OrganisationQuerySet":
        """Names that contain what was typed, accents, st/ste and articles aside."""
        return self.filter(search_key__contains=french.search_key(typed))


class Organisation(TimestampedModel):
    """An employer or council whose people learn: a municipality, an MRC, or another body."""

    kind = models.CharField(_("genre"), max_length=16, choices=Kind)
    # Five digits for a municipality, three for an MRC: text, for leading zeros matter.
    code = models.CharField(
        _("code géographique"), max_length=5, unique=True, null=True, blank=True
    )
    name = models.CharField(_("nom"), max_length=160)
    official_name = models.CharField(_("nom complet"), max_length=240)
    designation = models.CharField(_("désignation"), max_length=2, choices=Designation, blank=True)
    sort_key = models.CharField(_("clé de tri"), max_length=160, editable=False)
    search_key = models.CharField(_("clé de recherche"), max_length=160, editable=False)
    region = models.ForeignKey(
        Region,
        verbose_name=_("région"),
        on_delete=models.PROTECT,
        related_name="organisations",
        null=True,
        blank=True,
    )
    mrc = models.ForeignKey(
        "self",
        verbose_name="MRC",
        on_delete=models.PROTECT,
        related_name="members",
        null=True,
        blank=True,
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    stratum = models.PositiveSmallIntegerField(_("strate"), null=True, editable=False)
    seats_filled = models.PositiveSmallIntegerField(_("sièges pourvus"), default=0)
    seats_vacant = models.PositiveSmallIntegerField(_("sièges vacants"), default=0)
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="America/Toronto")
    official_email = models.EmailField(_("courriel officiel"), blank=True)
    website = models.CharField(_("site Web"), max_length=200, blank=True)
    inactive_on = models.DateField(_("inactive depuis"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        verbose_name=_("organisation qui succède"),
        on_delete=models.PROTECT,
        related_name="predecessors",
        null=True,
        blank=True,
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="municipalities_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.MUNICIPALITY)
                | (Q(code__regex=r"^\d{5}$", region__isnull=False, population__isnull=False)),
                name="municipalities_municipality_complete",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "sort_key"], name="municipalities_org_sorted"),
            models.Index(fields=["region", "stratum"], name="municipalities_org_reported"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_derived()
        super().save(*args, **kwargs)

    def set_derived(self) -> None:
        """Make keys and stratum follow name and population; bulk writers call this themselves."""
        self.sort_key = french.sort_key(self.name)[:160]
        self.search_key = french.search_key(self.name)[:160]
        self.stratum = None if self.population is None else stratum(self.population)

    @property
    def handle(self) -> str:
        """What names the organisation in an address: its official code, or a number of ours."""
        return self.code or f"{HANDLE_PREFIX}{self.pk}"

    @property
    def mrc_label(self) -> str:
        """« Hors MRC » rather than a blank: 68 municipalities have none."""
        return self.mrc.name if self.mrc else str(_("Hors MRC"))


class RegistryImport(models.Model):
    """One reading of the official registry: which file, what it changed."""

    reference_date = models.DateField(_("date de référence"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    imported_at = models.DateTimeField(_("importé le"))
    counts = models.JSONField(_("décompte"))

    class Meta:
        verbose_name = _("lecture du répertoire")
        verbose_name_plural = _("lectures du répertoire")

    def __str__(self) -> str:
        return f"{self.reference_date}"


class TerritorialEvent(TimestampedModel):
    """What happened to a municipality, and when: the history that reports and merges read."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="territorial_events",
    )
    change = models.CharField(_("changement"), max_length=16, choices=Change)
    on = models.DateField(_("date"))
    before = models.JSONField(_("avant"), default=dict)
    after = models.JSONField(_("après"), default=dict)

    class Meta:
        verbose_name = _("événement territorial")
        verbose_name_plural = _("événements territoriaux")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "change", "on"], name="municipalities_event_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.organisation} {self.get_change_display()}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, *, on: date) -> "MandateQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Mandate(TimestampedModel):
    """In what capacity a person belongs to an organisation, and from when to when.

    What a person does is stamped with the mandate it was done under; ending one never
    rewrites the past.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="mandates",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="mandates",
    )
    public = models.CharField(_("public"), max_length=10, choices=Public)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu'au"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandat")
        verbose_name_plural = _("mandats")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "public"],
                condition=Q(ends_on__isnull=True),
                name="municipalities_one_open_mandate",
                violation_error_message=_("Cette personne a déjà ce mandat."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="municipalities_mandate_ordered",
            ),
            models.CheckConstraint(
                condition=Q(public__in=Public.values), name="municipalities_public_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.function or self.get_public_display()} · {self.organisation}"


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def in_force(self, *, on: date) -> "ResponsibilityQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Responsibility(TimestampedModel):
    """A person answers for the training of an organisation: invites, enrols, reminds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="responsibilities",
    )
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu'au"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accordée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsabilité")
        verbose_name_plural = _("responsabilités")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ends_on__isnull=True),
                name="municipalities_responsible_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


# How long an invitation's link works, from its last sending.
INVITATION_LIFE = timedelta(days=14)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User, *, on: date) -> "InvitationQuerySet":
        """Invitations of the organisations this person answers for; all for ATN staff."""
        if user.has_role(Role.ADMINISTRATOR):
            return self
        return self.filter(organisation__in=Organisation.objects.managed_by(user, on=on))

    def pending(self) -> "InvitationQuerySet":
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)


class Invitation(TimestampedModel):
    """A responsable asks someone, by e-mail, to join their organisation's people."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    email = models.EmailField(_("adresse courriel"))
    first_name = models.CharField(_("prénom"), max_length=100, blank=True)
    last_name = models.CharField(_("nom"), max_length=100, blank=True)
    public = models.CharField(_("public"), max_length=10, choices=Public, blank=True)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    # SHA-256 of the secret in the link: the table alone opens no door.
    token_hash = models.CharField(_("empreinte du jeton"), max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invitée par"),
        on_delete=models.PROTECT,
        related_name="invitations_sent",
    )
    invited_at = models.DateTimeField(_("envoyée le"))
    expires_at = models.DateTimeField(_("expire le"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acceptée par"),
        on_delete=models.PROTECT,
        related_name="invitations_accepted",
        null=True,
        blank=True,
    )
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="municipalities_one_pending_invitation",
                violation_error_message=_("Cette adresse a déjà une invitation en attente."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"

    @property
    def sent_at(self) -> datetime:
        """When the letter last left; sending it again prolongs the link."""
        return self.expires_at - INVITATION_LIFE
