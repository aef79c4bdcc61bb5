"""Who answers for an organisation: those who do, those who ask, and delegates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import claims, mandates
from municipalities.forms.claims import ReasonForm, ResponsibleForm
from municipalities.models import Claim, Organisation, Responsibility
from municipalities.permissions import organisations_of
from municipalities.views.telling import tell_late

PAGE = "municipalities:responsables"


@require_http_methods(["GET", "HEAD", "POST"])
def responsables(request: SignedInRequest, handle: str) -> HttpResponse:
    place = _place(request, handle)
    form = ResponsibleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        guest = form.guest()
        try:
            at_once = claims.add_responsible(
                organisation=place, guest=guest, by=request.user, at=timezone.now()
            )
        except ActionError as error:
            form.add_error("until" if guest.until else None, str(error))
        else:
            said = _("%s répond maintenant de la formation avec vous.")
            later = _("Une lettre part vers %s : la responsabilité commence quand elle dit oui.")
            if at_once or not tell_late(request, [guest.email]):
                messages.success(request, (said if at_once else later) % guest.email)
            return redirect(PAGE, handle)
    held = claims.responsables(place, on=timezone.localdate())
    _watch(request, place, held)
    context = {
        "organisation": place,
        "form": form,
        "held": held,
        "asked": place.invitations.pending().filter(as_responsible=True),
        "claims": place.claims.waiting().order_by("asked_at"),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/responsables.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirmed on a page of its own, which says who would remain."""
    today = timezone.localdate()
    mine = organisations_of(request.user, on=today)
    in_force = Responsibility.objects.in_force(on=today).filter(organisation__in=mine)
    found = get_object_or_404(in_force.select_related("user", "organisation"), pk=pk)
    place = found.organisation
    if request.method == "POST":
        try:
            mandates.end_responsibility(
                responsibility_id=pk, on=today, by=request.user, at=timezone.now()
            )
        except ActionError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("%s ne répondra plus de la formation dès demain.") % found.user
            )
        return redirect(PAGE, place.handle)
    others = [each for each in claims.responsables(place, on=today) if each.pk != pk]
    _watch(request, place, [found, *others])
    context = {"organisation": place, "responsibility": found, "others": others}
    return render(request, "municipalities/claims/end.html", context)


@require_POST
def grant(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _claim(request, pk)
    try:
        claims.grant(claim_id=pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("C’est accepté : %s en est avisé par courriel.") % found.email)
    return redirect(PAGE, found.organisation.handle)


@require_POST
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _claim(request, pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        claims.refuse(claim_id=pk, reason=reason, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La demande %s est refusée.") % wording.of(found.full_name))
    return redirect(PAGE, found.organisation.handle)


def _watch(request: SignedInRequest, place: Organisation, shown: list[Responsibility]) -> None:
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.RESPONSABLES,
        people=[each.user_id for each in shown],
        place=place,
    )


def _place(request: SignedInRequest, handle: str) -> Organisation:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(mine.at_handle(handle))


def _claim(request: SignedInRequest, pk: int) -> Claim:
    mine = organisations_of(request.user, on=timezone.localdate())
    found = Claim.objects.filter(organisation__in=mine, code_hash="")
    return get_object_or_404(found.select_related("organisation"), pk=pk)
