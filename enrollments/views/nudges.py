"""Reminding those who have not begun: see whom and the letter, send, take back in time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from enrollments.actions import nudging
from enrollments.emails import teams as letters
from enrollments.queries import nudges as queries
from enrollments.views.team import organisation_at
from municipalities.models import Organisation

PAGE = "enrollments:nudge"


@require_http_methods(["GET", "HEAD", "POST"])
def nudge(request: SignedInRequest, handle: str) -> HttpResponse:
    """Who has not begun, who may be written to, and the very letter."""
    organisation = organisation_at(request, handle)
    if request.method == "POST":
        return _send(request, organisation)
    now = timezone.now()
    found = queries.candidates(organisation, at=now)
    wanted = request.GET.get("personne", "")
    rows = [
        (each, not wanted or str(each.mandate.pk) == wanted)
        for each in found
        if not each.hindrance
    ]
    waiting = queries.held_today(organisation, at=now)
    context = {
        "organisation": organisation,
        "rows": rows,
        "ticked": sum(ticked for __, ticked in rows),
        "hindered": [(each, each.last and queries.next_day(each.last)) for each in found
                     if each.hindrance],
        "waiting": waiting,
        "leaves_at": max((each.not_before for each in waiting if each.not_before), default=None),
    }  # fmt: skip
    opened(
        at=now,
        reader=request.user,
        screen=Screen.NUDGE,
        people=[each.mandate.user_id for each in found],
        place=organisation,
    )
    first = next((each for each, ticked in rows if ticked), None)
    if first is not None:
        letter = letters.nudge(first, organisation, by=request.user, at=now)
        context["letter"] = letters.shown(letter)
    return render(request, "enrollments/nudge.html", context)


def _send(request: SignedInRequest, organisation: Organisation) -> HttpResponse:
    keys = {key for key in map(whole, request.POST.getlist("people")) if key is not None}
    try:
        told = nudging.nudge(
            organisation=organisation, mandates=keys, by=request.user, at=timezone.now()
        )
    except ActionError as error:
        messages.error(request, str(error))
        return redirect(PAGE, organisation.handle)
    if told:
        messages.success(
            request,
            ngettext("%(count)s rappel est prêt.", "%(count)s rappels sont prêts.", len(told))
            % {"count": len(told)},
        )
    else:
        messages.info(
            request, _("Aucun rappel à envoyer : cochez une personne, ou revenez plus tard.")
        )
    return redirect(PAGE, organisation.handle)


@require_POST
def take_back(request: SignedInRequest, handle: str) -> HttpResponse:
    organisation = organisation_at(request, handle)
    taken = nudging.take_back(organisation=organisation, by=request.user, at=timezone.now())
    if taken:
        messages.success(
            request,
            ngettext(
                "%(count)s rappel ne partira pas.", "%(count)s rappels ne partiront pas.", taken
            )
            % {"count": taken},
        )
    else:
        messages.info(request, _("Ces rappels sont déjà partis."))
    return redirect(PAGE, organisation.handle)
