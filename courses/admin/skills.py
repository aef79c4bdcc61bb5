"""The framework of competencies: domains with their expected levels, and their competencies."""

from django.contrib import admin
from django.http import HttpRequest

from atn_platform.core.admin import ListAdmin
from courses.models import Skill, SkillDomain


@admin.register(SkillDomain)
class SkillDomainAdmin(ListAdmin):
    list_display = ("letter", "title", "expected_elected", "expected_manager", "expected_staff")
    list_display_links = ("letter", "title")
    search_fields = ("title",)
    ordering = ("letter",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: SkillDomain | None = None
    ) -> tuple[str, ...]:
        return ("letter",) if obj else ()


@admin.register(Skill)
class SkillAdmin(ListAdmin):
    """The code is for ever: courses and attestations name it."""

    list_display = ("code", "title", "domain")
    list_display_links = ("code", "title")
    list_filter = ("domain",)
    list_select_related = ("domain",)
    search_fields = ("code", "title")
    ordering = ("code",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Skill | None = None
    ) -> tuple[str, ...]:
        return ("code", "domain") if obj else ()
