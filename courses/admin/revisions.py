"""The revisions of a draft: their list, what one said, and the way back to it."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.comparing import differences, form_of, told, told_of
from courses.admin.frame import address, heading, of_course, page, places
from courses.enums import Gesture
from courses.models import OUTLINE, Block, Course, DraftRevision, Lesson, Module, Question
from courses.queries import draft_document
from courses.queries.revisions import latest, removal_of, revisions_of, within


@of_course
@require_safe
def index(request: SignedInRequest, course: Course) -> HttpResponse:
    """Of the whole draft, the last saved first."""
    return _listed(request, course, None, revisions_of(course))


@of_course
@require_safe
def of_node(request: SignedInRequest, course: Course, uuid: UUID) -> HttpResponse:
    """Of one object; of a lesson, with all that it holds."""
    node = _node(course, uuid)
    rows = list(revisions_of(course, within(node) if isinstance(node, Lesson) else [uuid]))
    if node is None and not rows:
        raise Http404
    return _listed(request, course, node, rows)


def _listed(
    request: SignedInRequest,
    course: Course,
    node: actions.Node | None,
    rows: Iterable[DraftRevision],
) -> HttpResponse:
    labels = _labels(course)
    return page(
        request,
        "atelier/revisions.html",
        course,
        node=node,
        heading=heading(node) if node else "",
        rows=[(each, *_named(each, labels)) for each in rows],
    )


def _named(row: DraftRevision, labels: dict[str, str]) -> tuple[str, str]:
    """What a row of the list is about, and what was done to it when it is not its words."""
    if row.kind != OUTLINE:
        return labels.get(str(row.node), ""), ""
    gesture, what, many = row.gesture, row.what, int(row.of)  # type: ignore[attr-defined]
    if many > 1:
        what = _("%(what)s, et ce qui suit : %(many)d en tout") % {"what": what, "many": many}
    return what, capfirst(str(Gesture(gesture).label))


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: SignedInRequest, course: Course, uuid: UUID, number: int) -> HttpResponse:
    """What it said against what stands now; then one goes back, if one wants."""
    found = get_object_or_404(
        DraftRevision.objects.select_related("saved_by"), course=course, node=uuid, number=number
    )
    if found.kind == OUTLINE:
        return _change(request, course, found)
    node = _node(course, uuid)
    if request.method == "POST" and node is not None:
        return _go_back(request, course, node, number)
    changes, seen = [], ""
    fits = node is not None and actions.fits(found, node)
    if node is not None and fits:
        changes = differences(form_of(node, said=found.said), form_of(node))
        seen = actions.revision(node)
    removal = None if node else removal_of(course, uuid)
    return page(
        request,
        "atelier/revision.html",
        course,
        node=node,
        revision=found,
        last=latest(uuid),
        heading=heading(node) if node else _removed(removal),
        removal=removal,
        said=[] if fits else told(course, found),
        fits=fits,
        differences=changes,
        seen=seen,
    )


def _removed(removal: DraftRevision | None) -> str:
    return removal.said["label"] if removal else _("Élément supprimé")


def _go_back(
    request: SignedInRequest, course: Course, node: actions.Node, number: int
) -> HttpResponse:
    try:
        made = actions.go_back(
            node=node,
            number=number,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        messages.error(request, str(error))
        return redirect("atelier:revision", course.code.lower(), node.uuid, number)
    said = _("Le texte de la révision %(old)d est revenu : c’est la révision %(new)d.")
    messages.success(request, said % {"old": number, "new": made.number})
    return redirect(address(node))


def _change(request: SignedInRequest, course: Course, found: DraftRevision) -> HttpResponse:
    """Something that was added, moved or removed; what was removed is put back from here."""
    if request.method == "POST":
        try:
            part = actions.restore(
                course=course, node=found.node, number=found.number,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(request, _("De retour dans le brouillon, à sa place."))
        return redirect(address(part))
    said = found.said
    there = _node(course, UUID(said["node"]))
    return page(
        request,
        "atelier/change.html",
        course,
        node=_node(course, found.node),
        revision=found,
        heading=said["label"],
        gesture=str(Gesture(said["gesture"]).label),
        link=address(there) if there and not said.get("held") else "",
        said=told_of(course, said.get("held"), said["noun"]),
        can_restore="held" in said and not said.get("restored"),
    )


def _node(course: Course, uuid: UUID) -> actions.Node | None:
    """The object of the draft that has this identity; None when it was removed."""
    if uuid == course.uuid:
        return course
    return (
        Lesson.objects.filter(module__course=course, uuid=uuid).select_related("module").first()
        or Block.objects.filter(lesson__module__course=course, uuid=uuid)
        .select_related("lesson__module__course")
        .first()
        or Question.objects.filter(block__lesson__module__course=course, uuid=uuid)
        .select_related("block__lesson__module__course")
        .first()
        or Module.objects.filter(course=course, uuid=uuid).select_related("course").first()
    )


def _labels(course: Course) -> dict[str, str]:
    """Every object that the draft holds today, in words."""
    labels = {uuid: each.label for uuid, each in places(course, draft_document(course)).items()}
    labels |= {str(each.uuid): each.title for each in course.modules.all()}
    return labels | {str(course.uuid): _("Présentation du cours")}
