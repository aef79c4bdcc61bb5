"""Parcours: what they hold, following one, what counts in it, leaving it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.models import Course, Path
from enrollments import actions
from enrollments.forms.paths import RecognitionForm
from enrollments.models import PathEnrollment, Recognition
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
    context = {"line": line, "today": timezone.localdate()}
    return render(request, "enrollments/path.html", context)


@require_POST
def follow(request: SignedInRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Path, code=code)
    actions.enroll_in_path(learner=request.user, path=found, at=timezone.now())
    messages.success(request, _("Vous suivez ce parcours. Il vous attend aussi à l’accueil."))
    return redirect("enrollments:path", code)


@require_POST
def renew(request: SignedInRequest, code: str) -> HttpResponse:
    """Follow the parcours as it is today."""
    followed = _followed(request, code)
    actions.renew_path(learner=request.user, path=followed.path, at=timezone.now())
    messages.success(request, _("Vous suivez le parcours tel qu’il est aujourd’hui."))
    return redirect("enrollments:path", code)


@require_http_methods(["GET", "HEAD", "POST"])
def elsewhere(request: SignedInRequest, code: str, course: str) -> HttpResponse:
    """Count a training followed elsewhere in the place of a course, or take that back."""
    followed = _followed(request, code)
    line = path_lines([followed.path], request.user)[0]
    named = get_object_or_404(Course, code=course.upper())
    wanted = line.course_of(named)
    if wanted is None:
        raise Http404
    declared = Recognition.objects.visible_to(request.user).filter(course=named).first()
    if "back" in request.POST:
        actions.unrecognise(learner=request.user, course=named)
        messages.success(request, _("La déclaration est retirée."))
        return redirect("enrollments:path", code)
    form = RecognitionForm(request.POST or None, initial=vars(declared) if declared else None)
    if form.is_valid():
        try:
            actions.recognise(
                learner=request.user, course=named, at=timezone.now(), **form.declared()
            )
        except ActionError as error:
            form.add_error("done_on", str(error))
        else:
            messages.success(request, _("C’est noté : l’étape est franchie dans votre parcours."))
            return redirect("enrollments:path", code)
    context = {
        "line": line, "course": wanted, "form": form, "declared": declared,
        "author": author_token(request.user),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "enrollments/path_elsewhere.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, code: str) -> HttpResponse:
    """Say what leaving does, then do it."""
    followed = _followed(request, code)
    if request.method == "POST":
        actions.leave_path(learner=request.user, path=followed.path, at=timezone.now())
        messages.success(request, _("Vous ne suivez plus ce parcours. Vous pouvez y revenir ici."))
        return redirect("enrollments:path", code)
    return render(request, "enrollments/path_leave.html", {"path": followed.path})


def _followed(request: SignedInRequest, code: str) -> PathEnrollment:
    mine = PathEnrollment.objects.visible_to(request.user).live().select_related("path")
    return get_object_or_404(mine, path__code=code)


def _person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
