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
