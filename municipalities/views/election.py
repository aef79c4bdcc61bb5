"""The night of an election, or later: the council renewed in one page."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from municipalities.actions import council as actions
from municipalities.forms.council import names_without_address
from municipalities.forms.election import DayForm, RenewalForm
from municipalities.models import RENEWAL_UNDO, CouncilRenewal
from municipalities.permissions import organisations_of
from municipalities.queries import council as queries
from municipalities.queries.elections import last_general_election
from municipalities.views.council import municipality, watch_council
from municipalities.views.telling import tell_late

COUNCIL = "municipalities:council"


@require_http_methods(["GET", "HEAD", "POST"])
def election(request: SignedInRequest, handle: str) -> HttpResponse:
    """Who was returned, who goes, who comes; then a summary; then one act."""
    organisation = municipality(request, handle)
    today = timezone.localdate()
    asked = {"jour": last_general_election(today).isoformat(), **request.GET.dict()}
    day_form = DayForm(asked, today=today)
    is_day = day_form.is_valid()
    elected_on = day_form.cleaned_data["jour"] if is_day else last_general_election(today)
    form = RenewalForm(
        request.POST if request.method == "POST" and is_day else None,
        outgoing=queries.outgoing(organisation, elected_on=elected_on),
        seats=queries.council_since(organisation, elected_on=elected_on),
        taken=queries.taken_addresses(organisation, on=today),
        namesakes=queries.namesakes(
            organisation, on=today, keys=names_without_address(request.POST)
        ),
        is_general=elected_on == last_general_election(elected_on),
        initial={"uuid": uuid4()},
    )
    sitting = [*form.outgoing, *(seat.mandate for seat in form.seats)]
    watch_council(request, organisation, sitting)
    context = {
        "organisation": organisation,
        "day_form": day_form,
        "elected_on": elected_on,
        "form": form,
        "sitting": form.sitting(),
        "lines": form.lines(),
    }
    if "corriger" in request.POST or not form.is_valid():
        status = 422 if form.errors or not is_day else 200
        return render(request, "municipalities/election/form.html", context, status=status)
    if "confirmer" in request.POST:
        try:
            renewal = actions.renew(
                organisation=organisation,
                election=form.election(elected_on),
                by=request.user,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
            return render(request, "municipalities/election/form.html", context, status=422)
        words = _("Le conseil est renouvelé. Invitations envoyées : %s.")
        invited = [each.email for each in renewal.invited.all()]
        late = tell_late(request, invited)
        messages.success(request, words % (len(invited) - late))
        return redirect(COUNCIL, handle)
    context |= {"summary": form.summary(), "undo_days": RENEWAL_UNDO.days}
    return render(request, "municipalities/election/summary.html", context)


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = organisations_of(request.user, on=timezone.localdate())
    rows = CouncilRenewal.objects.filter(organisation__in=mine).select_related("organisation")
    renewal = get_object_or_404(rows, pk=pk)
    try:
        actions.undo_renewal(renewal_id=renewal.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Le renouvellement est annulé : tout est comme avant."))
    return redirect(COUNCIL, renewal.organisation.handle)
