"""« Êtes-vous toujours cette personne? », after a departure."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.actions import confirm_address
from atn_platform.accounts.http import WHOSE, SignedInRequest
from municipalities.actions.departures import give_address_up


@require_http_methods(["GET", "HEAD", "POST"])
def still_mine(request: SignedInRequest) -> HttpResponse:
    """Shown before anything else of the account: its name, and two answers."""
    if not request.session.get(WHOSE):
        return redirect("portal:home")
    if request.method != "POST":
        return render(request, "municipalities/still_mine.html")
    now = timezone.now()
    if "yes" in request.POST:
        confirm_address(user=request.user, on=timezone.localdate(), at=now)
        request.session[WHOSE] = False
        return redirect("portal:home")
    give_address_up(user=request.user, at=now)
    logout(request)
    messages.info(
        request,
        _("Cette adresse n’ouvre plus le compte d’avant. Demandez une invitation à la personne "
          "responsable chez vous : vous aurez le vôtre."),
    )  # fmt: skip
    return redirect("account_request_login_code")
