"""« Mes gens »: the people of an organisation, for whoever answers for their training."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from atn_platform.accounts.http import SignedInRequest
from enrollments.queries import team as queries
from municipalities.enums import Public
from municipalities.forms import InviteForm
from municipalities.models import INVITATION_LIFE
from municipalities.permissions import organisations_of

PAGE_SIZE = 50
ORGANISATIONS_SHOWN = 100


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
    today = timezone.localdate()
    mine = organisations_of(request.user, on=today)
    organisation = get_object_or_404(mine.at_handle(handle))
    people = queries.team(organisation, on=today)
    public = request.GET.get("public", "")
    if public in Public.values:
        people = people.filter(public=public)
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.publics(organisation, on=today)
    context = {
        "organisation": organisation,
        "page": page,
        "public": public,
        "query": urlencode({"public": public}),
        "publics": [(key, label, counts.get(key, 0)) for key, label in Public.choices],
        "counts": queries.team_counts(organisation, on=today),
        "invitations": organisation.invitations.pending().order_by("-invited_at"),
        "now": timezone.now(),
        "invite_form": InviteForm(),
        "days": INVITATION_LIFE.days,
    }
    return render(request, "enrollments/team.html", context)
