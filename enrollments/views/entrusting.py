"""Municipalities and the coach of each: read by whoever accompanies, decided by ATN."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from enrollments.actions import entrusting as actions
from enrollments.forms.entrusting import EntrustForm
from enrollments.permissions import can_answer, can_entrust, coaches
from enrollments.queries import entrusted as queries
from enrollments.queries.entrusted import MINE, NOBODY, Choice
from municipalities.models import Region

PAGE_SIZE = 60


@require_safe
@requires(can_answer)
def towns(request: SignedInRequest) -> HttpResponse:
    """Each municipality, its coach, and where its people stand: counts, no name of theirs."""
    choice = Choice.read(request.GET.dict())
    return _listed(request, choice, EntrustForm(rows=queries.chosen(choice, reader=request.user)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(can_entrust)
def entrust(request: SignedInRequest) -> HttpResponse:
    """Give some of a list, or all of it, to a coach; then the same list."""
    choice = Choice.read(request.GET.dict())
    form = EntrustForm(request.POST, rows=queries.chosen(choice, reader=request.user))
    if request.method == "POST" and not (form.is_valid() and _entrusted(request, form)):
        return _listed(request, choice, form)
    query = request.GET.urlencode()
    return redirect(reverse("enrollments:coached-towns") + (f"?{query}" if query else ""))


def _listed(request: SignedInRequest, choice: Choice, form: EntrustForm) -> HttpResponse:
    page = Paginator(form.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "towns": queries.towns(page.object_list, on=timezone.localdate()),
        "query": urlencode(choice.said()),
        "choice": choice,
        "regions": Region.objects.order_by("code"),
        "form": form if can_entrust(request.user) else None,
        "errors": [*form.errors.get("coach", ()), *form.errors.get("towns", ())],
        "ticked": set(request.POST.getlist("towns")),
        "chips": _chips(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/coaching/towns.html", context, status=status)


def _entrusted(request: SignedInRequest, form: EntrustForm) -> bool:
    coach = None if "nobody" in request.POST else form.cleaned_data["coach"]
    try:
        count = actions.entrust(towns=form.keys(), coach=coach, by=request.user, at=timezone.now())
    except ActionError as error:
        form.add_error("coach", str(error))
        return False
    if coach is None:
        said = ngettext(
            "%(count)d municipalité n’est plus confiée à personne.",
            "%(count)d municipalités ne sont plus confiées à personne.",
            count,
        )
    else:
        said = ngettext(
            "%(count)d municipalité confiée à %(coach)s.",
            "%(count)d municipalités confiées à %(coach)s.",
            count,
        )
    messages.success(request, said % {"count": count, "coach": coach})
    return True


def _chips(user: User) -> list[tuple[str, str, int, str]]:
    """Above the list: one's own, all, those without anybody, then each coach's."""
    tally = queries.tally()
    chips = [
        ("", _("Toutes"), tally.total),
        (NOBODY, _("Sans accompagnement"), tally.without),
        *((str(each.pk), str(each), tally.by_coach.get(each.pk, 0)) for each in coaches()),
    ]
    if user.pk in tally.by_coach:
        mine = (MINE, _("Mes municipalités"), tally.by_coach[user.pk])
        chips = [mine, *(each for each in chips if each[0] != str(user.pk))]
    return [
        (key, label, count, "?" + urlencode({"qui": key} if key else {}))
        for key, label, count in chips
    ]
