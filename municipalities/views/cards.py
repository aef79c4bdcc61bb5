"""Cards for people without an address: chosen on a list, confirmed, printed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from municipalities import pdf
from municipalities.actions import cards as actions
from municipalities.forms.cards import CardsForm
from municipalities.models import Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import cards as queries


@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: SignedInRequest, handle: str) -> HttpResponse:
    """Choose people; then the page that says what printing does, and which makes the file."""
    mine = organisations_of(request.user, on=timezone.localdate())
    organisation = get_object_or_404(mine.at_handle(handle))
    people = queries.people(organisation, on=timezone.localdate(), at=timezone.now())
    if request.method != "POST":
        return _choose(request, organisation, people)
    chosen = list(people.filter(pk__in=_chosen(request)))
    if not chosen:
        error = _("Cochez les personnes à qui vous donnerez une carte.")
        return _choose(request, organisation, people, error=error)
    if len(chosen) > actions.MOST_CARDS:
        error = _("Imprimez %d cartes à la fois, au plus.") % actions.MOST_CARDS
        return _choose(request, organisation, people, error=error)
    form = CardsForm(request.POST if "printing" in request.POST else None)
    hand_out = _send if "send" in request.POST else _print
    if form.is_valid() and (done := hand_out(request, organisation, chosen, form)):
        return done
    boxed = [user for user in chosen if user.delivery_email and not user.email]
    context = {"form": form, "organisation": organisation, "chosen": chosen, "boxed": boxed}
    status = 422 if form.errors else 200
    return render(request, "municipalities/cards/confirm.html", context, status=status)


def _chosen(request: HttpRequest) -> list[int]:
    keys = map(whole, request.POST.getlist("person"))
    return [key for key in keys if key is not None]


def _choose(
    request: SignedInRequest, organisation: Organisation, people: QuerySet[User], error: str = ""
) -> HttpResponse:
    """Those without an address; with ?qui=tous, everybody; with ?q=, those of that name."""
    everyone, typed = request.GET.get("qui") == "tous", request.GET.get("q", "")
    if not everyone:
        people = people.filter(email__isnull=True)
    for word in french.sort_key(typed).split():
        people = people.filter(Q(sort_key__contains=word))
    page = Paginator(people, actions.MOST_CARDS).get_page(request.GET.get("page"))
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.CARDS,
        people=[user.pk for user in page],
        place=organisation,
    )
    context = {
        "organisation": organisation,
        "page": page,
        "everyone": everyone,
        "typed": typed,
        "query": urlencode({"qui": "tous"} if everyone else {}),
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "municipalities/cards/page.html", context, status=status)


def _send(
    request: SignedInRequest, organisation: Organisation, chosen: list[User], form: CardsForm
) -> HttpResponse | None:
    try:
        count = actions.send_cards(
            organisation=organisation,
            user_ids=[user.pk for user in chosen],
            printing=form.gesture,
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        form.add_error(None, str(error))
        return None
    said = ngettext(
        "%d code part vers la boîte partagée.", "%d codes partent vers la boîte partagée.", count
    )
    messages.success(request, said % count)
    return redirect("municipalities:cards", organisation.handle)


@sensitive_variables("made")
def _print(
    request: SignedInRequest, organisation: Organisation, chosen: list[User], form: CardsForm
) -> HttpResponse | None:
    try:
        made = actions.print_cards(
            organisation=organisation,
            user_ids=[user.pk for user in chosen],
            printing=form.gesture,
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        form.add_error(None, str(error))
        return None
    content = pdf.cards(
        made, organisation, printing=form.gesture, by=request.user,
        phone=form.cleaned_data["phone"],
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="cartes-{organisation.handle}.pdf"'
    return response
