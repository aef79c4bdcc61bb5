"""Courses in an advised or a required order, and the versions that people follow."""

import hashlib
import json
from collections.abc import Iterable
from typing import NotRequired, TypedDict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import PathOrder
from courses.models.drafts import Course
from municipalities.enums import Public


def content_hash_of(document: "PathDoc") -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class StepDoc(TypedDict):
    """A course of a frozen parcours by its code, or a part of it: the modules and lessons named.

    `equivalents` are codes too, or a code and the key of a module: SEC-201/repondre.
    """

    course: str
    choice_group: str
    note: str
    equivalents: list[str]
    # By key; absent from a step that is a whole course.
    modules: NotRequired[list[str]]
    lessons: NotRequired[list[str]]


def is_part(step: StepDoc) -> bool:
    return bool(step.get("modules") or step.get("lessons"))


class PathDoc(TypedDict):
    """A parcours as somebody follows it. `weeks` is the advised pace, None without one."""

    title: str
    summary: str
    order: str
    weeks: int | None
    steps: list[StepDoc]


class Path(TimestampedModel):
    """A parcours: courses in order for one public. The pace is never punitive."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("titre"), max_length=160)
    summary = models.TextField(_("résumé"), blank=True)
    publics = ArrayField(
        models.CharField(max_length=10, choices=Public), verbose_name=_("publics"), default=list
    )
    order = models.CharField(
        _("ordre"), max_length=10, choices=PathOrder, default=PathOrder.ADVISED
    )
    weeks = models.PositiveSmallIntegerField(
        _("durée conseillée (semaines)"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__in=PathOrder.values), name="courses_path_order_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def document(self, steps: Iterable["PathStep"]) -> PathDoc:
        """The parcours of today, of the steps given, in their order and with their courses."""
        return {
            "title": self.title,
            "summary": self.summary,
            "order": self.order,
            "weeks": self.weeks,
            "steps": [step.document() for step in steps],
        }

    @property
    def public_labels(self) -> list[str]:
        """Whom it is for, in words; nothing when it is for everyone."""
        if set(self.publics) >= set(Public.values):
            return []
        return [str(Public(each).label) for each in self.publics]


class PathStep(TimestampedModel):
    """A course of a parcours, or a part of it. Steps of one `choice_group` are « one among them ».

    `modules` and `lessons` hold keys of the course; with neither, the step is the whole of it.
    """

    path = models.ForeignKey(
        Path, verbose_name=_("parcours"), on_delete=models.CASCADE, related_name="steps"
    )
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.PROTECT, related_name="path_steps"
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    choice_group = models.CharField(_("groupe au choix"), max_length=20, blank=True)
    note = models.CharField(_("précision"), max_length=200, blank=True)
    # Codes of courses that count in its place, and codes with the key of one of their modules.
    equivalents = ArrayField(
        models.CharField(max_length=85), verbose_name=_("équivalences"), default=list, blank=True
    )
    modules = ArrayField(
        models.CharField(max_length=60), verbose_name=_("modules"), default=list, blank=True
    )
    lessons = ArrayField(
        models.CharField(max_length=60), verbose_name=_("leçons"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("étape de parcours")
        verbose_name_plural = _("étapes de parcours")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_step_position",
            ),
            models.UniqueConstraint(
                fields=["path", "course", "modules", "lessons"], name="courses_step_part_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.position}"

    def document(self) -> StepDoc:
        found: StepDoc = {
            "course": self.course.code,
            "choice_group": self.choice_group,
            "note": self.note,
            "equivalents": sorted(self.equivalents),
        }
        # Only when there are some: what was frozen before keeps its fingerprint.
        if self.modules:
            found["modules"] = list(self.modules)
        if self.lessons:
            found["lessons"] = list(self.lessons)
        return found


class PathVersion(models.Model):
    """A parcours as it was when somebody began to follow it. The database refuses to change it."""

    path = models.ForeignKey(
        Path, verbose_name=_("parcours"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("numéro"))
    document = models.JSONField(_("document"))
    content_hash = models.CharField(_("empreinte"), max_length=64)
    frozen_at = models.DateTimeField(_("figée le"))

    class Meta:
        verbose_name = _("version de parcours")
        verbose_name_plural = _("versions de parcours")
        constraints = [
            models.UniqueConstraint(fields=["path", "number"], name="courses_path_version_number"),
            models.UniqueConstraint(
                fields=["path", "content_hash"], name="courses_path_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path.code} v{self.number}"
