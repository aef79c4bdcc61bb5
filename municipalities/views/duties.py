"""The trainings that the law asks of elected people: theirs, and their municipality's list."""

from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from municipalities import pdf
from municipalities.actions import duties as actions
from municipalities.enums import Kind
from municipalities.forms.duties import TrainingForm
from municipalities.models import DeclaredTraining, Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import duties as queries
from municipalities.queries.duties import CouncilRow, DutyLine

MINE = "municipalities:my-duties"
LIST = "municipalities:council-duties"


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What the law asks of this person, by when, and what they declared."""
    today = timezone.localdate()
    found = queries.duties_of(request.user, on=today)
    several = len({line.mandate.organisation_id for line in found}) > 1
    context = {"lines": found, "today": today, "several": several}
    return render(request, "municipalities/duties/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedInRequest, pk: int, duty: str) -> HttpResponse:
    line = _line(request, pk, duty)
    form = TrainingForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        duty=line.duty,
        declared=line.declared,
    )
    if form.is_valid() and _declared(request, line, form):
        messages.success(
            request, _("C’est déclaré. Il reste à remettre la déclaration au greffe.")
        )
        return redirect(MINE)
    status = 422 if form.errors else 200
    context = {"form": form, "line": line, "author": author_token(request.user)}
    return render(request, "municipalities/duties/declare.html", context, status=status)


def _declared(request: SignedInRequest, line: DutyLine, form: TrainingForm) -> bool:
    try:
        actions.declare(
            mandate_id=line.mandate.pk,
            duty=line.duty,
            said=form.said(),
            by=request.user,
            at=timezone.now(),
        )
    except actions.TrainingRefused as error:
        form.add_error(error.field, str(error))
        return False
    return True


def _line(request: SignedInRequest, pk: int, duty: str) -> DutyLine:
    found = queries.duties_of(request.user, on=timezone.localdate())
    line = next((each for each in found if (each.mandate.pk, each.duty) == (pk, duty)), None)
    if line is None:
        raise Http404
    return line


@require_safe
def declaration(request: SignedInRequest, pk: int) -> HttpResponse:
    """The paper for the clerk."""
    training = _training(request, pk)
    response = HttpResponse(pdf.declaration(training), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="declaration-{pk}.pdf"'
    return response


@require_safe
def proof(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file that the person gave; to the person alone."""
    training = _training(request, pk)
    if not training.proof:
        raise Http404
    with training.proof.open() as stored:
        response = HttpResponse(stored.read(), content_type=training.proof_type)
    name = f"preuve-{pk}{PurePath(training.proof_name).suffix.lower()}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    training = _training(request, pk)
    actions.withdraw(training_id=training.pk, by=request.user, at=timezone.now())
    messages.success(request, _("La déclaration est retirée de la plateforme."))
    return redirect(MINE)


def _training(request: SignedInRequest, pk: int) -> DeclaredTraining:
    own = DeclaredTraining.objects.visible_to(request.user).live()
    rows = own.select_related("mandate__organisation", "mandate__user")
    return get_object_or_404(rows, pk=pk)


@require_safe
def council(request: SignedInRequest, handle: str) -> HttpResponse:
    """What the council declared: trainings whose list the law makes public."""
    place = _place(request, handle)
    today = timezone.localdate()
    context = {
        "organisation": place,
        "rows": _council(request, place),
        "today": today,
        "is_open": place.training_lists.filter(closed_at=None).exists(),
    }
    return render(request, "municipalities/duties/council.html", context)


@require_POST
def publish(request: SignedInRequest, handle: str) -> HttpResponse:
    """Let the public list be printed, or stop it."""
    place = _place(request, handle)
    act = actions.close_list if "close" in request.POST else actions.open_list
    act(organisation=place, by=request.user, at=timezone.now())
    return redirect(LIST, handle)


@require_safe
def public_list(request: SignedInRequest, handle: str) -> HttpResponse:
    """The list to print or to put on the municipality's site, once it was opened."""
    place = _place(request, handle)
    get_object_or_404(place.training_lists, closed_at=None)
    content = pdf.training_list(place, _council(request, place), on=timezone.localdate())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="formations-{handle}.pdf"'
    return response


def _council(request: SignedInRequest, place: Organisation) -> list[CouncilRow]:
    rows = queries.council(place, on=timezone.localdate())
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.DUTIES,
        people=[row.mandate.user_id for row in rows],
        place=place,
    )
    return rows


def _place(request: SignedInRequest, handle: str) -> Organisation:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(mine.at_handle(handle), kind=Kind.MUNICIPALITY)
