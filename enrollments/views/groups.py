"""Enrolling people together: choose them, look at what would happen, do it, take it back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from courses.enums import PathOrder
from courses.models import Course, Path
from enrollments.actions import groups as actions
from enrollments.actions.groups import Wish
from enrollments.emails import teams as letters
from enrollments.enums import GroupState, Outcome
from enrollments.forms import AdvisedForm, AssignForm, GroupForm
from enrollments.models import LARGEST_GROUP, GroupEnrollment, GroupLine
from enrollments.queries import groups as queries
from enrollments.queries import team
from enrollments.queries.team import Choice
from enrollments.views.team import filters, organisation_at
from municipalities.models import Mandate, Organisation
from municipalities.permissions import organisations_of

GROUPS_SHOWN = 10
READ = ["GET", "HEAD", "POST"]


@require_http_methods(READ)
def choose(request: SignedInRequest, handle: str) -> HttpResponse:
    """Everyone of the list is ticked; pressing a course or a parcours shows what would happen."""
    organisation = organisation_at(request, handle)
    today = timezone.localdate()
    choice = Choice.read(request.GET.dict())
    mandates = list(team.chosen(organisation, choice, on=today)[: LARGEST_GROUP + 1])
    courses, paths = queries.offered_courses(), queries.offered_paths()
    data = request.POST if request.method == "POST" else None
    form = GroupForm(data, mandates=mandates[:LARGEST_GROUP], courses=courses, paths=paths)
    if form.is_valid() and (kept := _kept(request, form, organisation, form.pairs())):
        return redirect("enrollments:group", kept.pk)
    ticked = set(request.POST.getlist("people")) if data else _ticked(request, mandates)
    context = {
        "organisation": organisation,
        "form": form,
        "rows": [(each, str(each.pk) in ticked) for each in form.mandates.values()],
        "ticked": len(ticked),
        "query": urlencode(choice.said()),
        "is_too_long": len(mandates) > LARGEST_GROUP,
        "most": LARGEST_GROUP,
        "courses": courses,
        "paths": paths,
        "groups": _recent(organisation),
        **filters(organisation, choice, on=today),
    }
    _watch(request, organisation, form.mandates.values())
    status = 422 if form.errors else 200
    return render(request, "enrollments/groups/choose.html", context, status=status)


def _watch(request: SignedInRequest, organisation: Organisation, shown: Iterable[Mandate]) -> None:
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.GROUP,
        people=[each.user_id for each in shown],
        place=organisation,
    )


def _ticked(request: SignedInRequest, mandates: Sequence[Mandate]) -> set[str]:
    return set() if "aucune" in request.GET else {str(each.pk) for each in mandates}


@require_http_methods(READ)
def assign(request: SignedInRequest, handle: str) -> HttpResponse:
    """A parcours for each public or function, in one act."""
    organisation = organisation_at(request, handle)
    today = timezone.localdate()
    form = AssignForm(
        request.POST if request.method == "POST" else None,
        publics=team.publics(organisation, on=today),
        functions=team.functions(organisation, on=today),
        paths=queries.offered_paths(),
    )
    if form.is_valid():
        everyone = team.people(organisation, on=today)
        wanted = [(each, form.path_of(each, french.sort_key(each.function))) for each in everyone]
        pairs = [(mandate, path) for mandate, path in wanted if path]
        if kept := _kept(request, form, organisation, pairs):
            return redirect("enrollments:group", kept.pk)
    context = {"organisation": organisation, "form": form, "groups": _recent(organisation)}
    status = 422 if form.errors else 200
    return render(request, "enrollments/groups/assign.html", context, status=status)


def _kept(
    request: SignedInRequest,
    form: GroupForm | AssignForm,
    organisation: Organisation,
    pairs: Sequence[tuple[Mandate, Course | Path]],
) -> GroupEnrollment | None:
    wishes = [Wish(mandate, wanted) for mandate, wanted in pairs]
    try:
        return actions.choose(
            organisation=organisation, wishes=wishes, by=request.user, at=timezone.now()
        )
    except ActionError as error:
        form.add_error(None, str(error))
        return None


@require_safe
def group(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would happen, or what was done."""
    found = _group(request, pk)
    lines = list(queries.lines_of(found))
    return _show(request, found, lines, AdvisedForm(paths=_paths(lines)))


def _paths(lines: Iterable[GroupLine]) -> set[Path]:
    return {each.path for each in lines if each.path}


def _show(
    request: SignedInRequest, found: GroupEnrollment, lines: list[GroupLine], form: AdvisedForm
) -> HttpResponse:
    now = timezone.now()
    context = {
        "group": found,
        "organisation": found.organisation,
        "form": form,
        "ordered": [each for each in _paths(lines) if each.order == PathOrder.REQUIRED],
        "objects": list(dict.fromkeys(each.path or _title(each) for each in lines)),
        "is_open_to_undo": found.is_open_to_undo(now),
        **_sorted(found, lines),
    }
    _watch(request, found.organisation, [each.mandate for each in lines])
    first = next(iter(context["new"]), None)
    if found.state == GroupState.DRAFT and first is not None:
        context["letter"] = letters.shown(letters.enrolled(found, first, by=request.user, at=now))
    status = 422 if form.errors else 200
    return render(request, "enrollments/groups/group.html", context, status=status)


def _title(line: GroupLine) -> str:
    version = line.course.current_version if line.course else None
    return version.front["title"] if version else str(line.course)


def _sorted(found: GroupEnrollment, lines: list[GroupLine]) -> dict[str, Any]:
    """Lines by what happens to them; what elected people keep for themselves stays unsaid."""
    outcomes: dict[int, str] = {each.pk: each.outcome for each in lines}
    if found.state == GroupState.DRAFT:
        effects = queries.effects(lines, on=timezone.localdate())
        outcomes = {each.line.pk: each.outcome for each in effects}
    shown = [each for each in lines if each.is_shown]  # type: ignore[attr-defined]  # annotated
    told = {each: [line for line in shown if outcomes[line.pk] == each] for each in Outcome}
    return {
        "new": told[Outcome.NEW],
        "known": told[Outcome.KNOWN],
        "apart": told[Outcome.APART],
        "gone": told[Outcome.GONE],
        "private": [each for each in lines if each not in shown],
        "silent": [each for each in told[Outcome.NEW] if not each.mandate.user.email],
    }


@require_POST
def enroll(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enrol them: once, however often the button is pressed."""
    found = _group(request, pk)
    lines = list(queries.lines_of(found))
    form = AdvisedForm(request.POST, paths=_paths(lines))
    if not form.is_valid():
        return _show(request, found, lines, form)
    try:
        actions.enroll_group(
            group_id=pk,
            advised_on=form.cleaned_data["advised_on"],
            in_order=form.cleaned_data.get("in_order", False),
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        form.add_error("advised_on", str(error))
        return _show(request, found, lines, form)
    return redirect("enrollments:group", pk)


@require_http_methods(READ)
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say who would stay, then take the rest back."""
    found = _group(request, pk)
    if request.method == "POST":
        try:
            actions.undo_group(group_id=pk, by=request.user, at=timezone.now())
        except ActionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("L’inscription de groupe est annulée."))
        return redirect("enrollments:group", pk)
    begun = list(queries.begun(found).filter(Q(is_shown=True)))
    _watch(request, found.organisation, [each.mandate for each in begun])
    context = {
        "group": found,
        "organisation": found.organisation,
        "begun": begun,
        "is_open": found.is_open_to_undo(timezone.now()),
    }
    return render(request, "enrollments/groups/undo.html", context)


def _group(request: SignedInRequest, pk: int) -> GroupEnrollment:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(GroupEnrollment.objects.of(mine), pk=pk)


def _recent(organisation: Organisation) -> list[GroupEnrollment]:
    """What was done lately, to come back to and perhaps take back."""
    done = organisation.group_enrollments.exclude(state=GroupState.DRAFT)
    return list(done.select_related("by").order_by("-done_at")[:GROUPS_SHOWN])
