"""The bank of questions in the Atelier: finding, reading, changing, taking, writing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import checklist
from courses.actions import banking
from courses.admin.frame import address, find_block, find_question, heading, of_course, page
from courses.documents import AssetDoc
from courses.exports import FORMATS, questions_file
from courses.forms.bank import FilterForm, TakeForm, bank_form
from courses.models import BankQuestion, Course, Question
from courses.permissions import can_author
from courses.queries import picture_documents
from courses.queries.bank import (
    bank_questions,
    bank_tags,
    copies_of,
    uses_by_question,
    version_of,
)
from courses.queries.questions import question_document

PER_PAGE = 25
MOST_SELECTED = 1_000


@requires(can_author)
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return render(request, "atelier/bank/index.html", _listed(request.GET))


def _listed(asked: QueryDict) -> dict[str, Any]:
    """One page of what the filters find, and how often each question is used."""
    form = FilterForm(asked, tags=bank_tags())
    found = bank_questions(**form.found())
    shown = Paginator(found, PER_PAGE).get_page(asked.get("page"))
    uses = uses_by_question()
    query = asked.copy()
    query.pop("page", None)
    return {
        "form": form,
        "page": shown,
        "rows": [(each, uses[str(each.uuid)]) for each in shown],
        "query": query.urlencode(),
        "is_narrowed": any(form.found().values()),
        "formats": [(kind, each.label) for kind, each in FORMATS.items()],
    }


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest, uuid: str) -> HttpResponse:
    """One question: its form, what it looks like, where it is used, what it was before."""
    shown = get_object_or_404(BankQuestion, uuid=uuid)
    form = bank_form(shown, request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            banking.save_bank_question(
                question=shown, changes=form.changes(), seen=form.cleaned_data["seen"],
                by=request.user, at=timezone.now(), uploads=form.uploads(),
            )  # fmt: skip
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("La question est enregistrée."))
            return redirect("atelier:bank-question", uuid)
    versions = list(shown.versions.all())
    said = [shown.data, *(each.data for each in versions)]
    pictures = picture_documents(str(data.get("image", "")) for data in said)
    context = {
        "form": form,
        "question": shown,
        "document": (document := _document(shown, pictures)),
        # What publishing would refuse or advise, said where the question is written.
        "lacking": list(checklist.questions.lacking(document)),
        "advice": list(checklist.giveaways.in_question(document)),
        "copies": [
            (each, address(each), heading(each.block), version_of(each))
            for each in copies_of(shown)
        ],
        "versions": [(each, _document(each, pictures)) for each in versions],
    }
    status = 422 if form.errors else 200
    return render(request, "atelier/bank/question.html", context, status=status)


def _document(asked: Any, pictures: dict[str, AssetDoc]) -> Any:
    """What learners would read of it, with the answers."""
    question = asked if isinstance(asked, BankQuestion) else asked.question
    shown = Question(uuid=question.uuid, key="", kind=question.kind)
    shown.prompt, shown.data = asked.prompt, asked.data
    return question_document(shown, pictures)


@requires(can_author)
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """What a file would leave out, then the file: of the boxes ticked, or of all that is found."""
    kind = request.GET.get("format", "")
    if kind not in FORMATS:
        return redirect("atelier:bank")
    made = questions_file(_selected(request.GET), kind=kind)
    if "fichier" in request.GET:
        response = HttpResponse(made.content, content_type=made.content_type)
        response["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return response
    query = request.GET.copy()
    query["fichier"] = "1"
    context = {"made": made, "label": FORMATS[kind].label, "query": query.urlencode()}
    return render(request, "atelier/bank/export.html", context)


def _selected(asked: QueryDict) -> QuerySet[BankQuestion]:
    """The questions whose boxes are ticked; without any, all that the filters find."""
    if ticked := [each for each in asked.getlist("question") if each.isascii() and each.isdigit()]:
        return bank_questions().filter(pk__in=[int(each) for each in ticked[:MOST_SELECTED]])
    return bank_questions(**FilterForm(asked, tags=bank_tags()).found())


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """Choose questions of the bank for an exercise, and how many of them an attempt draws."""
    block = find_block(course, uuid)
    form = TakeForm(request.POST or None)
    chosen = _chosen(request)
    if form.is_valid() and chosen:
        taken = banking.take_from_bank(
            block=block,
            questions=chosen,
            draw=form.cleaned_data["draw"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("Questions prises dans la banque : %d.") % taken)
        return redirect(f"{address(block)}#banque")
    if request.method == "POST" and not chosen:
        form.add_error(None, _("Cochez au moins une question."))
    context = _listed(request.GET)
    return page(
        request, "atelier/bank/take.html", course, node=block, back=address(block),
        status=422 if form.errors else 200, draw_form=form,
        **{("filters" if name == "form" else name): each for name, each in context.items()},
    )  # fmt: skip


def _chosen(request: SignedInRequest) -> list[BankQuestion]:
    if request.method != "POST":
        return []
    if "toutes" in request.POST:
        return list(bank_questions(**FilterForm(request.GET, tags=bank_tags()).found()))
    return list(_selected(request.POST)) if request.POST.getlist("question") else []


@of_course
@require_POST
def renew(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """Bring the bank's newest version into an exercise."""
    copy = find_question(course, uuid)
    try:
        banking.renew_copy(copy=copy, seen=request.POST.get("seen", ""))
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La version la plus récente de la banque est ici."))
    return redirect(address(copy))


@of_course
@require_POST
def deposit(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """Keep a question of a course in the bank, for other courses."""
    copy = find_question(course, uuid)
    try:
        kept = banking.put_in_bank(copy=copy, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
        return redirect(address(copy))
    messages.success(request, _("La question est dans la banque. Donnez-lui des étiquettes."))
    return redirect(reverse("atelier:bank-question", args=[kept.uuid]))
