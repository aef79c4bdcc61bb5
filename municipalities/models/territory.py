from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.core.models import TimestampedModel
from atn_platform.core.numbers import whole
from municipalities.enums import UNDER_AGREEMENTS, Change, Designation, Kind, stratum


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

    def offering_english(self) -> "OrganisationQuerySet":
        """See Organisation.offers_english."""
        return self.filter(Q(is_recognised=True) | Q(designation__in=UNDER_AGREEMENTS))

    def managed_by(self, user: User, *, on: date) -> "OrganisationQuerySet":
        """Organisations of which this person is a responsable on that day."""
        return self.filter(pk__in=user.responsibilities.in_force(on=on).values("organisation"))

    def with_merged(self) -> "OrganisationQuerySet":
        """These and whatever was merged into them, however many mergers ago.

        What was begun under a place that vanished keeps its mandate there.
        """
        found = newest = set(self.values_list("pk", flat=True))
        while newest:
            merged = Organisation.objects.filter(successor__in=newest)
            newest = set(merged.values_list("pk", flat=True)) - found
            found = found | newest
        return Organisation.objects.filter(pk__in=found)

    def at_handle(self, handle: str) -> "OrganisationQuerySet":
        """The organisation that an address names; see Organisation.handle."""
        if handle.startswith(HANDLE_PREFIX):
            number = whole(handle.removeprefix(HANDLE_PREFIX))
            return self.none() if number is None else self.filter(pk=number, code=None)
        return self.filter(code=handle)

    def matching(self, typed: str) -> "OrganisationQuerySet":
        """Names that contain what was typed, accents, st/ste and articles aside.

        A name borne before, or by a municipality merged since, finds the one of today.
        """
        key = french.search_key(typed)
        merged = Organisation.objects.filter(search_key__contains=key, successor__isnull=False)
        return self.filter(
            Q(search_key__contains=key)
            | Q(pk__in=_renamed_from(key))
            | Q(pk__in=merged.values("successor"))
        )


def _renamed_from(key: str) -> list[int]:
    """Organisations that bore a name with that search key; renamings are few."""
    renamed = TerritorialEvent.objects.filter(change=Change.RENAMED)
    names = renamed.values_list("organisation", "before__name")
    return [pk for pk, name in names if key in french.search_key(name)]


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
    # By the Office québécois de la langue française; ATN writes it down (C-11, art. 29.1).
    is_recognised = models.BooleanField(
        _("peut aussi employer l’anglais"),
        default=False,
        help_text=_(
            "Reconnue par l’Office québécois de la langue française (Charte, art. 29.1). Les "
            "villages nordiques, cris et naskapi n’ont pas à l’être."
        ),
    )
    # As the registry foresees it: a council born of a merger votes on a day of its own.
    next_election_on = models.DateField(_("prochaine élection"), null=True, blank=True)
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
    def heir(self) -> "Organisation":
        """The organisation of today: itself, or the last that took it over."""
        place, passed = self, {self.pk}
        while place.successor is not None and place.successor_id not in passed:
            place = place.successor
            passed.add(place.pk)
        return place

    @property
    def offers_english(self) -> bool:
        """Whether its people may choose to read the platform in English."""
        return self.is_recognised or self.designation in UNDER_AGREEMENTS

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
