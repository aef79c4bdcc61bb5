from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import QuestionKind


class BankQuestion(TimestampedModel):
    """A question that belongs to no course; an author takes a copy of it into an exercise.

    The copy says which version it is of, and stays as it is when the question changes here.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    kind = models.CharField(_("genre"), max_length=12, choices=QuestionKind)
    title = models.CharField(_("titre"), max_length=160)
    prompt = models.TextField(_("énoncé"))
    data = models.JSONField(_("réponses"), default=dict)
    tags = ArrayField(
        models.CharField(max_length=80), verbose_name=_("étiquettes"), default=list, blank=True
    )
    # Name of the file, or code of the course, that it came from.
    source = models.CharField(_("provenance"), max_length=200)
    # SHA-256 of what it asks: the same file again adds nothing.
    content_hash = models.CharField(_("empreinte"), max_length=64, unique=True)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    # The importation that brought it, so that it can be undone.
    batch = models.UUIDField(_("importation"), null=True, blank=True, db_index=True)

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

    @property
    def reference(self) -> str:
        """What a copy keeps of the version that it is of."""
        return f"{self.uuid}/{self.number}"


class BankVersion(models.Model):
    """What a question of the bank asked before it was changed."""

    question = models.ForeignKey(
        BankQuestion,
        verbose_name=_("question"),
        on_delete=models.CASCADE,
        related_name="versions",
    )
    number = models.PositiveSmallIntegerField(_("version"))
    prompt = models.TextField(_("énoncé"))
    data = models.JSONField(_("réponses"))
    replaced_at = models.DateTimeField(_("remplacée le"))

    class Meta:
        verbose_name = _("version d’une question")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="courses_bank_version"),
        ]

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"


class BankPicture(models.Model):
    """A picture that questions of the bank show, kept once under its content."""

    name = models.CharField(_("nom"), max_length=40, unique=True)
    file = models.FileField(_("fichier"), max_length=200)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    content_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveBigIntegerField(_("taille (octets)"))
    width = models.PositiveIntegerField(_("largeur"), null=True, blank=True)
    height = models.PositiveIntegerField(_("hauteur"), null=True, blank=True)
    contrast = models.FloatField(_("contraste"), null=True, blank=True)

    class Meta:
        verbose_name = _("image de la banque")
        verbose_name_plural = _("images de la banque")

    def __str__(self) -> str:
        return self.name


class BankImport(TimestampedModel):
    """A file of questions handed in: shown first, then kept or not, and undone if need be."""

    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    name = models.CharField(_("nom du fichier"), max_length=200)
    kind = models.CharField(_("format"), max_length=12)
    # Emptied once the questions are in the bank: they say it all.
    content = models.BinaryField(_("contenu"))
    added = models.PositiveIntegerField(_("questions ajoutées"), default=0)
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("importation de questions")
        verbose_name_plural = _("importations de questions")

    def __str__(self) -> str:
        return self.name
