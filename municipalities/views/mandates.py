"""In what capacity people belong to an organisation, from when to when, and their departure."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import departures, mandates
from municipalities.forms.mandates import AnotherForm, DepartureForm, TermForm
from municipalities.models import Mandate, Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import mandates as queries
from municipalities.queries.addresses import known_address

PAGE_SIZE = 50
LIST = "municipalities:mandates"


@require_safe
def index(request: SignedInRequest, handle: str) -> HttpResponse:
    """Mandates in force and to come, by name; with ?etat=termines, those that are over."""
    today = timezone.localdate()
    mine = organisations_of(request.user, on=today)
    organisation: Organisation = get_object_or_404(mine.at_handle(handle))
    state = "termines" if request.GET.get("etat") == "termines" else ""
    rows = queries.listed(organisation, on=today, over=bool(state))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.MANDATES,
        people=[mandate.user_id for mandate in page],
        place=organisation,
    )
    context = {
        "organisation": organisation,
        "page": page,
        "state": state,
        "query": urlencode({"etat": state}) if state else "",
        "today": today,
    }
    return render(request, "municipalities/mandates/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    mandate = _mandate(request, pk)
    form = TermForm(
        request.POST if request.method == "POST" else None,
        organisation=mandate.organisation,
        public=mandate.public,
        on=mandate.starts_on,
        initial={
            "function": mandate.function,
            "starts_on": mandate.starts_on,
            "ends_on": mandate.ends_on,
        },
    )
    if form.is_valid():
        try:
            mandates.correct_mandate(
                mandate_id=mandate.pk, term=form.term(), by=request.user, at=timezone.now()
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Le mandat %s est enregistré.") % wording.of(mandate.user))
            return redirect(LIST, mandate.organisation.handle)
    context = {
        "form": form,
        "mandate": mandate,
        "organisation": mandate.organisation,
        "is_here": queries.is_here(mandate, on=timezone.localdate()),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/mandates/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def another(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the person of a mandate a function more in the same organisation."""
    mandate, today = _mandate(request, pk), timezone.localdate()
    if mandate.user.email and not queries.is_here(mandate, on=today):
        # Whoever left has a life elsewhere: they come back by saying yes.
        messages.error(request, _("Cette personne est partie : invitez-la, et elle revient."))
        return redirect(LIST, mandate.organisation.handle)
    form = AnotherForm(
        request.POST if request.method == "POST" else None,
        organisation=mandate.organisation,
        on=today,
        initial={"starts_on": today},
    )
    if form.is_valid():
        try:
            mandates.open_mandate(
                user=mandate.user,
                organisation=mandate.organisation,
                public=form.cleaned_data["public"],
                term=form.term(),
                by=request.user,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%s a une fonction de plus.") % mandate.user)
            return redirect(LIST, mandate.organisation.handle)
    context = {"form": form, "mandate": mandate, "organisation": mandate.organisation}
    status = 422 if form.errors else 200
    return render(request, "municipalities/mandates/another.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def depart(request: SignedInRequest, pk: int) -> HttpResponse:
    """« Ne travaille plus ici »: end all that this person is in the organisation.

    Of whoever left before, the page would tell the address of today, and take it away.
    """
    mandate = _mandate(request, pk)
    organisation, today = mandate.organisation, timezone.localdate()
    if not queries.is_here(mandate, on=today):
        raise Http404
    form = DepartureForm(
        request.POST if request.method == "POST" else None,
        initial={"on": today},
        email=known_address(mandate.user, organisation),
        today=today,
    )
    if form.is_valid():
        try:
            departures.depart(
                user=mandate.user,
                organisation=organisation,
                on=form.cleaned_data["on"],
                by=request.user,
                at=timezone.now(),
                passes=form.cleaned_data.get("passes", False),
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            return _departed(request, mandate, passes=form.cleaned_data.get("passes", False))
    held = organisation.mandates.from_day(today).filter(user=mandate.user)
    answering = organisation.responsibilities.in_force(on=today)
    context = {
        "form": form,
        "mandate": mandate,
        "organisation": organisation,
        "held": held.order_by("starts_on", "pk"),
        "is_last": not answering.exclude(user=mandate.user).exists(),
        "answers": answering.filter(user=mandate.user).exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/mandates/depart.html", context, status=status)


def _departed(request: SignedInRequest, mandate: Mandate, *, passes: bool) -> HttpResponse:
    """Say that it is written down, and how whoever lost an address comes in."""
    messages.success(request, _("Le départ %s est inscrit.") % wording.of(mandate.user))
    if passes and mandate.user.handle:
        said = _(
            "Son identifiant : %s. Imprimez-lui une carte aujourd’hui, "
            "si rien d’autre n’ouvre son compte."
        )
        messages.info(request, said % mandate.user.handle)
    if mandate.user == request.user:
        return redirect("enrollments:teams")
    return redirect(LIST, mandate.organisation.handle)


def _mandate(request: SignedInRequest, pk: int) -> Mandate:
    mine = organisations_of(request.user, on=timezone.localdate())
    rows = Mandate.objects.filter(organisation__in=mine).select_related("user", "organisation")
    mandate: Mandate = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        opened(
            at=timezone.now(),
            reader=request.user,
            screen=Screen.MANDATE,
            people=[mandate.user_id],
            place=mandate.organisation,
        )
    return mandate
