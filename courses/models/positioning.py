"""Scenarios that let a person find where to begin."""

from typing import TypedDict

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from municipalities.enums import Public


class WayDoc(TypedDict):
    """One answer, and the level that it shows (0 to 4)."""

    text: str
    level: int


class SituationDoc(TypedDict):
    """One moment: the competency that it looks at, and the unit that helps with it.

    `unit` is the code of a course, or « CODE/module ».
    """

    key: str
    skill: str
    unit: str
    text: str
    choices: list[WayDoc]


class PositioningDoc(TypedDict):
    public: str
    title: str
    intro: str
    situations: list[SituationDoc]


class PositioningScenario(TimestampedModel):
    """Ten minutes of situations for one public. Its authors edit the text, as a file."""

    public = models.CharField(_("public"), max_length=10, choices=Public, unique=True)
    source = models.TextField(_("texte"), help_text=_("En YAML, comme le fichier d’origine."))
    # What the text says, read and checked once.
    document = models.JSONField(_("document"), editable=False)

    class Meta:
        verbose_name = _("scénario de départ")
        verbose_name_plural = _("scénarios de départ")
        ordering = ["public"]
        constraints = [
            models.CheckConstraint(
                condition=Q(public__in=Public.values), name="courses_positioning_public_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_public_display())
