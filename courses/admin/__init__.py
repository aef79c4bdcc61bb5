"""Courses in the administration: stock lists, and the Atelier where authors write."""

from courses.admin.lists import BankQuestionAdmin, CourseAdmin, CourseVersionAdmin
from courses.admin.paths import PathAdmin
from courses.admin.sessions import CourseSessionAdmin
from courses.admin.skills import PositioningAdmin, SkillAdmin, SkillDomainAdmin

__all__ = [
    "BankQuestionAdmin",
    "CourseAdmin",
    "CourseSessionAdmin",
    "CourseVersionAdmin",
    "PathAdmin",
    "PositioningAdmin",
    "SkillAdmin",
    "SkillDomainAdmin",
]
