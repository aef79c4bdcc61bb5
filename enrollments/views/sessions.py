"""« Rencontres »: the list, one session, one's seat, and its calendar file."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses.models import Course, CourseSession
from enrollments import actions, calendars
from enrollments.actions import Wish
from enrollments.forms import SeatForm
from enrollments.models import Enrollment, Registration
from enrollments.queries import sessions as queries

SHOWN = 60
PAST_SHOWN = 10


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """One's own seats first, then what is offered; `?cours=cyb-210` keeps one course."""
    now = timezone.now()
    rows = queries.visible_to(request.user).order_by("starts_at", "pk")
    code = request.GET.get("cours", "").upper()
    course = Course.objects.published().filter(code=code).first() if code else None
    seats = Registration.objects.visible_to(request.user).held()
    mine = queries.held_by(request.user, now=now)
    held = [each.session.pk for each in mine]
    offered = rows.offered(at=now).exclude(pk__in=held)
    if course is not None:
        offered = offered.filter(course=course)
    past = rows.filter(ends_at__lte=now, registrations__in=seats).order_by("-starts_at")
    context = {
        "mine": mine,
        "offered": queries.meetings(offered[:SHOWN], request.user, now=now),
        "past": past[:PAST_SHOWN],
        "given": rows.filter(instructor=request.user, ends_at__gt=now)[:SHOWN],
        "waiting": queries.still_to_take(request.user, now=now),
        "course": course,
    }
    return render(request, "enrollments/sessions.html", context)


@require_safe
def session(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    return _page(request, _found(request, uuid))


@require_POST
def register(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    found = _found(request, uuid)
    form = _form(request, found)
    if not form.is_valid():
        return _page(request, found, form)
    wish = Wish(
        seat=form.cleaned_data["seat"],
        accessibility_needs=form.cleaned_data["accessibility_needs"],
        mandate=form.cleaned_data.get("mandate") or None,
    )
    try:
        actions.register(session_id=found.pk, learner=request.user, wish=wish, at=timezone.now())
    except ActionError as error:
        form.add_error(None, str(error))
        return _page(request, found, form)
    messages.success(request, _("Votre place est réservée. La confirmation part par courriel."))
    return redirect("enrollments:session", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """A question first: someone else may take the place at once."""
    registration = _registration(request, uuid)
    if request.method != "POST":
        context = {"meeting": _meeting(request, registration.session)}
        return render(request, "enrollments/session_cancel.html", context)
    try:
        actions.cancel(registration_id=registration.pk, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("Votre place est libérée. Vous pouvez la reprendre tant qu’il en reste.")
        )
    return redirect("enrollments:session", uuid)


@require_safe
def calendar(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The seat as a file for any calendar program."""
    registration = _registration(request, uuid)
    return HttpResponse(
        calendars.published(registration),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rencontre.ics"'},
    )


def _found(request: SignedInRequest, uuid: UUID) -> CourseSession:
    return get_object_or_404(queries.visible_to(request.user), uuid=uuid)


def _registration(request: SignedInRequest, uuid: UUID) -> Registration:
    mine = Registration.objects.visible_to(request.user).held()
    return get_object_or_404(mine.select_related("session__course", "learner"), session__uuid=uuid)


def _meeting(request: SignedInRequest, found: CourseSession) -> queries.Meeting:
    return queries.meetings([found], request.user, now=timezone.now())[0]


def _form(request: SignedInRequest, found: CourseSession) -> SeatForm:
    follows = Enrollment.objects.visible_to(request.user).live().filter(course=found.course)
    return SeatForm(
        request.POST if request.method == "POST" else None,
        meeting=_meeting(request, found),
        user=None if follows.exists() else request.user,
        on=timezone.localdate(),
    )


def _page(
    request: SignedInRequest, found: CourseSession, form: SeatForm | None = None
) -> HttpResponse:
    form = form or _form(request, found)
    context = {
        "meeting": form.meeting,
        "form": form,
        "takes_attendance": CourseSession.objects.given_by(request.user)
        .filter(pk=found.pk)
        .exists(),
    }
    return render(request, "enrollments/session.html", context)
