"""What a person says of their own competencies; theirs alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core.models import TimestampedModel
from courses.enums import Level
from courses.models import Skill
from municipalities.enums import Public


class SkillLevelQuerySet(models.QuerySet["SkillLevel"]):
    def visible_to(self, user: User) -> "SkillLevelQuerySet":
        """A person's own, and nobody else's: not even their organisation's or ATN's."""
        return self.filter(learner=user)


class SkillLevel(TimestampedModel):
    """The level that a person gives themselves in one competency."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="skill_levels",
    )
    skill = models.ForeignKey(
        Skill, verbose_name=_("compétence"), on_delete=models.PROTECT, related_name="levels"
    )
    level = models.PositiveSmallIntegerField(_("niveau"), choices=Level)
    declared_at = models.DateTimeField(_("déclaré le"))

    objects = SkillLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("compétence déclarée")
        verbose_name_plural = _("compétences déclarées")
        constraints = [
            models.UniqueConstraint(fields=["learner", "skill"], name="enrollments_skill_once"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="enrollments_skill_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.skill_id}"


class PositioningResultQuerySet(models.QuerySet["PositioningResult"]):
    def visible_to(self, user: User) -> "PositioningResultQuerySet":
        return self.filter(learner=user)


class PositioningResult(TimestampedModel):
    """What a scenario of departure showed: a level by situation, until its person erases it."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("personne"),
        on_delete=models.PROTECT,
        related_name="positioning",
    )
    public = models.CharField(_("public"), max_length=10, choices=Public)
    levels = models.JSONField(_("niveaux"))
    taken_at = models.DateTimeField(_("fait le"))

    objects = PositioningResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("point de départ")
        verbose_name_plural = _("points de départ")
        constraints = [
            models.CheckConstraint(
                condition=Q(public__in=Public.values), name="enrollments_positioning_public_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.public}"
