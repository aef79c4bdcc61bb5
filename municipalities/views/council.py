"""The council on one page."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from municipalities.actions import council as actions
from municipalities.enums import Public
from municipalities.forms.council import CouncilForm, names_without_address
from municipalities.models import INVITATION_LIFE, Mandate, Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import council as queries
from municipalities.queries.elections import usual_end
from municipalities.views.telling import tell_late


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: SignedInRequest, handle: str) -> HttpResponse:
    """Every seat, held or free; those typed are asked in at once."""
    organisation = municipality(request, handle)
    today = timezone.localdate()
    seats = queries.council(organisation, on=today)
    form = CouncilForm(
        request.POST if request.method == "POST" else None,
        seats=seats,
        taken=queries.taken_addresses(organisation, on=today),
        namesakes=queries.namesakes(
            organisation, on=today, keys=names_without_address(request.POST)
        ),
    )
    if form.is_valid():
        try:
            done = actions.seat(
                organisation=organisation,
                guests=form.guests(),
                by=request.user,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            if done.invited:
                late = tell_late(request, [each.email for each in done.invited])
                sent = len(done.invited) - late
                messages.success(request, _("Invitations envoyées : %s.") % sent)
            if done.opened:
                named = ", ".join(str(mandate.user) for mandate in done.opened)
                messages.success(request, _("Au conseil dès maintenant : %s.") % named)
            return redirect("municipalities:council", handle)
    context = {
        "organisation": organisation,
        "form": form,
        "lines": form.lines(),
        "free": len(form.numbers),
        "days": INVITATION_LIFE.days,
        "renewal": queries.last_renewal(organisation, at=timezone.now()),
        "ends_on": usual_end(organisation, Public.ELECTED, today),
    }
    watch_council(request, organisation, (seat.mandate for seat in seats))
    status = 422 if form.errors else 200
    return render(request, "municipalities/council/grid.html", context, status=status)


def watch_council(
    request: SignedInRequest, organisation: Organisation, shown: Iterable[Mandate | None]
) -> None:
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.COUNCIL,
        people=[mandate.user_id for mandate in shown if mandate is not None],
        place=organisation,
    )


def municipality(request: SignedInRequest, handle: str) -> Organisation:
    """The municipality of that address whose people this person looks after; else 404."""
    mine = organisations_of(request.user, on=timezone.localdate()).municipalities()
    return get_object_or_404(mine.at_handle(handle))
