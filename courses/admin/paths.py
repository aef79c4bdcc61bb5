"""Parcours: the stock form for their words, pages of our own for the order of their steps."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.admin import ListAdmin
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.forms.paths import NewStepForm, PathForm, StepForm
from courses.models import Path, PathStep
from courses.permissions import can_author
from courses.queries.paths import steps_told


@admin.register(Path)
class PathAdmin(ListAdmin):
    """A parcours has one form; each of its steps has its own, and buttons put them in order."""

    form = PathForm
    fields = ("code", "title", "summary", "publics", "order", "weeks", "position")
    list_display = ("title", "code", "order", "position", "steps")
    search_fields = ("title", "code")
    ordering = ("position",)

    @admin.display(description=_("étapes"))
    def steps(self, obj: Path) -> str:
        address = reverse("admin:courses_path_steps", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', address, _("Étapes : %s") % obj.title)

    def get_readonly_fields(self, request: HttpRequest, obj: Path | None = None) -> tuple[str]:
        return ("code",) if obj else ()  # type: ignore[return-value]

    def get_urls(self) -> list[URLPattern]:
        step = "<int:path_id>/etapes/<int:step_id>"
        return [
            path("<int:path_id>/etapes/", steps, name="courses_path_steps"),
            path(f"{step}/", edit_step, name="courses_path_step"),
            path(f"{step}/monter/", move_step, {"by": -1}, name="courses_path_step_up"),
            path(f"{step}/descendre/", move_step, {"by": 1}, name="courses_path_step_down"),
            path(f"{step}/retirer/", remove_step, name="courses_path_step_remove"),
            *super().get_urls(),
        ]


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: SignedInRequest, path_id: int) -> HttpResponse:
    """The steps in order, and a form to add one."""
    followed = get_object_or_404(Path, pk=path_id)
    form = NewStepForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_step(path=followed, course=form.cleaned_data["course"])
            return redirect("admin:courses_path_steps", path_id)
        except ActionError as error:
            form.add_error("course", str(error))
    context = {
        "path": followed,
        "steps": steps_told(followed),
        "form": form,
    }
    return render(request, "atelier/steps.html", context, status=422 if form.errors else 200)


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_step(request: SignedInRequest, path_id: int, step_id: int) -> HttpResponse:
    step = _step(path_id, step_id)
    initial = {
        "choice_group": step.choice_group,
        "note": step.note,
        "equivalents": step.equivalents,
        "modules": step.modules,
        "lessons": step.lessons,
    }
    form = StepForm(request.POST or None, initial=initial, course=step.course)
    if form.is_valid():
        try:
            actions.save_step(step=step, **form.cleaned_data)
        except ActionError as error:
            form.add_error("modules", str(error))
        else:
            messages.success(request, _("L’étape est enregistrée."))
            return redirect("admin:courses_path_steps", path_id)
    status = 422 if form.errors else 200
    return render(request, "atelier/step.html", {"step": step, "form": form}, status=status)


@requires(can_author)
@require_POST
def move_step(request: SignedInRequest, path_id: int, step_id: int, by: int) -> HttpResponse:
    actions.move_step(step=_step(path_id, step_id), by=by)
    return redirect("admin:courses_path_steps", path_id)


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_step(request: SignedInRequest, path_id: int, step_id: int) -> HttpResponse:
    """Ask, then take the course out of the parcours; people under way keep their course."""
    step = _step(path_id, step_id)
    if request.method == "POST":
        actions.remove_step(step=step)
        messages.success(request, _("« %s » n’est plus dans le parcours.") % step.course.title)
        return redirect("admin:courses_path_steps", path_id)
    return render(request, "atelier/remove_step.html", {"step": step})


def _step(path_id: int, step_id: int) -> PathStep:
    steps = PathStep.objects.select_related("path", "course")
    return get_object_or_404(steps, pk=step_id, path_id=path_id)
