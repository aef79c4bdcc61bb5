"""What a person says of themselves: written, written again, erased, by nobody else."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from atn_platform.accounts.models import User
from courses.models import Skill
from enrollments.models import PositioningResult, SkillLevel
from municipalities.enums import Public


@transaction.atomic
def declare_levels(*, learner: User, levels: Mapping[str, int], at: datetime) -> None:
    """Keep these levels by code of competency, and no others; a level that stays keeps its day."""
    skills = {each.code: each for each in Skill.objects.filter(code__in=levels)}
    mine = SkillLevel.objects.visible_to(learner)
    mine.exclude(skill__in=skills.values()).delete()
    kept = {each.skill_id: each.level for each in mine}
    for code, skill in skills.items():
        if kept.get(skill.pk) != levels[code]:
            SkillLevel.objects.update_or_create(
                learner=learner,
                skill=skill,
                defaults={"level": levels[code], "declared_at": at},
            )


@transaction.atomic
def take_positioning(
    *, learner: User, public: Public, levels: Mapping[str, int], at: datetime
) -> PositioningResult:
    """Keep what the scenario showed, in the place of what it showed before."""
    result, __ = PositioningResult.objects.update_or_create(
        learner=learner,
        defaults={"public": public, "levels": dict(levels), "taken_at": at},
    )
    return result


def forget_positioning(*, learner: User) -> bool:
    """Erase it for good. False when there is nothing."""
    gone, __ = PositioningResult.objects.visible_to(learner).delete()
    return bool(gone)
