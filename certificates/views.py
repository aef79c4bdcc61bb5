from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.decorators import limited
from atn_platform.accounts.http import SignedInRequest
from certificates import queries
from certificates.forms import NameForm, VerifyForm
from certificates.models import Certificate, CertificateFile


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    mine = Certificate.objects.visible_to(request.user).with_states()
    context = {
        "certificates": mine.order_by("-issued_at", "-pk"),
        "awaited": queries.completed_without_certificate(request.user),
    }
    return render(request, "certificates/index.html", context)


@require_safe
def download(request: SignedInRequest, number: str) -> HttpResponse:
    mine = Certificate.objects.visible_to(request.user)
    made = CertificateFile.objects.exclude(content=b"")
    file = get_object_or_404(made, certificate__in=mine.filter(number=number))
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response


@login_not_required
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is typed; the number alone finds nothing, for numbers can be guessed."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("certificates:verify", form.cleaned_data["code"])
    return render(request, "certificates/verify_form.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the database holds of this code, and nothing else of anybody."""
    form = VerifyForm({"code": code})
    found = None
    if form.is_valid():
        if code != form.cleaned_data["code"]:
            return redirect("certificates:verify", form.cleaned_data["code"])
        found = Certificate.objects.with_states().filter(code=code).first()
        if found is None:
            form.say_unknown()
    if found is None:
        response = render(request, "certificates/verify_unknown.html", {"form": form}, status=404)
    else:
        response = render(request, "certificates/verify.html", _facts(request, found))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _facts(request: HttpRequest, certificate: Certificate) -> dict[str, Any]:
    """What the page says, and whether a name typed from the paper is the right one.

    The name is posted, so that it stays out of addresses and logs.
    """
    context: dict[str, Any] = {
        "certificate": certificate,
        "form": None,
        "asked": "",
        "bears": False,
    }
    if certificate.is_nameless:
        form = NameForm(request.POST if request.method == "POST" else None)
        context["form"] = form
        if form.is_valid():
            context["bears"] = certificate.bears(form.cleaned_data["name"])
            context["asked"] = form.cleaned_data["name"]
    return context
