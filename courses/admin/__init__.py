"""Courses in the administration: stock lists, and the Atelier where authors write."""

from courses.admin.lists import CourseAdmin, CourseVersionAdmin
from courses.admin.paths import PathAdmin
from courses.admin.sessions import CourseSessionAdmin

__all__ = ["CourseAdmin", "CourseSessionAdmin", "CourseVersionAdmin", "PathAdmin"]
