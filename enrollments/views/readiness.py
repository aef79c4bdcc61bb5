"""« L’état de préparation de ma municipalité », for its council and whoever answers for it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from atn_platform.accounts.http import SignedInRequest
from enrollments import headlines, pdf
from enrollments.permissions import towns_of
from enrollments.queries.readiness import Readiness
from enrollments.queries.readiness import readiness as readiness_of

TOWNS_SHOWN = 100


@require_safe
def towns(request: SignedInRequest) -> HttpResponse:
    """The only municipality of this person, or the choice between theirs."""
    mine = towns_of(request.user, on=timezone.localdate()).order_by("sort_key")
    found = list(mine[:TOWNS_SHOWN])
    if len(found) == 1:
        return redirect("enrollments:readiness", found[0].handle)
    return render(request, "enrollments/towns.html", {"organisations": found})


@require_safe
def readiness(request: SignedInRequest, handle: str) -> HttpResponse:
    """Where the council and the team stand; no result of anybody."""
    state = _state(request, handle)
    context = {"state": state, **headlines.of(state)}
    return render(request, "enrollments/readiness.html", context)


@require_safe
def summary(request: SignedInRequest, handle: str) -> HttpResponse:
    """The same as one page to print for the council meeting."""
    state = _state(request, handle)
    content = pdf.readiness(state, headlines.of(state))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="preparation-{handle}.pdf"'
    return response


def _state(request: SignedInRequest, handle: str) -> Readiness:
    today = timezone.localdate()
    mine = towns_of(request.user, on=today)
    return readiness_of(get_object_or_404(mine.at_handle(handle)), on=today)
