"""« Mes données et ma vie privée »: what is held on the person who reads, and their file of it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.models import Viewing
from atn_platform.core.exceptions import ActionError
from atn_platform.core.queueing import after_commit
from atn_platform.privacy import actions
from atn_platform.privacy.inventory import HOLDERS
from atn_platform.privacy.models import EXPORT_LIFE, DataExport
from atn_platform.privacy.seen.roles import onlookers
from atn_platform.privacy.tasks import build_export

VIEWINGS_SHOWN = 25


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """One's own data: the file to ask for or to take, and the ways to the rest."""
    now = timezone.now()
    last = DataExport.objects.visible_to(request.user).order_by("-asked_at").first()
    context = {
        "export": last,
        "is_offered": last is not None and last.is_offered(now),
        "steps": len(HOLDERS),
        "days": EXPORT_LIFE.days,
    }
    return render(request, "privacy/index.html", context)


@require_safe
def viewings(request: SignedInRequest) -> HttpResponse:
    """« Qui a ouvert mon dossier »: who else, in what right, what and when."""
    rows = Viewing.objects.about(request.user).select_related("reader").order_by("-at", "-pk")
    page = Paginator(rows, VIEWINGS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "privacy/viewings.html", {"page": page})


@require_safe
def seen(request: SignedInRequest) -> HttpResponse:
    """« Ce qu’on voit de moi »: for each role, the rows that its screens show of this person."""
    found = onlookers(request.user, on=timezone.localdate(), at=timezone.now())
    return render(request, "privacy/seen.html", {"onlookers": found})


@require_POST
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask for the file; a worker makes it, and the page says how far it is."""
    try:
        made = actions.ask(user=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        after_commit(build_export, export_id=made.pk)
    return redirect("privacy:index")


@require_safe
def download(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """The person's own file, while it is offered."""
    mine = DataExport.objects.visible_to(request.user).select_related("user")
    export = get_object_or_404(mine, uuid=uuid)
    content = actions.hand_over(export=export, at=timezone.now())
    if content is None:
        messages.warning(request, _("Ce fichier n’est plus offert. Demandez-en un autre."))
        return redirect("privacy:index")
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="mes-donnees.zip"'},
    )
