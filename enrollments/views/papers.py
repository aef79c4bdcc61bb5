"""Answer sheets: a responsable enters what somebody wrote on paper; either of them undoes it."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from courses import paper
from enrollments.actions import papers as actions
from enrollments.forms.papers import FindSheetForm, SheetForm
from enrollments.models import PaperSheet
from enrollments.queries import papers as queries
from enrollments.views.team import organisation_at
from municipalities.models import Organisation

READ = ["GET", "HEAD", "POST"]
SHOWN = 20


@require_http_methods(READ)
def papers(request: SignedInRequest, handle: str) -> HttpResponse:
    """Which sheet, and whose; then those entered lately. No answer and no score is shown."""
    organisation = organisation_at(request, handle)
    today = timezone.localdate()
    people = queries.under_way(organisation, on=today)
    followed = queries.followed_there(organisation, on=today)
    data = request.POST if request.method == "POST" else None
    form = FindSheetForm(data, people=people, followed=followed)
    if form.is_valid():
        code = form.cleaned_data["code"]
        return redirect("enrollments:paper", handle, form.enrollment.uuid, code)
    sheets = list(queries.entered(organisation, on=today)[:SHOWN])
    shown = [*(each.pk for each in people), *(each.enrollment.learner_id for each in sheets)]
    _watch(request, organisation, shown)
    context = {"organisation": organisation, "form": form, "people": people, "sheets": sheets}
    status = 422 if form.errors else 200
    return render(request, "enrollments/papers/index.html", context, status=status)


@require_http_methods(READ)
def enter(request: SignedInRequest, handle: str, uuid: UUID, sheet: str) -> HttpResponse:
    """One line a question; then what was understood, in words; then it is entered."""
    organisation = organisation_at(request, handle)
    today = timezone.localdate()
    followed = queries.followed_there(organisation, on=today)
    enrollment = get_object_or_404(followed.select_related("version__course"), uuid=uuid)
    version = queries.version_of(sheet)
    if version is None or version.course_id != enrollment.course_id:
        raise Http404
    parts = queries.parts(version, enrollment.version)
    form = SheetForm(request.POST if request.method == "POST" else None, parts=parts, on=today)
    is_known = False
    if "again" in request.POST:
        form = SheetForm(initial=form.as_typed(), parts=parts, on=today)
    elif form.is_valid() and "confirm" in request.POST:
        try:
            actions.enter_sheet(
                enrollment_id=enrollment.pk,
                sheet=form.filled(version),
                by=request.user,
                at=timezone.now(),
            )
        except actions.SheetKnown as error:
            messages.error(request, str(error))
            # What was typed stays, in a form of its own.
            typed = form.as_typed() | {"sheet": str(uuid4())}
            form, is_known = SheetForm(initial=typed, parts=parts, on=today), True
        except ActionError as error:
            messages.error(request, str(error))
            return redirect("enrollments:papers", handle)
        else:
            messages.success(request, _("La feuille est inscrite. Vous pouvez la lui rendre."))
            return redirect("enrollments:papers", handle)
    _watch(request, organisation, [enrollment.learner_id])
    context = {
        "organisation": organisation,
        "enrollment": enrollment,
        "code": paper.code_of(version),
        "changed": [part.stop for part in parts if part.changed],
        "earlier": enrollment.sheets.filter(undone_at__isnull=True)
        .order_by("-entered_at")
        .first(),
        "form": form,
        "is_read": form.is_bound and form.is_valid(),
    }
    status = 422 if form.errors or is_known else 200
    return render(request, "enrollments/papers/enter.html", context, status=status)


@require_http_methods(READ)
def undo(request: SignedInRequest, handle: str, uuid: UUID) -> HttpResponse:
    """Have a sheet count no more, once the question is answered."""
    organisation = organisation_at(request, handle)
    sheets = queries.entered(organisation, on=timezone.localdate())
    sheet = get_object_or_404(sheets, uuid=uuid)
    _watch(request, organisation, [sheet.enrollment.learner_id])
    return _undo(request, sheet, organisation)


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """Sheets that somebody entered in one's name."""
    sheets = queries.with_names(PaperSheet.objects.visible_to(request.user))
    context = {"sheets": sheets.order_by("-entered_at", "-pk")}
    return render(request, "enrollments/papers/mine.html", context)


@require_http_methods(READ)
def undo_mine(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The same, by the person whose answers they are."""
    sheets = queries.with_names(PaperSheet.objects.visible_to(request.user))
    return _undo(request, get_object_or_404(sheets, uuid=uuid), None)


def _undo(
    request: SignedInRequest, sheet: PaperSheet, organisation: Organisation | None
) -> HttpResponse:
    if request.method != "POST":
        context = {"sheet": sheet, "organisation": organisation}
        return render(request, "enrollments/papers/undo.html", context)
    try:
        actions.undo_sheet(sheet_id=sheet.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La saisie est annulée : elle ne compte plus."))
    if organisation is None:
        return redirect("enrollments:my-papers")
    return redirect("enrollments:papers", organisation.handle)


def _watch(request: SignedInRequest, organisation: Organisation, people: Iterable[int]) -> None:
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.PAPERS,
        people=people,
        place=organisation,
    )
