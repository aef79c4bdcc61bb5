"""« Mes compétences » and the scenario of departure: pages of one person alone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest, author_token
from courses.models import PositioningScenario
from enrollments import actions
from enrollments.forms.skills import LevelsForm, PositioningForm
from enrollments.models import PositioningResult
from enrollments.queries.positioning import units
from enrollments.queries.skills import skill_rows
from municipalities.enums import Public
from municipalities.models import Mandate


@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: SignedInRequest) -> HttpResponse:
    """What is expected, what one says, what courses showed; as a picture, then in words."""
    rows = skill_rows(request.user, _publics(request))
    form = LevelsForm(request.POST or None, rows=rows)
    if form.is_valid():
        actions.declare_levels(learner=request.user, levels=form.levels(), at=timezone.now())
        messages.success(request, _("Vos niveaux sont gardés. Personne d’autre ne les lit."))
        return redirect("enrollments:skills")
    context = {
        "rows": form.with_fields(rows),
        "domains": rows,
        "author": author_token(request.user),
    }
    return render(request, "enrollments/skills/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def positioning(request: SignedInRequest) -> HttpResponse:
    """What was found, or the scenario to follow; nothing is kept before the end."""
    result = PositioningResult.objects.visible_to(request.user).first()
    scenarios = {each.public: each for each in PositioningScenario.objects.all()}
    if request.method != "POST" and result is not None and "refaire" not in request.GET:
        return _found(request, result, scenarios.get(result.public))
    mine = [each for each in _publics(request) if each in scenarios] or list(scenarios)
    asked = request.POST.get("public", request.GET.get("public", ""))
    public = asked if asked in scenarios else next(iter(mine), "")
    if not public:
        return render(request, "enrollments/skills/positioning.html", {"form": None})
    scenario = scenarios[public].document
    form = PositioningForm(request.POST or None, scenario=scenario)
    if form.is_valid():
        actions.take_positioning(
            learner=request.user, public=Public(public), levels=form.levels(), at=timezone.now()
        )
        messages.success(request, _("C’est fait. Voici par où commencer."))
        return redirect("enrollments:positioning")
    context = {
        "form": form,
        "scenario": scenario,
        "others": [(each, Public(each).label) for each in scenarios if each != public],
        "author": author_token(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/skills/positioning.html", context, status=status)


def _found(
    request: SignedInRequest, result: PositioningResult, scenario: PositioningScenario | None
) -> HttpResponse:
    proposed = units(result, scenario.document, request.user) if scenario else []
    context = {"result": result, "units": proposed}
    return render(request, "enrollments/skills/start.html", context)


@require_POST
def forget(request: SignedInRequest) -> HttpResponse:
    """Erase the answers, for good."""
    mine = PositioningResult.objects.visible_to(request.user)
    get_object_or_404(mine)
    actions.forget_positioning(learner=request.user)
    messages.success(request, _("Vos réponses sont effacées pour de bon."))
    return redirect("enrollments:positioning")


def _publics(request: SignedInRequest) -> list[str]:
    """The publics of this person's mandates in force."""
    mandates = Mandate.objects.in_force(on=timezone.localdate()).filter(user=request.user)
    return list(dict.fromkeys(mandates.order_by("-starts_on").values_list("public", flat=True)))
