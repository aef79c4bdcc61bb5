from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from atn_platform.accounts.decorators import limited
from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.numbers import whole
from atn_platform.core.spreadsheets import CONTENT_TYPES
from certificates import actions, pdf, queries
from certificates.exports import archive, statement_xlsx
from certificates.forms import NameForm, VerifyForm
from certificates.models import Certificate, CertificateFile
from municipalities.permissions import organisations_of

PAGE_SIZE = 50
# Certificates, with their PDF, that are held in memory at once.
CHUNK = 20
# A printed statement takes a tenth of a second a page: longer ones are workbooks only.
STATEMENT_LINES = 1_000
PROOF_TYPES = {
    "zip": "application/zip",
    "xlsx": CONTENT_TYPES["xlsx"],
    "pdf": "application/pdf",
}


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


@require_safe
def proofs(request: SignedInRequest, handle: str) -> HttpResponse:
    """The attestations of an organisation's people by year, and the files to keep of them."""
    today = timezone.localdate()
    organisation = get_object_or_404(organisations_of(request.user, on=today).at_handle(handle))
    rows = queries.proofs(organisation)
    years = queries.years_of(rows)
    asked = whole(request.GET.get("annee", ""))
    year = asked if asked in years else max(years, default=0)
    shown = queries.of_year(rows, year).select_related("enrollment")
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.PROOFS,
        people=[each.enrollment.learner_id for each in page],
        place=organisation,
    )
    context = {
        "organisation": organisation,
        "years": years,
        "year": year,
        "page": page,
        "query": urlencode({"annee": year}),
        "has_statement_pdf": years.get(year, 0) <= STATEMENT_LINES,
    }
    return render(request, "certificates/proofs.html", context)


@require_GET
def take_proofs(
    request: SignedInRequest, handle: str, year: int, extension: str
) -> HttpResponseBase:
    """Everything of a year in one archive, or the statement alone; taking it is written down.

    Nothing waits behind an address: each file is made for whoever asks, if they may ask today.
    """
    now = timezone.localtime()
    mine = organisations_of(request.user, on=now.date())
    organisation = get_object_or_404(mine.at_handle(handle))
    rows = queries.of_year(queries.proofs(organisation), year).select_related("file")
    if extension not in PROOF_TYPES or not rows.exists():
        raise Http404
    actions.log_export(
        organisation=organisation, file=f"{year}.{extension}", by=request.user, at=now
    )
    opened(
        at=now,
        reader=request.user,
        screen=Screen.PROOFS_FILE,
        people=rows.values_list("enrollment__learner", flat=True),
        place=organisation,
    )
    plain = rows.select_related(None)
    stem = f"{'preuves' if extension == 'zip' else 'releve'}-{organisation.handle}-{year}"
    response: HttpResponseBase
    if extension == "zip":
        statements = [
            (f"releve-{year}.xlsx", statement_xlsx(organisation, year, plain, on=now.date()))
        ]
        if plain.count() <= STATEMENT_LINES:
            statements.append((f"releve-{year}.pdf", pdf.statement(organisation, year, plain)))
        response = StreamingHttpResponse(
            archive(statements, rows.iterator(chunk_size=CHUNK), on=now.date()),
            content_type=PROOF_TYPES[extension],
        )
    elif extension == "xlsx":
        content = statement_xlsx(organisation, year, plain, on=now.date())
        response = HttpResponse(content, content_type=PROOF_TYPES[extension])
    else:
        content = pdf.statement(organisation, year, plain)
        response = HttpResponse(content, content_type=PROOF_TYPES[extension])
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{extension}"'
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
        # One row at most: putting rows in order is half the price of such a statement.
        found = next(iter(queries.verifiable().filter(code=code).order_by()), None)
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
        "facts": queries.shown_to_bearers(certificate),
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
