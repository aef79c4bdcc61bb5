"""What learners read."""

from typing import cast

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.documents import FactsDoc
from courses.enums import Mode
from courses.models.drafts import Course


class WithoutModules(models.Func):
    """A document less its stations, by PostgreSQL's own operator."""

    template = "(%(expressions)s - 'modules')"
    arity = 1
    output_field = models.JSONField()


class CourseVersionQuerySet(models.QuerySet["CourseVersion"]):
    def in_force(self) -> "CourseVersionQuerySet":
        """What people may join, as published and without documents; drafts may say otherwise."""
        offered = Course.objects.published().values("current_version")
        return self.filter(pk__in=offered).defer("document").select_related("course")


class CourseVersion(models.Model):
    """A published course: one immutable JSON document. The database refuses to change it."""

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("numéro"))
    document = models.JSONField(_("document"))
    # Beside the document, so that lists need not read it. The database itself writes the facts:
    # they cannot differ from what was published.
    facts = models.GeneratedField(
        verbose_name=_("faits"),
        expression=WithoutModules("document"),
        output_field=models.JSONField(),
        db_persist=True,
    )
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

    objects = CourseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version de cours")
        verbose_name_plural = _("versions de cours")
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="courses_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code} v{self.number}"

    @property
    def front(self) -> FactsDoc:
        """What lists and cards say of the course, as published."""
        return cast("FactsDoc", self.facts)

    @property
    def mode_label(self) -> str:
        return str(Mode(self.front["mode"]).label)
