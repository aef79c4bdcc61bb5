from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from atn_platform.accounts.http import SignedInRequest
from certificates.models import Certificate, CertificateFile


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    mine = Certificate.objects.visible_to(request.user).select_related("file")
    certificates = mine.defer("file__content").order_by("-issued_at")
    return render(request, "certificates/index.html", {"certificates": certificates})


@require_safe
def download(request: SignedInRequest, number: str) -> HttpResponse:
    mine = Certificate.objects.visible_to(request.user)
    file = get_object_or_404(CertificateFile, certificate__in=mine.filter(number=number))
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response


@login_not_required
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is pasted; the number alone finds nothing, for numbers can be guessed."""
    if code := request.GET.get("code", "").strip().rstrip("/").rsplit("/", 1)[-1]:
        return redirect("certificates:verify", code[:64])
    return render(request, "certificates/verify_form.html")


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the database holds of this code, and nothing else of anybody."""
    found = Certificate.objects.select_related("file").filter(code=code).first()
    response = render(
        request,
        "certificates/verify.html",
        {"certificate": found, "file": getattr(found, "file", None)},
        status=200 if found else 404,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
