"""« Compétences numériques municipales »: what the courses make people able to do."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import Level
from municipalities.enums import Public


class SkillDomain(TimestampedModel):
    """A domain of the framework, and the level that each public is expected to reach in it."""

    letter = models.CharField(
        _("lettre"),
        max_length=1,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]$", _("Une lettre majuscule."))],
    )
    title = models.CharField(_("titre"), max_length=120)
    expected_elected = models.PositiveSmallIntegerField(_("attendu des élus"), choices=Level)
    expected_manager = models.PositiveSmallIntegerField(
        _("attendu des gestionnaires"), choices=Level
    )
    expected_staff = models.PositiveSmallIntegerField(_("attendu du personnel"), choices=Level)
    # Where the domain stands in the two frameworks that it is read beside.
    crcn = models.CharField(
        _("cadre de référence de la compétence numérique"), max_length=160, blank=True
    )
    digcomp = models.CharField(_("place dans DigComp"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("domaine de compétences")
        verbose_name_plural = _("domaines de compétences")
        ordering = ["letter"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    expected_elected__in=Level.values,
                    expected_manager__in=Level.values,
                    expected_staff__in=Level.values,
                ),
                name="courses_expected_level_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}. {self.title}"

    def expected_of(self, public: str) -> int:
        """The level that somebody of this public should reach."""
        return {
            Public.ELECTED: self.expected_elected,
            Public.MANAGER: self.expected_manager,
            Public.STAFF: self.expected_staff,
        }[Public(public)]


class Skill(TimestampedModel):
    """One thing that a person is able to do. Its code never changes: courses name it."""

    domain = models.ForeignKey(
        SkillDomain, verbose_name=_("domaine"), on_delete=models.PROTECT, related_name="skills"
    )
    code = models.CharField(
        _("code"),
        max_length=3,
        unique=True,
        help_text=_("La lettre du domaine, puis un chiffre : A1."),
        validators=[RegexValidator(r"^[A-Z][1-9]$", _("Une lettre et un chiffre : A1."))],
    )
    title = models.CharField(
        _("titre"), max_length=160, help_text=_("Ce que la personne sait faire, un verbe d’abord.")
    )

    class Meta:
        verbose_name = _("compétence")
        verbose_name_plural = _("compétences")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
