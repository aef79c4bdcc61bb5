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
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import claims
from municipalities.actions.claims import Claimant
from municipalities.actions.invitations import SignInNeeded
from municipalities.forms.claims import ClaimForm, CodesForm
from municipalities.models import CLAIM_LIFE, Claim, Organisation

# In the session: the claim whose claimant's address was proved in this browser.
PROVED_HERE = "claim_proved_here"
FOUND = 20
SHORTEST = 2
CODE = 20


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
    user = _signed_in(request)
    if user is not None and not user.email:
        messages.info(request, _("Il faut une adresse courriel à vous : ajoutez-la d’abord ici."))
        return redirect("account_email")
    data = request.POST if request.method == "POST" else None
    form = ClaimForm(data, by_code=by_code, user=user)
    if form.is_valid():
        try:
            made = _ask(place, form.claimant(), user, by_code=by_code)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("municipalities:claim-answer", made.uuid)
    context = {
        "form": form,
        "place": place,
        "by_code": by_code,
        "is_claimed": is_claimed,
        "masked": claims.masked(place.official_email),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/claim.html", context, status=status)


def _ask(place: Organisation, claimant: Claimant, user: User | None, *, by_code: bool) -> Claim:
    at = timezone.now()
    if by_code:
        return claims.ask_code(organisation=place, claimant=claimant, signed_in=user, at=at)
    return claims.ask_people(organisation=place, claimant=claimant, at=at)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation")
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where codes are entered. Reading it changes nothing: scanners follow links."""
    found = get_object_or_404(Claim.objects.select_related("organisation"), uuid=uuid)
    form = _codes_form(request, found)
    if found.code_hash and form.is_valid():
        response = _answer(request, found, form)
        if response is not None:
            return response
    found.refresh_from_db(fields=["tries", "proved_at"])
    if found.proved_at is not None:
        form.fields.pop("own", None)
    context = {
        "claim": found,
        "form": form,
        "is_open": found.is_open(timezone.now()),
        "masked": claims.masked(found.sent_to),
        "days": CLAIM_LIFE.days,
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/answer.html", context, status=status)


def _codes_form(request: HttpRequest, found: Claim) -> CodesForm:
    """Without the field of what is proved already; the link of a letter fills in its own code."""
    proved = found.proved_at is not None or found.in_one_box
    asks_own = not proved and not claims.is_claimant(found, _signed_in(request))
    return CodesForm(
        request.POST if request.method == "POST" else None,
        own=found.email if asks_own else "",
        official=claims.masked(found.sent_to),
        initial={"own": request.GET.get("code", "")[:CODE]},
    )


def _answer(request: HttpRequest, found: Claim, form: CodesForm) -> HttpResponse | None:
    """What the codes open; None when the page says what is wrong."""
    own, code = form.cleaned_data.get("own", ""), form.cleaned_data["code"]
    field, now = "own", timezone.now()
    try:
        if own:
            claims.prove_address(claim_id=found.pk, code=own, at=now)
            request.session[PROVED_HERE] = str(found.uuid)
        if not code:
            messages.success(request, _("Votre adresse est prouvée. Il reste l’autre code."))
            return redirect("municipalities:claim-answer", found.uuid)
        field = "code"
        user = claims.answer_code(
            claim_id=found.pk, code=code, signed_in=_signed_in(request), at=now
        )
    except claims.AddressUnproved as error:
        form.add_error("own", str(error))
    except SignInNeeded as error:
        messages.info(request, str(error))
        return redirect(_doorway(reverse("municipalities:claim-answer", args=[found.uuid])))
    except ActionError as error:
        form.add_error(field, str(error))
    else:
        return _welcome(request, found, user)
    return None


def _welcome(request: HttpRequest, found: Claim, user: User) -> HttpResponse:
    """Into the space, for whoever proved the address here; elsewhere the codes open no session."""
    team = reverse("enrollments:team", args=[found.organisation.handle])
    proved_here = request.session.pop(PROVED_HERE, "") == str(found.uuid) or found.in_one_box
    if _signed_in(request) is None and not proved_here:
        messages.success(
            request,
            _("L’espace %(of_place)s est ouvert. Connectez-vous avec l’adresse %(email)s.")
            % {"of_place": wording.of(found.organisation), "email": found.email},
        )
        return redirect(_doorway(team))
    if _signed_in(request) is None:
        login(request, user)
    messages.success(
        request,
        _("L’espace %s est à vous. Commencez par vos gens.") % wording.of(found.organisation),
    )
    return redirect(team)


def _doorway(onward: str) -> str:
    return f"{reverse('account_request_login_code')}?{urlencode({'next': onward})}"


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
