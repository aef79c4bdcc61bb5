"""Claiming an organisation: find it, prove it by the code of its official letter box, or ask."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.decorators import limited
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from municipalities.actions import claims
from municipalities.actions.invitations import SignInNeeded
from municipalities.forms.claims import ClaimForm, CodeForm
from municipalities.models import CLAIM_LIFE, Claim, Organisation

FOUND = 20
SHORTEST = 2


@login_not_required
@require_safe
@limited("invitation")
def search(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:100]
    places = Organisation.objects.none()
    if len(typed) >= SHORTEST:
        places = Organisation.objects.active().matching(typed).select_related("mrc", "region")
    found = list(places.order_by("sort_key")[:FOUND])
    context = {"typed": typed, "places": found, "is_full": len(found) == FOUND}
    return render(request, "municipalities/claims/search.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation")
def claim(request: HttpRequest, handle: str) -> HttpResponse:
    active = Organisation.objects.active().select_related("mrc", "region")
    place = get_object_or_404(active.at_handle(handle))
    is_claimed = claims.is_claimed(place, on=timezone.localdate())
    by_code = bool(place.official_email) and not is_claimed and "demande" not in request.GET
    data = request.POST if request.method == "POST" else None
    form = ClaimForm(data, by_code=by_code, initial=_who(request))
    if form.is_valid():
        ask = claims.ask_code if by_code else claims.ask_people
        try:
            made = ask(organisation=place, claimant=form.claimant(), at=timezone.now())
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("municipalities:claim-answer", made.uuid)
    context = {
        "form": form,
        "place": place,
        "by_code": by_code,
        "is_claimed": is_claimed,
        "masked": masked(place.official_email),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/claim.html", context, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation")
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the code is entered. Reading it changes nothing: scanners follow links."""
    found = get_object_or_404(Claim.objects.select_related("organisation"), uuid=uuid)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if found.code_hash and form.is_valid():
        try:
            user = claims.answer_code(
                claim_id=found.pk,
                code=form.cleaned_data["code"],
                signed_in=_signed_in(request),
                at=timezone.now(),
            )
        except SignInNeeded as error:
            messages.info(request, str(error))
            here = reverse("municipalities:claim-answer", args=[uuid])
            return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': here})}")
        except ActionError as error:
            form.add_error("code", str(error))
        else:
            return _welcome(request, found, user)
    found.refresh_from_db(fields=["tries"])
    context = {
        "claim": found,
        "form": form,
        "is_open": found.is_open(timezone.now()),
        "masked": masked(found.sent_to),
        "days": CLAIM_LIFE.days,
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/answer.html", context, status=status)


def masked(address: str) -> str:
    """Enough of an address to know it is ours, too little to learn it: d•@abercorn.ca."""
    local, at, domain = address.partition("@")
    return f"{local[:1]}•••{at}{domain}" if address else ""


def _welcome(request: HttpRequest, found: Claim, user: User) -> HttpResponse:
    if _signed_in(request) is None:
        login(request, user)
    messages.success(
        request, _("L’espace de %s est à vous. Commencez par vos gens.") % found.organisation
    )
    return redirect("enrollments:team", found.organisation.handle)


def _who(request: HttpRequest) -> dict[str, str]:
    user = _signed_in(request)
    if user is None:
        return {}
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email or "",
    }


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
