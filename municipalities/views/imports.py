"""Bringing a list of people in: hand it in, look at what it would do, do it, take it back."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from atn_platform.core.queueing import after_commit
from municipalities import exports
from municipalities.actions import import_undo
from municipalities.actions import imports as actions
from municipalities.enums import BatchState, LineState
from municipalities.forms.imports import ColumnsForm, ListForm, StartForm
from municipalities.models import ImportBatch, ImportLine, Organisation
from municipalities.permissions import organisations_of
from municipalities.queries import imports as queries
from municipalities.queries.import_undo import kept_if_undone
from municipalities.staff.columns import LABELS
from municipalities.tasks import commit_import

PAGE_SIZE = 25
SHOWN = 20
BATCH = "municipalities:import"


@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: SignedInRequest, handle: str) -> HttpResponse:
    mine = organisations_of(request.user, on=timezone.localdate())
    organisation = get_object_or_404(mine.at_handle(handle))
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        batch = _received(request, organisation, form)
        if batch is not None:
            return redirect(BATCH, batch.pk)
    lists = list(queries.visible_batches(mine.filter(pk=organisation.pk))[:SHOWN])
    _watch(request, organisation, Screen.IMPORT, [each.by_id for each in lists])
    context = {"organisation": organisation, "form": form, "lists": lists}
    status = 422 if form.errors else 200
    return render(request, "municipalities/imports/hand_in.html", context, status=status)


def _received(
    request: SignedInRequest, organisation: Organisation, form: ListForm
) -> ImportBatch | None:
    name, content = form.content()
    try:
        return actions.receive(
            organisation=organisation,
            name=name,
            content=content,
            by=request.user,
            at=timezone.now(),
            pasted=not form.cleaned_data["file"],
        )
    except ActionError as error:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", str(error))
        return None


@require_safe
def model(_request: SignedInRequest) -> HttpResponse:
    return _download(exports.model_list(), "modele-liste.csv")


@require_safe
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    if found.questions:
        return _ask_columns(request, found, ColumnsForm(batch=found))
    return _show(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, batch=found)
    if form.is_valid():
        places = form.places()
        return _act(
            request,
            found,
            lambda: actions.choose_columns(batch_id=pk, places=places, at=timezone.now()),
        )
    return _ask_columns(request, found, form)


@require_POST
def mend(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    found = _batch(request, pk)
    said = {name: str(request.POST[name]) for name in LABELS if name in request.POST}

    def act() -> object:
        if "drop" in request.POST:
            return actions.drop_line(batch_id=pk, number=number, at=timezone.now())
        return actions.mend_line(batch_id=pk, number=number, said=said, at=timezone.now())

    return _act(request, found, act, state=LineState.WRONG)


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    said = (
        (whole(name.removeprefix("ligne-")), str(value)) for name, value in request.POST.items()
    )
    decisions = {number: value for number, value in said if number is not None}
    return _act(
        request,
        found,
        lambda: actions.decide(batch_id=pk, decisions=decisions),
        state=LineState.DOUBTFUL,
        said=_("Vos choix sont gardés."),
    )


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Short lists too go to the worker: the page says how far it is."""
    found = _batch(request, pk)
    form = StartForm(request.POST)
    if form.is_valid() and actions.start(batch_id=pk, writes=form.cleaned_data["writes"]):
        after_commit(commit_import, batch_id=pk)
    return redirect(BATCH, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    if request.method == "POST":
        return _act(
            request,
            found,
            lambda: import_undo.undo(batch_id=pk, by=request.user, at=timezone.now()),
        )
    context = {
        "batch": found,
        "organisation": found.organisation,
        "kept": len(kept_if_undone(found)),
        "made": found.lines.filter(done__has_key="user").count(),
        "is_open": found.is_open_to_undo(timezone.now()),
    }
    return render(request, "municipalities/imports/undo.html", context)


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    handle = found.organisation.handle
    try:
        actions.discard(batch_id=pk)
    except ActionError as error:
        messages.error(request, str(error))
        return redirect(BATCH, pk)
    messages.success(request, _("La liste est jetée; personne n’a été touché."))
    return redirect("municipalities:hand-in", handle)


@require_safe
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _batch(request, pk)
    people = found.lines.values_list("user", flat=True)
    _watch(request, found.organisation, Screen.IMPORT_RESULT, people)
    return _download(exports.import_result(found), f"resultat-{pk}.csv")


def _batch(request: SignedInRequest, pk: int) -> ImportBatch:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(queries.visible_batches(mine), pk=pk)


def _act(
    request: SignedInRequest,
    found: ImportBatch,
    act: Callable[[], object],
    *,
    state: str = "",
    said: str = "",
) -> HttpResponse:
    """Do it, say so or why not, and come back to the list where one was."""
    try:
        act()
    except ActionError as error:
        messages.error(request, str(error))
    else:
        if said:
            messages.success(request, said)
    back = redirect(BATCH, found.pk)
    if state and found.lines.filter(state=state).exists():
        back["Location"] += "?" + urlencode({"voir": state})
    return back


def _ask_columns(request: SignedInRequest, found: ImportBatch, form: ColumnsForm) -> HttpResponse:
    kept, sample = sorted(found.kept_columns), found.lines.order_by("number")[:3]
    context = {
        "batch": found,
        "organisation": found.organisation,
        "form": form,
        "header": [found.header[at] for at in kept],
        "sample": [[cell for at, cell in enumerate(each.cells) if at in kept] for each in sample],
    }
    status = 422 if form.errors else 200
    return render(request, "municipalities/imports/columns.html", context, status=status)


def _show(request: SignedInRequest, found: ImportBatch) -> HttpResponse:
    counts = queries.counts(found)
    first = next((state for state in _ORDER if counts[state]), LineState.NEW)
    state = request.GET.get("voir", "")
    state = state if state in LineState.values else first
    lines = found.lines.filter(state=state).order_by("number")
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    may_be = _decisions(found, list(page)) if state == LineState.DOUBTFUL else {}
    absent = list(queries.absent_from(found, on=timezone.localdate())[:SHOWN])
    named = [line.user_id for line in page]
    left = [mandate.user_id for mandate in absent]
    _watch(request, found.organisation, Screen.IMPORT, [*named, *left])
    context = {
        "batch": found,
        "organisation": found.organisation,
        "counts": counts,
        "state": state,
        "tabs": [(each.value, each.label, counts[each]) for each in _ORDER if counts[each]],
        "page": page,
        "rows": [
            (line, queries.words_of(found, line), may_be.get(line.number, ())) for line in page
        ],
        "query": urlencode({"voir": state}),
        "start_form": StartForm(),
        "can_start": found.state == BatchState.READY and _does_something(found, counts),
        "absent": absent,
        "is_open_to_undo": found.is_open_to_undo(timezone.now()),
    }
    return render(request, "municipalities/imports/batch.html", context)


def _decisions(found: ImportBatch, lines: list[ImportLine]) -> dict[int, list[tuple[str, str]]]:
    """(value, label) of what may be said of each line, by its number."""
    may_be = queries.open_decisions(found, lines)
    return {at: [(each.value, str(each.label)) for each in may] for at, may in may_be.items()}


def _watch(
    request: SignedInRequest, place: Organisation, screen: Screen, people: Iterable[int | None]
) -> None:
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=screen,
        people=filter(None, people),
        place=place,
    )


# What asks for attention comes first.
_ORDER = (
    LineState.WRONG, LineState.DOUBTFUL, LineState.NEW, LineState.CHANGED, LineState.KNOWN,
)  # fmt: skip


def _does_something(found: ImportBatch, counts: dict[str, int]) -> bool:
    decided = found.lines.exclude(decision="").exists()
    return bool(counts[LineState.NEW] or counts[LineState.CHANGED] or decided)


def _download(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
