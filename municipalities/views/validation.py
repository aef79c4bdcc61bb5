"""« Demandes de responsabilité »: where nobody there can say yes, ATN or UMQ does."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import claim_undo, claims
from municipalities.forms.claims import AnswerForm, UndoForm
from municipalities.models import CLAIM_UNDO, Claim
from municipalities.permissions import can_validate_claims
from municipalities.queries.claims import accepted_lately, to_validate, undoing_of

A_PAGE = 50


@requires(can_validate_claims)
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    """The longest wait first."""
    rows = to_validate(by=request.user, on=timezone.localdate())
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    lately = accepted_lately(by=request.user, at=timezone.now())[:A_PAGE]
    _watch(request, [*page, *lately])
    context = {"page": page, "lately": lately, "days": CLAIM_UNDO.days}
    return render(request, "municipalities/claims/waiting.html", context)


@requires(can_validate_claims)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request, what to check, and the yes or the no."""
    found = get_object_or_404(to_validate(by=request.user, on=timezone.localdate()), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            said = _decide(found, form, by=request.user)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("municipalities:validation")
    _watch(request, [found])
    context = {"claim": found, "place": found.organisation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/validate.html", context, status=status)


@requires(can_validate_claims)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirmed on a page of its own, which says what was done with the yes, and who is told."""
    now = timezone.now()
    found = get_object_or_404(accepted_lately(by=request.user, at=now), pk=pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            claim_undo.take_back(
                claim_id=pk, reason=form.cleaned_data["reason"], by=request.user, at=now
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("C’est retiré : les personnes en sont avisées."))
            return redirect("municipalities:validation")
    effect = undoing_of(found, at=now)
    _watch(request, [found])
    context = {"claim": found, "place": found.organisation, "form": form, "effect": effect}
    status = 422 if form.errors else 200
    return render(request, "municipalities/claims/undo.html", context, status=status)


def _decide(found: Claim, form: AnswerForm, *, by: User) -> str:
    now = timezone.now()
    if form.says_yes:
        claims.grant(claim_id=found.pk, by=by, at=now)
        return _("C’est accepté : %s en est avisé par courriel.") % found.email
    claims.refuse(claim_id=found.pk, reason=form.cleaned_data["reason"], by=by, at=now)
    return _("La demande %s est refusée.") % wording.of(found.full_name)


def _watch(request: SignedInRequest, shown: list[Claim]) -> None:
    people = User.objects.opened_by(each.email for each in shown).values()
    opened(
        at=timezone.now(), reader=request.user, screen=Screen.CLAIMS,
        people=[each.pk for each in people],
    )  # fmt: skip
