"""A person's own requests: to correct, to erase, and what became of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from atn_platform.rights import actions, queries
from atn_platform.rights.enums import Kind, State
from atn_platform.rights.forms import ErasureForm, RectificationForm
from atn_platform.rights.models import COOLING, RightsRequest


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What the person asked for, where it stands, and what else may be asked."""
    asked = RightsRequest.objects.visible_to(request.user).select_related("mandate__organisation")
    rows = list(asked.order_by("-asked_at", "-pk"))
    waiting = (each for each in rows if each.kind == Kind.ERASURE and each.state == State.WAITING)
    context = {"asked": rows, "erasure": next(waiting, None)}
    return render(request, "rights/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rectification(request: SignedInRequest) -> HttpResponse:
    """Ask ATN to correct what the person cannot: a function, a municipality."""
    today = timezone.localdate()
    form = RectificationForm(
        request.POST if request.method == "POST" else None, user=request.user, on=today
    )
    if form.is_valid():
        actions.ask_rectification(
            user=request.user, on=today, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Votre demande est reçue : une personne va la lire."))
        return redirect("rights:mine")
    status = 422 if form.errors else 200
    return render(request, "rights/rectification.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: SignedInRequest) -> HttpResponse:
    """Say what would go, what would stay and why; then ask. Once asked, say where it stands."""
    waiting = RightsRequest.objects.visible_to(request.user).erasure_waiting()
    if waiting is not None:
        messages.info(request, _("Vous avez déjà demandé l’effacement : voyez où il en est."))
        return redirect(f"{reverse('rights:mine')}#demande-{waiting.pk}")
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.ask_erasure(user=request.user, on=timezone.localdate(), at=timezone.now())
        messages.success(request, _("Votre demande d’effacement est reçue."))
        return redirect("rights:mine")
    context = {"form": form, "effect": queries.effect_on(request.user), "days": COOLING.days}
    status = 422 if form.errors else 200
    return render(request, "rights/erasure.html", context, status=status)


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one's own request back, while nobody has answered."""
    asked = get_object_or_404(RightsRequest.objects.visible_to(request.user).waiting(), pk=pk)
    try:
        actions.cancel(request_id=asked.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Votre demande est annulée. Rien n’a changé."))
    return redirect("rights:mine")
