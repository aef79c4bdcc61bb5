"""Read and search. What learners did changes through actions, never through these pages."""

from typing import cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.admin import ReadOnlyAdmin
from enrollments.actions import reminding
from enrollments.models import Enrollment, LearningEvent

# More than a day of reminders; a longer list is for run_due.
DUE_SHOWN = 200


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    change_list_template = "admin/enrollments/change_list.html"
    list_display = ("learner", "course", "organisation", "status", "progress", "enrolled_at")
    list_filter = ("status", "course", "mandate__public", "mandate__organisation__region")
    search_fields = (
        "learner__sort_key",
        "learner__email",
        "course__code",
        "mandate__organisation__search_key",
    )
    date_hierarchy = "enrolled_at"
    # Results, and where somebody stopped, are the person's alone (privacy.py).
    exclude = ("best_score", "current_lesson")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        rows = super().get_queryset(request)
        return rows.select_related("learner", "course", "mandate__organisation")

    def get_urls(self) -> list[URLPattern]:
        due = self.admin_site.admin_view(self.due)
        return [path("rappels/", due, name="enrollments_due"), *super().get_urls()]

    def due(self, request: HttpRequest) -> TemplateResponse:
        """Show what the next run of the reminders would do, and why. Sends nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        run = reminding.preview(at=now)
        shown = run.queued[:DUE_SHOWN]
        opened(
            at=now,
            reader=cast("User", request.user),
            screen=Screen.ADMIN_LIST,
            people=[each.person.pk for each in shown],
            place=_("rappels à envoyer"),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Rappels à envoyer"),
            "at": now,
            "total": len(run.queued),
            "due": shown,
            "withdrawn": len(run.withdrawn),
        }
        return TemplateResponse(request, "admin/enrollments/due.html", context)

    @admin.display(description=_("organisation"), ordering="mandate__organisation__sort_key")
    def organisation(self, obj: Enrollment) -> str:
        return obj.mandate.organisation.name

    @admin.display(description=_("étapes"))
    def progress(self, obj: Enrollment) -> str:
        return f"{obj.stations_done} / {obj.stations_total}"


@admin.register(LearningEvent)
class LearningEventAdmin(ReadOnlyAdmin):
    """The ledger without its answers: what a person wrote or chose is theirs alone."""

    list_display = ("happened_at", "learner", "course", "verb", "received_at")
    list_filter = ("verb", "enrollment__course")
    search_fields = ("enrollment__learner__sort_key", "enrollment__learner__email", "uuid")
    ordering = ("-happened_at", "-id")
    exclude = ("result",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LearningEvent]:
        rows = super().get_queryset(request)
        return rows.select_related("enrollment__learner", "enrollment__course")

    @admin.display(description=_("personne"))
    def learner(self, obj: LearningEvent) -> str:
        return str(obj.enrollment.learner)

    @admin.display(description=_("cours"))
    def course(self, obj: LearningEvent) -> str:
        return obj.enrollment.course.code
