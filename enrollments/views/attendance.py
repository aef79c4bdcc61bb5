"""The sheet of a session, on the phone of whoever gives it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from courses.models import CourseSession
from enrollments import actions
from enrollments.enums import Attendance
from enrollments.forms import DoorForm
from enrollments.queries import sessions as queries


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """One form for the whole sheet: a slow line sends it once."""
    found = _given(request, uuid)
    if request.method != "POST":
        return _sheet(request, found, DoorForm(session=found))
    marks = {}
    for registration in queries.roll(found):
        mark = request.POST.get(f"p-{registration.pk}", "")
        if not mark and "everyone" in request.POST:
            mark = Attendance.PRESENT
        if mark in Attendance.values:
            marks[registration.pk] = Attendance(mark)
    try:
        changed = actions.take_attendance(
            session_id=found.pk, marks=marks, by=request.user, at=timezone.now()
        )
    except ActionError as error:
        messages.error(request, str(error))
    else:
        _tell(request, changed)
    return redirect("enrollments:attendance", uuid)


@require_POST
def at_the_door(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Add to the sheet someone who came without a reservation."""
    found = _given(request, uuid)
    form = DoorForm(request.POST, session=found)
    if not form.is_valid():
        return _sheet(request, found, form)
    try:
        added = actions.add_at_the_door(
            session_id=found.pk,
            learner=form.cleaned_data["email"],
            seat=form.cleaned_data["seat"],
            at=timezone.now(),
        )
    except ActionError as error:
        form.add_error(None, str(error))
        return _sheet(request, found, form)
    messages.success(request, _("%s est sur la feuille.") % added.learner)
    return redirect("enrollments:attendance", uuid)


def _tell(request: SignedInRequest, changed: int) -> None:
    if not changed:
        messages.info(request, _("Rien n’a changé : la feuille était déjà ainsi."))
        return
    message = ngettext("%d présence enregistrée.", "%d présences enregistrées.", changed)
    messages.success(request, message % changed)


def _given(request: SignedInRequest, uuid: UUID) -> CourseSession:
    given = CourseSession.objects.given_by(request.user).select_related("course", "lesson")
    return get_object_or_404(given, uuid=uuid)


def _sheet(request: SignedInRequest, found: CourseSession, form: DoorForm) -> HttpResponse:
    roll = queries.roll(found)
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.ATTENDANCE,
        people=[each.learner_id for each in roll],
        place=found.title,
    )
    context = {
        "meeting": queries.meetings([found], request.user, now=timezone.now())[0],
        "roll": roll,
        "present": sum(each.is_present for each in roll),
        "unknown": sum(each.attendance == Attendance.UNKNOWN for each in roll),
        "form": form,
    }
    return render(request, "enrollments/attendance.html", context)
