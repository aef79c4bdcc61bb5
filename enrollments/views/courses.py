"""A course: what it is, and where one stands in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.models import Course, CourseVersion, Path
from courses.queries import document
from enrollments import actions
from enrollments.forms import EnrollForm
from enrollments.models import Enrollment
from enrollments.queries.sessions import Meeting, coming
from enrollments.queries.thread import thread


@login_not_required
@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """Anyone may see what a course holds; a learner sees their own thread in it."""
    enrollment = _followed(request.user, code) if request.user.is_authenticated else None
    if enrollment is not None:
        version = enrollment.version
    else:
        version = get_object_or_404(CourseVersion.objects.in_force(), course__code=code.upper())
    form = None
    if request.user.is_authenticated and enrollment is None:
        form = EnrollForm(user=request.user, on=timezone.localdate())
    content = document(version.pk)
    context = {
        "course": version.course,
        "version": version,
        "document": content,
        "enrollment": enrollment,
        "thread": thread(content, enrollment),
        "enroll_form": form,
        "meetings": _meetings(request.user, version),
    }
    return render(request, "enrollments/course.html", context)


def _meetings(user: User | AnonymousUser, version: CourseVersion) -> list[Meeting]:
    """Dates are for people who can take a seat."""
    if not user.is_authenticated:
        return []
    return coming(version.course, user, now=timezone.now())


def _followed(user: User, code: str) -> Enrollment | None:
    """Whoever follows a course keeps it, even once it is no longer offered to others."""
    return (
        Enrollment.objects.visible_to(user)
        .live()
        .with_facts()
        .filter(course__code=code.upper())
        .first()
    )


@require_POST
def enroll(request: SignedInRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Course.objects.published(), code=code.upper())
    form = EnrollForm(request.POST, user=request.user, on=timezone.localdate())
    if not form.is_valid():
        messages.error(request, _("Choisissez à quel titre vous suivez ce cours."))
        return redirect("enrollments:course", code)
    try:
        actions.enroll(
            learner=request.user,
            course=found,
            mandate=form.cleaned_data["mandate"],
            at=timezone.now(),
        )
    except ActionError as error:
        messages.error(request, str(error))
    return redirect("enrollments:course", code)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    mine = Enrollment.objects.visible_to(request.user).live().with_facts()
    enrollments = mine.order_by("status", "-enrolled_at")
    return render(request, "enrollments/index.html", {"enrollments": enrollments})


@login_not_required
@require_safe
def path(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Path, code=code)
    steps = found.steps.select_related("course__current_version")
    steps = steps.defer("course__current_version__document").order_by("position")
    return render(request, "enrollments/path.html", {"path": found, "steps": steps})
