"""Files of other systems handed in: shown, kept, undone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses.actions import banking
from courses.actions.bank import LARGEST, fingerprint_of, read_questions
from courses.enums import QuestionKind
from courses.forms.bank import UploadForm
from courses.models import BankImport, BankQuestion
from courses.permissions import can_author


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            held = banking.hand_in(
                content=file.read(LARGEST + 1), kind=form.cleaned_data["kind"],
                name=str(file.name), at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            form.add_error("file", str(error))
        else:
            return redirect("atelier:bank-import", held.uuid)
    recent = BankImport.objects.filter(confirmed_at__isnull=False).defer("content")
    context = {"form": form, "recent": recent.order_by("-confirmed_at")[:10]}
    status = 422 if form.errors else 200
    return render(request, "atelier/bank/hand_in.html", context, status=status)


@requires(can_author)
@require_safe
def show(request: SignedInRequest, uuid: str) -> HttpResponse:
    """Before: what would come and what would not. After: what came, and the way back."""
    held = get_object_or_404(BankImport, uuid=uuid)
    if held.confirmed_at is not None:
        brought = BankQuestion.objects.filter(batch=held.uuid).order_by("pk")
        return render(
            request, "atelier/bank/imported.html", {"held": held, "questions": brought[:200]}
        )
    reading = read_questions(content=bytes(held.content), kind=held.kind)
    prints = [fingerprint_of(each) for each in reading.questions]
    known = set(
        BankQuestion.objects.filter(content_hash__in=prints).values_list("content_hash", flat=True)
    )
    rows = [
        (QuestionKind(each.kind).label, each, print_ in known)
        for each, print_ in zip(reading.questions, prints, strict=True)
    ]
    context = {
        "held": held, "rows": rows, "left": reading.left,
        "new": sum(not is_known for *__, is_known in rows),
    }  # fmt: skip
    return render(request, "atelier/bank/import.html", context)


@requires(can_author)
@require_POST
def confirm(request: SignedInRequest, uuid: str) -> HttpResponse:
    held = get_object_or_404(BankImport, uuid=uuid)
    done = banking.confirm_import(held=held, by=request.user, at=timezone.now())
    messages.success(request, _("Questions ajoutées à la banque : %d.") % done.added)
    return redirect("atelier:bank-import", uuid)


@requires(can_author)
@require_POST
def undo(request: SignedInRequest, uuid: str) -> HttpResponse:
    held = get_object_or_404(BankImport, uuid=uuid)
    removed, left = banking.undo_import(held=held, by=request.user, at=timezone.now())
    messages.success(request, _("Questions retirées de la banque : %d.") % removed)
    if left:
        words = _("Déjà modifiées ou prises dans un exercice, donc gardées : %d.")
        messages.info(request, words % left)
    return redirect("atelier:bank-imports")
