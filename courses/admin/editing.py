"""Pages where one object of a draft is read and changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.comparing import differences, form_of
from courses.admin.frame import address, find, heading, of_course, page, parent_of
from courses.enums import BlockKind
from courses.forms.drafts import NewBlockForm, NewQuestionForm, NodeForm
from courses.graph import graph
from courses.models import Block, Course, DraftRevision, Lesson, Question
from courses.queries import asset_documents
from courses.queries.blocks import block_document
from courses.queries.questions import question_document
from courses.queries.revisions import latest, started_from


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: SignedInRequest, course: Course) -> HttpResponse:
    return _edit(request, course, course)


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """Title, kind, duration of a lesson."""
    return _edit(request, course, find(course, "lecon", uuid))


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, course: Course, noun: str, uuid: str) -> HttpResponse:
    """One module, block or question."""
    return _edit(request, course, find(course, noun, uuid))


@of_course
@require_safe
def lesson(request: SignedInRequest, course: Course, uuid: str) -> HttpResponse:
    """The blocks of a lesson, in order, as learners will see them."""
    lessons = Lesson.objects.filter(module__course=course).select_related("module__course")
    shown = get_object_or_404(lessons.prefetch_related("blocks__questions"), uuid=uuid)
    assets = asset_documents(course)
    blocks = [(block, block_document(block, assets)) for block in shown.blocks.all()]
    return page(
        request, "atelier/lesson.html", course, node=shown, blocks=blocks, form=NewBlockForm()
    )


def _edit(request: SignedInRequest, course: Course, node: actions.Node) -> HttpResponse:
    if request.method != "POST":
        return _show(request, course, node, form_of(node))
    form = form_of(node, request.POST, request.FILES)
    if request.headers.get("Accept") == "application/json":
        return _autosave(request, node, form)
    if form.is_valid() and "apercu" not in request.POST:
        return _save(request, course, node, form)
    if form.is_valid():
        return _show(request, course, node, form, typed=form.changes())
    return _show(request, course, node, form, status=422)


def _autosave(request: SignedInRequest, node: actions.Node, form: NodeForm) -> HttpResponse:
    """What a script saves while its author types: no file, no page, and a word to show."""
    if not form.is_valid():
        said = next(str(errors[0]) for errors in form.errors.values())
        return JsonResponse({"said": _("Pas encore enregistré : %s") % said}, status=422)
    try:
        saved = _written(request, node, form, typing=True)
    except actions.EditConflict as conflict:
        said = _("%(what)s : enregistrez pour voir les deux textes.")
        return JsonResponse({"said": said % {"what": _elsewhere(conflict.theirs)}}, status=409)
    except ActionError as error:
        return JsonResponse({"said": str(error)}, status=422)
    node.refresh_from_db()
    return JsonResponse({"said": _saved(saved), "seen": actions.revision(node)})


def _written(
    request: SignedInRequest, node: actions.Node, form: NodeForm, *, typing: bool
) -> DraftRevision | None:
    return actions.save(
        node=node,
        changes=form.changes(),
        seen=form.cleaned_data["seen"],
        by=request.user,
        at=timezone.now(),
        typing=typing,
        uploads=None if typing else form.uploads(),
    )


def _saved(revision: DraftRevision | None) -> str:
    hour = french.hour(timezone.localtime())
    if revision is None:
        return _("Enregistré à %s.") % hour
    said = _("Enregistré à %(hour)s : révision %(number)d.")
    return said % {"hour": hour, "number": revision.number}


def _elsewhere(theirs: actions.Node) -> str:
    """Who wrote meanwhile, and when; nobody by name when no revision says so."""
    found = _latest(theirs)
    hour = french.hour(timezone.localtime(theirs.updated_at))
    if found is None or found.saved_by is None:
        return _("Quelqu’un a modifié ceci à %s") % hour
    said = _("%(by)s a enregistré la révision %(number)d à %(hour)s")
    return said % {"by": found.saved_by, "number": found.number, "hour": hour}


def _latest(node: actions.Node) -> DraftRevision | None:
    """The last revision, if it is what the object says: other ways than forms keep none."""
    found = latest(node.uuid)
    return found if found and found.fingerprint == actions.revision(node) else None


def _save(
    request: SignedInRequest, course: Course, node: actions.Node, form: NodeForm
) -> HttpResponse:
    try:
        saved = _written(request, node, form, typing=False)
    except actions.EditConflict as conflict:
        return _show_conflict(request, course, node, conflict.theirs)
    except ActionError as error:
        form.add_error(None, str(error))
        return _show(request, course, node, form, status=422)
    messages.success(request, _saved(saved))
    return redirect(request.path)


def _show(
    request: SignedInRequest,
    course: Course,
    node: actions.Node,
    form: NodeForm,
    *,
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    questions = []
    if isinstance(node, Block) and node.kind == BlockKind.QUIZ:
        assets = asset_documents(course)
        questions = [
            (each, question_document(each, assets)) for each in node.questions.order_by("position")
        ]
    # A lesson's page shows its blocks; this one, its settings: the way back leads there.
    place = node if isinstance(node, Course | Lesson) else parent_of(node)
    return page(
        request,
        "atelier/edit.html",
        course,
        node=node,
        status=status,
        form=form,
        heading=heading(node),
        back=None if isinstance(node, Course) else address(place),
        parent=heading(place),
        is_typed=typed is not None,
        revision=_latest(node),
        preview=(preview := _preview(course, node, typed)),
        graph=graph(preview["block"]) if preview and _is_scenario(node) else None,
        questions=questions,
        question_form=NewQuestionForm(),
    )


def _is_scenario(node: actions.Node) -> bool:
    return isinstance(node, Block) and node.kind == BlockKind.SCENARIO


def _preview(
    course: Course, node: actions.Node, typed: dict[str, Any] | None
) -> dict[str, Any] | None:
    """The document of a block or question: as saved, or with what was just typed."""
    if isinstance(node, Block):
        shown = Block(uuid=node.uuid, key=node.key, kind=node.kind, pk=node.pk)
        shown.data = node.data if typed is None else typed
        return {"block": block_document(shown, asset_documents(course))}
    if isinstance(node, Question):
        data = dict(actions.values(node) if typed is None else typed)
        shown_question = Question(uuid=node.uuid, key=node.key, kind=node.kind)
        shown_question.prompt, shown_question.data = data.pop("prompt"), data
        return {"question": question_document(shown_question, asset_documents(course))}
    return None


def _show_conflict(
    request: SignedInRequest, course: Course, node: actions.Node, theirs: actions.Node
) -> HttpResponse:
    """Both texts; what the author typed is in the form, ready to be saved over the other."""
    data: QueryDict = request.POST.copy()
    data["seen"] = actions.revision(theirs)
    mine, other = form_of(node, data), form_of(theirs)
    return page(
        request,
        "atelier/conflict.html",
        course,
        node=node,
        status=409,
        form=mine,
        differences=differences(mine, other),
        saved_at=theirs.updated_at,
        base=started_from(theirs.uuid, request.POST.get("seen", "")),
        standing=_latest(theirs),
    )
