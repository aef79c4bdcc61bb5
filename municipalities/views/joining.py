"""The poster: printed by a responsable, read on a wall, answered on « Mes gens »."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import limited
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from municipalities import pdf
from municipalities.actions import joining
from municipalities.forms.joining import JoinForm
from municipalities.models import JoinRequest, Organisation, Poster
from municipalities.permissions import organisations_of
from municipalities.queries import joining as queries

PAGE = "municipalities:poster"


@require_safe
def poster(request: SignedInRequest, handle: str) -> HttpResponse:
    place = _place(request, handle)
    context = {
        "organisation": place,
        "poster": place.posters.filter(closed_at=None).first(),
        "waiting": queries.waiting(place),
    }
    return render(request, "municipalities/joining/page.html", context)


@require_POST
def change(request: SignedInRequest, handle: str) -> HttpResponse:
    """Put the poster up, or take it down; a new one has a new code."""
    place = _place(request, handle)
    if "down" in request.POST:
        joining.take_down(organisation=place, by=request.user, at=timezone.now())
        messages.success(request, _("Le code est fermé : l’affiche ne mène plus à rien."))
    else:
        joining.put_up(organisation=place, by=request.user, at=timezone.now())
    return redirect(PAGE, handle)


@require_safe
def poster_pdf(request: SignedInRequest, handle: str) -> HttpResponse:
    found = get_object_or_404(
        Poster.objects.select_related("organisation"),
        organisation=_place(request, handle),
        closed_at=None,
    )
    response = HttpResponse(pdf.poster(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="affiche-{handle}.pdf"'
    return response


@require_POST
def decide(request: SignedInRequest, handle: str) -> HttpResponse:
    place = _place(request, handle)
    accepts = "accept" in request.POST
    keys = map(whole, request.POST.getlist("request"))
    ids = [key for key in keys if key is not None]
    try:
        count = joining.decide(
            organisation=place, request_ids=ids, accepts=accepts, by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    except ActionError as error:
        messages.error(request, str(error))
    else:
        said = _("Demandes acceptées : %d.") if accepts else _("Demandes refusées : %d.")
        messages.success(request, said % count)
        seated = JoinRequest.objects.filter(poster__organisation=place, pk__in=ids, email="")
        if accepts and seated.exists():
            messages.info(request, _("Des personnes n’ont pas de courriel : voici leurs cartes."))
            return redirect("municipalities:cards", handle)
    return redirect(PAGE, handle)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation")
def join(request: HttpRequest, code: str) -> HttpResponse:
    """The same answer whether or not the address has an account."""
    found = Poster.objects.filter(code=code.upper(), closed_at=None)
    shown = get_object_or_404(found.select_related("organisation"))
    form = JoinForm(request.POST if request.method == "POST" else None)
    is_sent = False
    if form.is_valid():
        try:
            joining.ask(code=shown.code, reader=form.reader(), at=timezone.now())
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            is_sent = True
    context = {"organisation": shown.organisation, "form": form, "is_sent": is_sent}
    status = 422 if form.errors else 200
    return render(request, "municipalities/joining/join.html", context, status=status)


def _place(request: SignedInRequest, handle: str) -> Organisation:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(mine.at_handle(handle))
