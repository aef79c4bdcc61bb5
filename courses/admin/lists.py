"""Stock lists: find a course or a version; writing happens in the Atelier."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from atn_platform.core.admin import ListAdmin, ReadOnlyAdmin
from courses.models import BankQuestion, Course, CourseVersion, GlossaryTerm


@admin.register(Course)
class CourseAdmin(ListAdmin):
    """Search. Adding and changing lead to the Atelier; nothing is deleted here."""

    list_display = ("code", "title", "topic", "mode", "in_force", "owner", "to_review", "atelier")
    list_display_links = None
    list_filter = ("topic", "mode", ("review_on", admin.DateFieldListFilter))
    list_select_related = ("current_version", "owner")
    search_fields = ("code", "title")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("current_version__document")

    @admin.display(description=_("version en vigueur"))
    def in_force(self, obj: Course) -> str:
        if obj.withdrawn_at:
            return str(_("retiré"))
        return str(obj.current_version.number) if obj.current_version else "–"

    @admin.display(description=_("à revoir"), ordering="review_on")
    def to_review(self, obj: Course) -> str:
        if obj.review_on is None:
            return "–"
        is_late = obj.review_on <= timezone.localdate() and obj.withdrawn_at is None
        said = french.day(obj.review_on)
        return str(_("à revoir depuis le %s") % said) if is_late else said

    @admin.display(description=_("écrire"))
    def atelier(self, obj: Course) -> str:
        address = reverse("atelier:course", args=[obj.code.lower()])
        return format_html('<a href="{}">{}</a>', address, _("Ouvrir %s") % obj.code)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("atelier:new-course")

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        course = self.get_object(request, object_id)
        if course is None:
            return redirect("atelier:index")
        return redirect("atelier:course", course.code.lower())


@admin.register(CourseVersion)
class CourseVersionAdmin(ReadOnlyAdmin):
    """Read only: a published version never changes."""

    list_display = ("course", "number", "published_at", "published_by", "minutes")
    list_filter = ("course",)
    list_select_related = ("course", "published_by")
    fields = ("course", "number", "published_at", "published_by", "minutes", "content_hash")
    ordering = ("-published_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("document")


@admin.register(BankQuestion)
class BankQuestionAdmin(ReadOnlyAdmin):
    """Find a question that came from another system."""

    list_display = ("title", "kind", "tags", "source")
    list_filter = ("kind",)
    search_fields = ("title", "prompt", "tags", "source")
    ordering = ("source", "pk")


@admin.register(GlossaryTerm)
class GlossaryAdmin(ListAdmin):
    """Words of the checklist of courses; no published text changes with them."""

    list_display = ("term", "plain")
    search_fields = ("term", "plain")
    ordering = ("term",)
