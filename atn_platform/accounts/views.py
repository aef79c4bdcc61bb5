"""A person's own account."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import email as allauth_email
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import index as allauth_factors
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts import actions
from atn_platform.accounts.forms import CardForm, NameForm
from atn_platform.accounts.http import (
    ONWARD,
    TYPED,
    SignedInRequest,
    author_token,
    device_words,
    keep_typed,
    known_device,
    remember_device,
    typed_by,
    way_in_owner,
)
from atn_platform.core.exceptions import ActionError


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, functions, and the ways to everything else that is theirs to set."""
    user = request.user
    names = {"first_name": user.first_name, "last_name": user.last_name}
    form = NameForm(request.POST if request.method == "POST" else None, initial=names)
    if form.is_valid():
        actions.correct_account(user=user, said=form.cleaned_data, by=user, at=timezone.now())
        messages.success(request, _("Votre nom est enregistré."))
        return redirect("accounts:profile")
    held = user.mandates.in_force(on=timezone.localdate()).select_related("organisation")
    mandates = list(held.order_by("starts_on"))
    context = {
        "form": form,
        "mandates": mandates,
        "offers_english": any(each.organisation.offers_english for each in mandates),
        "card": user.cards.live(timezone.now()).select_related("printed_by").first(),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", context, status=status)


def email(request: SignedInRequest) -> HttpResponseBase:
    """Allauth's page, at its own address, once it knows that the present one is good."""
    actions.trust_address(user=request.user)
    answer: HttpResponseBase = allauth_email(request)
    return answer


@login_not_required
@require_safe
def device(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of a letter: this device asks for codes again. It opens no account."""
    answer = redirect("account_request_login_code")
    owner = way_in_owner(token)
    if owner is None:
        messages.warning(request, _("Ce lien ne sert plus. Demandez un nouveau code."))
        return answer
    messages.success(request, _("Cet appareil est reconnu. Demandez maintenant votre code."))
    return remember_device(answer, *owner.names_typed)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def card(request: HttpRequest) -> HttpResponseBase:
    """Come in by a printed card; the same answer whether or not the handle is somebody's."""
    if request.user.is_authenticated:
        return render(request, "accounts/card_other.html", {})
    # Counts what is sent, as the library's doors do; reading the page costs nothing.
    refused: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="card"
    )
    if refused:
        return refused
    initial = {"handle": request.GET.get("identifiant", "")}
    form = CardForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and (answer := _by_card(request, form)):
        return answer
    context = {"form": form}
    return render(request, "accounts/card.html", context, status=422 if form.errors else 200)


def _by_card(request: HttpRequest, form: CardForm) -> HttpResponseBase | None:
    """Sign the person in, or say at the form why not. Second factors are asked for as usual."""
    handle = form.cleaned_data["handle"]
    tries = _count_card(request, handle)
    if tries is None:
        form.add_error(
            None, _("Trop d’essais avec cet identifiant, à cet endroit. Patientez cinq minutes.")
        )
        return None
    try:
        user = actions.use_card(handle=handle, code=form.cleaned_data["code"], at=timezone.now())
    except ActionError as error:
        form.add_error(None, str(error))
        return None
    if user is None:
        form.add_error(
            "code",
            _("Cet identifiant et ce code ne vont pas ensemble, ou la carte a déjà servi. "
              "Vérifiez chaque caractère, ou demandez une autre carte."),
        )  # fmt: skip
        return None
    tries.rollback()
    record_authentication(request, user, method="card")
    target = None if user.has_way_back else reverse("accounts:way-back")
    answer: HttpResponseBase = perform_login(request, user, redirect_url=target)
    return answer


def _count_card(request: HttpRequest, handle: str) -> ratelimit.RateLimitUsage | None:
    """Count a try before it is made; None past the limit.

    By handle and place: twelve characters bear guesses from everywhere, so that tries made
    elsewhere keep nobody out; a device of the owner has tries of its own.
    """
    device = known_device(request, handle)
    return ratelimit.consume(
        request,
        app="allauth.account",
        action="card_failed_known" if device else "card_failed",
        key=f"{handle} {device or ratelimit.get_ip(request)}",
    )


@require_safe
def way_back(request: SignedInRequest) -> HttpResponse:
    """After a card: an address, a key or a passphrase of their own, or another card next time."""
    return render(request, "accounts/way_back.html", {})


@require_POST
def cancel_card(request: SignedInRequest) -> HttpResponse:
    """A card that the person did not ask for, or lost, opens their account no more."""
    if actions.cancel_card(user=request.user, by=request.user, at=timezone.now()):
        messages.success(request, _("La carte est annulée : son code n’ouvre plus rien."))
    return redirect("accounts:profile")


class SetUpView(AddWebAuthnView):
    """The first factor of someone who owes one: a passkey here, or the way to an application."""

    template_name = "accounts/set_up.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        name = device_words(self.request.headers.get("User-Agent", ""))
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "initial": {"name": name, "passwordless": True}}


set_up = SetUpView.as_view()


def security(request: SignedInRequest) -> HttpResponseBase:
    """The factors of a person; the set-up of the first, for whoever owes one."""
    page = set_up if request.user.owes_second_factor else allauth_factors
    answer: HttpResponseBase = page(request)
    return answer


class RecoveryCodesView(ViewRecoveryCodesView):
    """What opens the account when the telephone is lost, then the way on."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "onward": self.request.session.get(ONWARD)}


recovery_codes = RecoveryCodesView.as_view()


@require_safe
def resume(request: SignedInRequest) -> HttpResponse:
    """What someone typed before their session was over, to send in one click."""
    typed = typed_by(request)
    if typed is None:
        return redirect("portal:home")
    context = {"typed": typed, "author": author_token(request.user)}
    return render(request, "accounts/resume.html", context)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """A form older than the last sign-in: what its author typed waits, to be sent again.

    Anyone else's is refused, in French; Django's reason goes to its own log.
    """
    if keep_typed(request):
        if typed_by(request) is not None or not request.user.is_authenticated:
            return redirect("accounts:resume")
        del request.session[TYPED]
    return render(request, "403_csrf.html", status=403)


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """The browsers in which one is signed in, and the ways to close them."""
    opened = request.user.open_sessions.order_by("-created_at", "-pk")
    context = {"opened": opened, "here": request.session.session_key}
    return render(request, "accounts/sessions.html", context)


@require_POST
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(request.user.open_sessions, pk=pk)
    actions.end_sessions(user=request.user, by=request.user, only=found.pk, at=timezone.now())
    if found.session_id == request.session.session_key:
        logout(request)
        return redirect("portal:home")
    messages.success(request, _("La session est fermée : %s.") % found.device)
    return redirect("accounts:sessions")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    here = str(request.session.session_key)
    actions.end_sessions(user=request.user, by=request.user, but=here, at=timezone.now())
    messages.success(request, _("Vos autres sessions sont fermées."))
    return redirect("accounts:sessions")
