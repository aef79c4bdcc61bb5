from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from enrollments.models import Enrollment


class PackagePlace(TimestampedModel):
    """Where someone stands in one part of a package, as the package itself wrote it.

    A convenience, replaced as it goes: what was achieved is in the learning ledger. Of another
    archive the place means nothing, so that a new one starts from its beginning.
    """

    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="package_places",
    )
    lesson = models.UUIDField(_("leçon"))
    block = models.UUIDField(_("bloc"))
    part = models.PositiveSmallIntegerField(_("partie"))
    sha256 = models.CharField(_("empreinte du module"), max_length=64)
    # One opening of the player; `revision` counts what it wrote.
    session = models.UUIDField(_("séance"))
    revision = models.PositiveIntegerField(_("révision"))
    state = models.JSONField(_("ce qu’il retient"), default=dict)

    class Meta:
        verbose_name = _("place dans un module interactif")
        verbose_name_plural = _("places dans les modules interactifs")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "block", "part", "sha256"], name="interop_one_place_a_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.block} {self.part}"


class Cmi5Session(models.Model):
    """One launch of an assignable unit: whoever holds its token speaks for its learner.

    The token is given once, and only its hash is kept (cmi5, 8.2).
    """

    uuid = models.UUIDField(_("séance"), unique=True, default=uuid4, editable=False)
    enrollment = models.ForeignKey(
        Enrollment,
        verbose_name=_("inscription"),
        on_delete=models.CASCADE,
        related_name="cmi5_sessions",
    )
    block = models.UUIDField(_("bloc"))
    part = models.PositiveSmallIntegerField(_("partie"))
    # What was said of another archive says nothing of the one that took its place.
    sha256 = models.CharField(_("empreinte du module"), max_length=64)
    opened_at = models.DateTimeField(_("ouverte le"))
    token_hash = models.CharField(_("empreinte du jeton"), max_length=64, blank=True)
    # What was said, in order: names of the verbs that cmi5 defines.
    verbs = ArrayField(models.CharField(max_length=16), verbose_name=_("énoncés"), default=list)

    class Meta:
        verbose_name = _("séance cmi5")
        verbose_name_plural = _("séances cmi5")

    def __str__(self) -> str:
        return str(self.uuid)


class Cmi5Statement(models.Model):
    """What a unit said, as it said it; kept as long as the answers of its learner."""

    session = models.ForeignKey(
        Cmi5Session,
        verbose_name=_("séance"),
        on_delete=models.CASCADE,
        related_name="statements",
    )
    uuid = models.UUIDField(_("identifiant"))
    body = models.JSONField(_("énoncé reçu"))
    stored_at = models.DateTimeField(_("reçu le"))

    class Meta:
        verbose_name = _("énoncé xAPI")
        verbose_name_plural = _("énoncés xAPI")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "uuid"], name="interop_statement_once_a_session"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
