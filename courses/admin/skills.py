"""The framework of competencies, and the scenarios of departure that look at it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from atn_platform.core.admin import ListAdmin
from courses import actions
from courses.forms.skills import ScenarioForm
from courses.models import PositioningScenario, Skill, SkillDomain


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


@admin.register(PositioningScenario)
class PositioningAdmin(ListAdmin):
    """The text as in its file; a mistake is told with its line, and what was typed stays."""

    form = ScenarioForm
    fields = ("source",)
    list_display = ("public", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: PositioningScenario, form: forms.ModelForm, change: Any
    ) -> None:
        actions.save_scenario(scenario=obj, source=obj.source)
