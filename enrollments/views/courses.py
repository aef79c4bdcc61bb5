"""A course: what it is, and where one stands in it."""

from email.utils import parseaddr

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from courses.actions import take_booklet
from courses.documents import CourseDoc, stations
from courses.models import Course, CourseVersion
from courses.queries import document, versions
from enrollments import actions
from enrollments.forms import EnrollForm
from enrollments.models import Enrollment
from enrollments.queries.mine import (
    followed_in_order,
    has_proof,
    seats_to_come,
    set_aside,
    shelf,
    with_courses,
)
from enrollments.queries.moving import news_of
from enrollments.queries.path_stops import Opening
from enrollments.queries.paths import closed_stations, held_back, held_stations
from enrollments.queries.sessions import Meeting, coming
from enrollments.queries.thread import thread

BOOKLETS = {"pdf": "application/pdf", "epub": "application/epub+zip"}


@login_not_required
@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    """Anyone may see what a course holds; a learner sees their own thread in it."""
    return _course_page(request, code, None)


def _course_page(request: HttpRequest, code: str, form: EnrollForm | None) -> HttpResponse:
    """The page of a course, with the form as it was sent when it was refused."""
    enrollment: Enrollment | None = None
    held: dict[str, Opening] = {}
    if request.user.is_authenticated:
        enrollment, in_order = followed_in_order(request.user, code)
        if enrollment is not None and in_order:
            held = held_stations(request.user, enrollment.course_id)
    if enrollment is not None:
        version = versions([enrollment.version_id])[enrollment.version_id]
    else:
        withdrawn = Course.objects.withdrawn().filter(code=code.upper()).first()
        if withdrawn is not None:
            return render(request, "enrollments/course_gone.html", {"course": withdrawn})
        version = get_object_or_404(CourseVersion.objects.in_force(), course__code=code.upper())
    aside = None
    if request.user.is_authenticated and enrollment is None:
        aside = set_aside(request.user, version.course)
        form = form or EnrollForm(user=request.user, on=timezone.localdate())
    content = document(version.pk)
    context = {
        "version": version,
        "document": content,
        "enrollment": enrollment,
        "has_proof": enrollment is not None and has_proof(enrollment),
        "thread": thread(content, enrollment),
        "held": held,
        "aside": aside,
        "form": form,
        "contact": parseaddr(settings.REPLY_TO_EMAIL)[1],
        "meetings": _meetings(request.user, version, content),
        "news": news_of(enrollment) if enrollment else None,
        "withdrawn": _withdrawn(version.course_id) if enrollment else None,
    }
    return render(request, "enrollments/course.html", context)


def _withdrawn(course_id: int) -> Course | None:
    """Most courses are still offered: a cheap question in place of a dear one."""
    offered_no_more = Course.objects.filter(pk=course_id, withdrawn_at__isnull=False)
    return Course.objects.withdrawn().get(pk=course_id) if offered_no_more.exists() else None


def _meetings(
    user: User | AnonymousUser, version: CourseVersion, content: CourseDoc
) -> list[Meeting]:
    """Dates are for people who can take a seat, in courses that meet: sessions need a station."""
    if not user.is_authenticated or not any(
        each["kind"] == "meeting" for each in stations(content)
    ):
        return []
    return coming(version.course_id, user, now=timezone.now())


@require_POST
def enroll(request: SignedInRequest, code: str) -> HttpResponse:
    """Join the course, or take it up again where it was left."""
    found = get_object_or_404(Course.objects.published(), code=code.upper())
    form = EnrollForm(request.POST, user=request.user, on=timezone.localdate())
    if not form.is_valid():
        return _course_page(request, code, form)
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


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, code: str) -> HttpResponse:
    """Say what setting the course aside does, then do it."""
    mine = Enrollment.objects.visible_to(request.user).live().with_facts()
    enrollment = get_object_or_404(mine, course__code=code.upper())
    now = timezone.now()
    if request.method == "POST":
        try:
            actions.withdraw(enrollment_id=enrollment.pk, at=now)
        except ActionError as error:
            messages.error(request, str(error))
            return redirect("enrollments:course", code)
        messages.success(
            request,
            _("« %s » est mis de côté. Quand vous voulez, la suite vous attend plus bas.")
            % enrollment.version.front["title"],
        )
        return redirect("enrollments:index")
    context = {"enrollment": enrollment, "seats": seats_to_come(enrollment, at=now)}
    return render(request, "enrollments/leave.html", context)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    mine = shelf(request.user)
    with_courses(mine.aside)
    return render(request, "enrollments/index.html", {"shelf": mine})


@require_safe
def booklet(request: SignedInRequest, code: str, kind: str) -> HttpResponse:
    """The course on paper or as a book: the version followed, else the one in force.

    A parcours in a compulsory order keeps for later, here too, what it keeps on the screen.
    """
    enrollment, in_order = followed_in_order(request.user, code)
    every = CourseVersion.objects.select_related("course")
    in_force = CourseVersion.objects.in_force().filter(course__code=code.upper())
    version = get_object_or_404(every.filter(pk=enrollment.version_id) if enrollment else in_force)
    if enrollment is None and (before := held_back(request.user, version.course)):
        said = _("Votre parcours suit un ordre : ce cours s’ouvre après l’%s.")
        messages.info(request, said % before)
        return redirect("enrollments:course", code)
    closed = closed_stations(request.user, enrollment) if enrollment and in_order else set()
    content = take_booklet(version=version, kind=kind, without=closed)
    response = HttpResponse(content, content_type=BOOKLETS[kind])
    response["Content-Disposition"] = f'attachment; filename="{code.lower()}.{kind}"'
    return response
