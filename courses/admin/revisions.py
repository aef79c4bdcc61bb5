"""The revisions of a draft: their list, what one said, and the way back to it."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.admin.comparing import differences, form_of, told
from courses.admin.frame import address, heading, of_course, page, places
from courses.models import Block, Course, DraftRevision, Lesson, Module, Question
from courses.queries import draft_document
from courses.queries.revisions import latest, revisions_of, within


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
        rows=[(each, labels.get(str(each.node), "")) for each in rows],
    )


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: SignedInRequest, course: Course, uuid: UUID, number: int) -> HttpResponse:
    """What it said against what stands now; then one goes back, if one wants."""
    found = get_object_or_404(
        DraftRevision.objects.select_related("saved_by"), course=course, node=uuid, number=number
    )
    node = _node(course, uuid)
    if request.method == "POST" and node is not None:
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
            return redirect("atelier:revision", course.code.lower(), uuid, number)
        said = _("Le texte de la révision %(old)d est revenu : c’est la révision %(new)d.")
        messages.success(request, said % {"old": number, "new": made.number})
        return redirect(address(node))
    changes, seen = [], ""
    fits = node is not None and actions.fits(found, node)
    if node is not None and fits:
        changes = differences(form_of(node, said=found.said), form_of(node))
        seen = actions.revision(node)
    return page(
        request,
        "atelier/revision.html",
        course,
        node=node,
        revision=found,
        last=latest(uuid),
        heading=heading(node) if node else _("Élément supprimé"),
        said=[] if fits else told(course, found),
        fits=fits,
        differences=changes,
        seen=seen,
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
