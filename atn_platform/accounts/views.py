"""A person's own account."""

from allauth.account.views import email as allauth_email
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts import actions
from atn_platform.accounts.forms import NameForm
from atn_platform.accounts.http import SignedInRequest, remember_device, way_in_owner


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, functions, and the ways to everything else that is theirs to set."""
    user = request.user
    names = {"first_name": user.first_name, "last_name": user.last_name}
    form = NameForm(request.POST if request.method == "POST" else None, initial=names)
    if form.is_valid():
        actions.correct_account(
            user=user, email=user.email, by=user, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Votre nom est enregistré."))
        return redirect("accounts:profile")
    mandates = user.mandates.in_force(on=timezone.localdate()).select_related("organisation")
    context = {"form": form, "mandates": mandates.order_by("starts_on")}
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
    return remember_device(answer, str(owner.email))
