"""What learners read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.drafts import Course


class CourseVersion(models.Model):
    """A published course: one immutable JSON document. The database refuses to change it."""

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("numéro"))
    document = models.JSONField(_("document"))
    # Beside the document, so that lists need not read it.
    minutes = models.PositiveIntegerField(_("durée (min)"))
    content_hash = models.CharField(_("empreinte"), max_length=64)
    published_at = models.DateTimeField(_("publiée le"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("publiée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("version de cours")
        verbose_name_plural = _("versions de cours")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="courses_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} v{self.number}"
