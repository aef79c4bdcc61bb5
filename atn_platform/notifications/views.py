"""Why a message came, and how to stop it: by a signed link, without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.notifications import actions
from atn_platform.notifications.enums import REFUSABLE
from atn_platform.notifications.forms import PreferencesForm
from atn_platform.notifications.models import OptOut, OutgoingEmail
from atn_platform.notifications.permissions import (
    StopRight,
    read_stop_token,
    read_why_token,
    stop_token,
)


@require_safe
@login_not_required
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Say why a message was sent. Its text is not shown: links get forwarded."""
    email = get_object_or_404(OutgoingEmail, key=read_why_token(token))
    stop = ""
    if email.category in REFUSABLE and email.recipient_id is not None:
        stop = stop_token(email.recipient_id, email.category)
    return render(request, "notifications/why.html", {"email": email, "stop": stop})


@csrf_exempt  # mail software posts by itself, without cookie (RFC 8058); the token is the right
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Reading changes nothing, for scanners follow links; posting stops, however often."""
    right = _right(token)
    if request.method == "POST":
        actions.opt_out(user_id=right.user_id, category=right.category, at=timezone.now())
    return _answer(request, right)


@csrf_exempt
@require_POST
@login_not_required
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Undo: receive these messages again."""
    right = _right(token)
    actions.accept(user_id=right.user_id, category=right.category)
    return _answer(request, right)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    # Nothing checked is an empty POST, and still an answer.
    form = PreferencesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        accepted = set(form.cleaned_data["accepted"])
        actions.choose(user_id=request.user.pk, accepted=accepted, at=timezone.now())
        messages.success(request, _("Vos préférences sont enregistrées."))
        return redirect("notifications:preferences")
    stopped = OptOut.objects.filter(user=request.user).values_list("category", flat=True)
    accepted = {category for category in REFUSABLE if category not in set(stopped)}
    context = {"form": form, "accepted": accepted}
    return render(request, "notifications/preferences.html", context)


def _right(token: str) -> StopRight:
    right = read_stop_token(token)
    if right is None:
        raise Http404
    return right


def _answer(request: HttpRequest, right: StopRight) -> HttpResponse:
    stopped = OptOut.objects.filter(user_id=right.user_id, category=right.category).exists()
    token = stop_token(right.user_id, right.category)
    return render(request, "notifications/stop.html", {"stopped": stopped, "token": token})
