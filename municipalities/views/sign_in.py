"""The page that asks who comes in, and where an organisation turns on Microsoft or Google."""

from typing import Any

from allauth.account.views import request_login_code
from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core import boxes
from atn_platform.core.exceptions import ActionError
from municipalities.actions import domains as withdrawal
from municipalities.actions import sign_in as actions
from municipalities.adapter import WAITING
from municipalities.enums import ProviderKind
from municipalities.forms.sign_in import DomainCodeForm, DomainForm, ProviderForm
from municipalities.models import IdentityProvider, MailDomain, Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import sign_in

PAGE = "municipalities:sign-in"
# How long an identity waits for its person's code, in seconds.
WAITING_LIFE = 15 * 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """Allauth's page, unless the domain that was typed has a way in of its own."""
    # Allauth's form says what is wrong with an address that no column can hold.
    email = request.POST.get("email", "").partition("\0")[0]
    if boxes.is_shared(email) and "alone" not in request.POST:
        said = {"email": email, "next": request.POST.get("next", "")}
        return render(request, "municipalities/sign_in/shared_box.html", said)
    if email and "code" not in request.POST and (offered := sign_in.offered_for(email)):
        context = {
            "offered": offered,
            "email": email,
            "next": request.POST.get("next", ""),
        }
        return render(request, "municipalities/sign_in/choice.html", context)
    answer: HttpResponseBase = request_login_code(request)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SignedInRequest) -> HttpResponse:
    """Tie an identity that was just shown to the account that was just opened."""
    waiting = request.session.get(WAITING) or {"at": 0.0}
    fresh = timezone.now().timestamp() - waiting["at"] < WAITING_LIFE
    provider = sign_in.by_handle(waiting["provider"]) if fresh else None
    if provider is None:
        request.session.pop(WAITING, None)
        return redirect("portal:home")
    if request.method == "POST":
        del request.session[WAITING]
        try:
            actions.link_identity(
                user=request.user, provider=provider, subject=waiting["subject"],
                email=waiting["email"], at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("C’est relié : %s suffira désormais.") % provider.get_kind_display()
            )
        return redirect("portal:home")
    context = {"provider": provider, "email": waiting["email"]}
    return render(request, "municipalities/sign_in/link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: SignedInRequest, handle: str) -> HttpResponse:
    """What an organisation has proved and turned on; the form adds a domain."""
    organisation = _organisation(request, handle)
    form = DomainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = actions.ask_domain(
                organisation=organisation, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Le code est parti à %s.") % row.sent_to)
            return redirect("municipalities:domain", row.pk)
    providers = {row.kind: row for row in organisation.identity_providers.all()}
    context = {
        "form": form,
        "organisation": organisation,
        "domains": organisation.mail_domains.order_by("domain"),
        "kinds": [(kind, kind.label, providers.get(kind.value)) for kind in ProviderKind],
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/sign_in/domains.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where the code that proves a domain is typed; five tries in five minutes."""
    places = organisations_of(request.user, on=timezone.localdate())
    rows = MailDomain.objects.filter(organisation__in=places, verified_at=None)
    row = get_object_or_404(rows.select_related("organisation"), pk=pk)
    form = DomainCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if not consume(request, action="identity_provider", key=f"domain {row.pk}"):
                raise actions.SignInRefused(_("Trop d’essais. Patientez cinq minutes."))
            actions.prove_domain(
                row=row, code=form.cleaned_data["code"], by=request.user, at=timezone.now()
            )
        except ActionError as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Le domaine %s est le vôtre.") % row.domain)
            return redirect(PAGE, row.organisation.handle)
    context = {"form": form, "organisation": row.organisation, "domain": row}
    status = 422 if form.errors else 200
    return render(request, "municipalities/sign_in/domain.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_domain(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirmed on a page of its own, which says who comes in otherwise from then on."""
    places = organisations_of(request.user, on=timezone.localdate())
    rows = MailDomain.objects.filter(organisation__in=places).select_related("organisation")
    row = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        withdrawal.withdraw_domain(
            row=row, by=request.user, at=timezone.now(), but=str(request.session.session_key)
        )
        messages.success(request, _("Le domaine %s est retiré.") % row.domain)
        return redirect(PAGE, row.organisation.handle)
    context = {"organisation": row.organisation, "domain": row, "loss": sign_in.lost_with(row)}
    return render(request, "municipalities/sign_in/withdraw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
def provider(request: SignedInRequest, handle: str, kind: str) -> HttpResponse:
    """The key of one service; its secret is written, never shown."""
    organisation = _organisation(request, handle)
    if kind not in ProviderKind.values:
        raise Http404
    service = ProviderKind(kind)
    row = organisation.identity_providers.filter(kind=kind).first()
    form = ProviderForm(
        request.POST if request.method == "POST" else None, kind=service, initial=_initial(row)
    )
    if form.is_valid():
        try:
            actions.set_provider(
                organisation=organisation, key=form.key(), by=request.user, at=timezone.now(),
                but=str(request.session.session_key),
            )  # fmt: skip
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("La connexion par %s est enregistrée.") % service.label)
            return redirect(PAGE, handle)
    context = {
        "form": form,
        "organisation": organisation,
        "service": service,
        "callback": _callback(row),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/sign_in/provider.html", context, status=status)


def _initial(row: IdentityProvider | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {"tenant": row.tenant, "client_id": row.client_id, "offered": row.offered}


def _callback(row: IdentityProvider | None) -> str:
    """The address to register over there; known once the row is."""
    if row is None:
        return ""
    return f"{settings.SITE_URL}{reverse('openid_connect_callback', args=[row.handle])}"


def _organisation(request: SignedInRequest, handle: str) -> Organisation:
    places = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(places.at_handle(handle))
