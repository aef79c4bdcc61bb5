"""« Mes gens »: the people of an organisation, for whoever answers for their training."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.spreadsheets import CONTENT_TYPES
from enrollments import exports
from enrollments.actions.exporting import log_export
from enrollments.enums import Progress
from enrollments.queries import team as queries
from enrollments.queries.team import Choice
from municipalities.enums import Public
from municipalities.forms import InviteForm
from municipalities.models import INVITATION_LIFE, Organisation
from municipalities.permissions import organisations_of

PAGE_SIZE = 50
ORGANISATIONS_SHOWN = 100
NAMES_SHOWN = 8


@require_safe
def teams(request: SignedInRequest) -> HttpResponse:
    """The only organisation of this person, or the choice between theirs."""
    mine = organisations_of(request.user, on=timezone.localdate()).order_by("sort_key")
    if "q" in request.GET:
        mine = mine.matching(request.GET["q"])
    found = list(mine[:ORGANISATIONS_SHOWN])
    if len(found) == 1:
        return redirect("enrollments:team", found[0].handle)
    context = {"organisations": found, "typed": request.GET.get("q", "")}
    return render(request, "enrollments/teams.html", context)


@require_safe
def team(request: SignedInRequest, handle: str) -> HttpResponse:
    """Who has begun, who is under way, who has finished; never answers or scores."""
    today = timezone.localdate()
    mine = organisations_of(request.user, on=today)
    organisation = get_object_or_404(mine.at_handle(handle))
    choice = Choice.read(request.GET.dict())
    rows = queries.with_numbers(queries.chosen(organisation, choice, on=today))
    context = {
        "organisation": organisation,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": urlencode(choice.said()),
        "counts": queries.team_counts(organisation, on=today),
        "invitations": organisation.invitations.pending().order_by("-invited_at"),
        "now": timezone.now(),
        "invite_form": InviteForm(),
        "days": INVITATION_LIFE.days,
        **filters(organisation, choice, on=today),
    }
    waiting = queries.in_state(queries.people(organisation, on=today), Progress.WAITING)
    context["waiting"] = list(waiting[:NAMES_SHOWN])
    context["waiting_more"] = max(context["tally"][Progress.WAITING] - NAMES_SHOWN, 0)
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.TEAM,
        people=[mandate.user_id for mandate in (*context["page"], *context["waiting"])],
        place=organisation,
    )
    return render(request, "enrollments/team.html", context)


@require_GET
def export(request: SignedInRequest, handle: str, what: str, extension: str) -> HttpResponse:
    """Where everyone stands, by function or person by person; taking it is written down."""
    today = timezone.localdate()
    organisation = get_object_or_404(organisations_of(request.user, on=today).at_handle(handle))
    found = queries.members(organisation, Choice.read(request.GET.dict()), on=today)
    if (what, extension) == ("avancement", "xlsx"):
        content: str | bytes = exports.progress_xlsx(organisation, found, on=today)
    elif (what, extension) == ("avancement", "csv"):
        content = exports.functions_csv(found)
    elif (what, extension) == ("personnes", "csv"):
        content = exports.people_csv(found)
    else:
        raise Http404
    now, people = timezone.now(), [each.person for each in found]
    log_export(organisation=organisation, file=f"{what}.{extension}", by=request.user, at=now)
    opened(at=now, reader=request.user, screen=Screen.TEAM_FILE, people=people, place=organisation)
    response = HttpResponse(content, content_type=CONTENT_TYPES[extension])
    file = f"{what}-{organisation.handle}-{today.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def organisation_at(request: SignedInRequest, handle: str) -> Organisation:
    """One for whose people this person answers, or 404."""
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(mine.at_handle(handle))


def filters(organisation: Organisation, choice: Choice, *, on: date) -> dict[str, Any]:
    """What the filters above a list of people show: each way to narrow it, and its count."""
    tally = dict.fromkeys(Progress.values, 0) | queries.states(organisation, on=on)
    publics = queries.publics(organisation, on=on)
    return {
        "choice": choice,
        "tally": tally,
        "total": sum(tally.values()),
        "states": [
            (key, label, tally[key], _address(choice, "etat", key))
            for key, label in Progress.choices
            if tally[key]
        ],
        "publics": [
            (key, label, publics.get(key, 0), _address(choice, "public", key))
            for key, label in Public.choices
            if publics.get(key)
        ],
        "every_state": _address(choice, "etat", ""),
        "every_public": _address(choice, "public", ""),
        "functions": queries.functions(organisation, on=on),
    }


def _address(choice: Choice, key: str, value: str) -> str:
    """The same choice with another value, which chips lead to."""
    said = choice.said() | {key: value}
    return "?" + urlencode({name: each for name, each in said.items() if each}) + "#liste"
