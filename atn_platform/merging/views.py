"""« Réunir deux comptes »: for whoever has two, and for ATN."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from atn_platform.merging import actions, queries
from atn_platform.merging.forms import AddressForm, CodeForm
from atn_platform.merging.models import Merge

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def index(request: SignedInRequest) -> HttpResponse:
    """Name the other address; what was united lately, and the way to part it again."""
    now, today = timezone.now(), timezone.localdate()
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            uuid = actions.ask(
                kept=request.user, email=form.cleaned_data["email"], on=today, at=now
            )
        except ActionError as error:
            form.add_error("email", str(error))
        else:
            return redirect("merging:prove", uuid)
    mine = Merge.objects.in_force().filter(kept=request.user).select_related("absorbed")
    context = {
        "form": form,
        "merges": [each for each in mine.order_by("-made_at") if each.is_open_to_undo(now)],
    }
    return _shown(request, "merging/index.html", context, form)


@page
def prove(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The code that the other letter box received. It shows nothing of either account."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge = actions.prove(
                uuid=uuid, code=form.cleaned_data["code"], by=request.user, at=timezone.now()
            )
        except ActionError as error:
            form.add_error("code", str(error))
        else:
            return redirect("merging:merge", merge.uuid)
    return _shown(request, "merging/prove.html", {"form": form}, form)


@page
def merge(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Both accounts side by side, what becomes of each course, and the last yes."""
    now, today = timezone.now(), timezone.localdate()
    asked = get_object_or_404(
        Merge.objects.visible_to(request.user).select_related("kept", "absorbed"), uuid=uuid
    )
    if request.method == "POST":
        try:
            actions.unite(merge_id=asked.pk, by=request.user, on=today, at=now)
        except ActionError as error:
            messages.error(request, str(error))
            return redirect("merging:merge", uuid)
        messages.success(request, _("Les deux comptes n’en font plus qu’un."))
        return redirect("merging:merge", uuid)
    kept, absorbed = (queries.side(each, on=today) for each in (asked.kept, asked.absorbed))
    if request.user.pk != asked.kept_id:
        people = [asked.kept_id, asked.absorbed_id]
        opened(at=now, reader=request.user, screen=Screen.ADMIN_RECORD, people=people)
    context = {
        "asked": asked,
        "sides": [kept, absorbed],
        "twice": queries.followed_twice(kept, absorbed),
        "is_open": asked.is_open_to_decision(now),
        "can_part": asked.is_open_to_undo(now),
    }
    return render(request, "merging/merge.html", context)


@require_POST
def part(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Two accounts again, within thirty days."""
    asked = get_object_or_404(Merge.objects.visible_to(request.user), uuid=uuid)
    try:
        actions.part(merge_id=asked.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Les deux comptes sont de nouveau séparés."))
    return redirect("merging:merge", uuid)


def _shown(
    request: SignedInRequest, template: str, context: dict[str, object], form: Form
) -> HttpResponse:
    return render(request, template, context, status=422 if form.errors else 200)
