"""Parcours: what they hold, following one, leaving it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from courses.models import Path
from enrollments import actions
from enrollments.models import PathEnrollment
from enrollments.queries.paths import path_lines


@login_not_required
@require_safe
def paths(request: HttpRequest) -> HttpResponse:
    lines = path_lines(list(Path.objects.order_by("position", "code")), _person(request))
    lines.sort(key=lambda line: not line.is_followed)
    return render(request, "enrollments/paths.html", {"lines": lines})


@login_not_required
@require_safe
def path(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Path, code=code)
    line = path_lines([found], _person(request))[0]
    return render(request, "enrollments/path.html", {"line": line})


@require_POST
def follow(request: SignedInRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Path, code=code)
    actions.enroll_in_path(learner=request.user, path=found, at=timezone.now())
    messages.success(request, _("Vous suivez ce parcours. Il vous attend aussi à l’accueil."))
    return redirect("enrollments:path", code)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, code: str) -> HttpResponse:
    """Say what leaving does, then do it."""
    mine = PathEnrollment.objects.visible_to(request.user).live().select_related("path")
    followed = get_object_or_404(mine, path__code=code)
    if request.method == "POST":
        actions.leave_path(learner=request.user, path=followed.path, at=timezone.now())
        messages.success(request, _("Vous ne suivez plus ce parcours. Vous pouvez y revenir ici."))
        return redirect("enrollments:path", code)
    return render(request, "enrollments/path_leave.html", {"path": followed.path})


def _person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
