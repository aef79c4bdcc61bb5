from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import QuestionKind


class BankQuestion(TimestampedModel):
    """A question that belongs to no course yet; an author takes a copy of it into an exercise."""

    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    kind = models.CharField(_("genre"), max_length=12, choices=QuestionKind)
    title = models.CharField(_("titre"), max_length=160)
    prompt = models.TextField(_("énoncé"))
    data = models.JSONField(_("réponses"), default=dict)
    tags = ArrayField(
        models.CharField(max_length=80), verbose_name=_("étiquettes"), default=list, blank=True
    )
    # Name of the file that it came from.
    source = models.CharField(_("provenance"), max_length=200)
    # SHA-256 of what it asks: the same file again adds nothing.
    content_hash = models.CharField(_("empreinte"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("question de la banque")
        verbose_name_plural = _("banque de questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="courses_bank_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title
