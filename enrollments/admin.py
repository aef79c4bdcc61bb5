"""Read and search. What learners did changes through actions, never through these pages."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from enrollments.models import Enrollment, LearningEvent
from municipalities.admin import ReadOnlyAdmin


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    list_display = ("learner", "course", "organisation", "status", "progress", "enrolled_at")
    list_filter = ("status", "course", "mandate__public", "mandate__organisation__region")
    search_fields = (
        "learner__sort_key",
        "learner__email",
        "course__code",
        "mandate__organisation__search_key",
    )
    date_hierarchy = "enrolled_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        rows = super().get_queryset(request)
        return rows.select_related("learner", "course", "mandate__organisation")

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
