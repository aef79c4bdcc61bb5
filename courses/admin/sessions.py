"""Sessions in the administration: plan, move, call off."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from atn_platform.core.admin import ListAdmin
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.enums import SessionMode
from courses.forms.sessions import CallOffForm, SessionForm
from courses.models import CourseSession

if TYPE_CHECKING:
    from atn_platform.accounts.models import User


@admin.register(CourseSession)
class CourseSessionAdmin(ListAdmin):
    """Hours are those of the place. A session is called off, never deleted."""

    form = SessionForm
    list_display = ("title", "course_code", "day", "hours", "where_shown", "seats", "status")
    list_filter = ("status", "mode", "course")
    list_select_related = ("course",)
    search_fields = ("title", "place", "course__code")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    list_per_page = 50
    change_form_template = "admin/courses/coursesession/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        held = Q(registrations__cancelled_at__isnull=True, registrations__isnull=False)
        rows = super().get_queryset(request)
        return rows.annotate(held=Count("registrations", filter=held))

    @admin.display(description=_("cours"), ordering="course__code")
    def course_code(self, obj: CourseSession) -> str:
        return obj.course.code

    @admin.display(description=_("jour"), ordering="starts_at")
    def day(self, obj: CourseSession) -> str:
        return french.day(obj.local_start)

    @admin.display(description=_("heures"))
    def hours(self, obj: CourseSession) -> str:
        hours = french.span(obj.local_start, obj.local_end)
        return f"{hours} ({french.zone(obj.time_zone)})"

    @admin.display(description=_("où"))
    def where_shown(self, obj: CourseSession) -> str:
        return obj.where

    @admin.display(description=_("inscrites"))
    def seats(self, obj: Any) -> str:
        """People registered, of the places of both kinds when both are limited; 27 / 20 may be."""
        places = [limit for __, limit in _limits(obj)]
        total = "∞" if None in places else str(sum(filter(None, places)))
        address = reverse("enrollments:attendance", args=[obj.uuid])
        return format_html('<a href="{}">{} / {}</a>', address, obj.held, total)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.now = timezone.now()
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.course = obj.lesson.module.course
        actions.save_session(session=obj, by=cast("User", request.user), at=timezone.now())
        for moment in form.twice:
            words = _("Le %(day)s, %(hour)s revient deux fois : la première est retenue.")
            facts = {"day": french.day(moment), "hour": french.hour(moment)}
            self.message_user(request, words % facts, messages.WARNING)
        self._warn_of_lost_limit(request, obj)

    def _warn_of_lost_limit(self, request: HttpRequest, obj: Any) -> None:
        """A limit set below the seats held: nobody loses theirs, and ATN decides what follows."""
        held = obj.registrations.filter(cancelled_at__isnull=True)
        for seats, limit in _limits(obj):
            taken = held.filter(seat__in=seats).count()
            if limit is not None and taken > limit:
                words = _(
                    "Personnes inscrites : %(taken)s pour %(limit)s places. "
                    "Toutes gardent la leur, et personne d’autre ne peut s’inscrire."
                )
                facts = {"taken": taken, "limit": limit}
                self.message_user(request, words % facts, messages.WARNING)

    def log_addition(self, *args: Any) -> Any:
        """The journal says it."""

    def log_change(self, *args: Any) -> Any:
        """The journal says it."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        editable = obj is None or not (obj.is_cancelled or obj.ends_at <= timezone.now())
        return editable and super().has_change_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/annuler/",
                self.admin_site.admin_view(self.call_off),
                name="courses_coursesession_call_off",
            ),
            *super().get_urls(),
        ]

    def call_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, say how many people will be told, then do it."""
        session = get_object_or_404(self.get_queryset(request), pk=pk)
        form = CallOffForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                actions.call_off(
                    session_id=pk,
                    reason=form.cleaned_data["reason"],
                    by=cast("User", request.user),
                    at=timezone.now(),
                )
            except ActionError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                words = _(
                    "« %s » est annulée : les personnes inscrites l’apprennent par courriel."
                )
                self.message_user(request, words % session.title, messages.SUCCESS)
            return redirect("admin:courses_coursesession_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Annuler la rencontre"),
            "opts": self.model._meta,
            "session": session,
            "form": form,
        }
        return TemplateResponse(request, "admin/courses/coursesession/call_off.html", context)


def _limits(session: CourseSession) -> list[tuple[tuple[str, ...], int | None]]:
    """The seats that count together, and their limit; with one way of attending, all do."""
    on_site, online = session.seats_on_site, session.seats_online
    if session.mode == SessionMode.BOTH:
        return [(("on-site",), on_site), (("online",), online)]
    limit = on_site if session.mode == SessionMode.IN_PERSON else online
    return [(("on-site", "online"), limit)]
