"""Pages where a second person reads a draft, and sends it back or approves it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.actions.hashing import content_hash
from courses.admin.frame import of_course, page, places
from courses.forms.reviews import AskForm, RemarkForm
from courses.models import Course, ReviewRemark
from courses.queries import changes_since_published, draft_document


@of_course
@require_POST
def ask(request: SignedInRequest, course: Course) -> HttpResponse:
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_review(
                course=course, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("La relecture est demandée."))
        except ActionError as error:
            messages.error(request, str(error))
    return redirect("atelier:publish", course.code.lower())


@of_course
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, course: Course) -> HttpResponse:
    """What changes, what was remarked, and what the reader may do."""
    # Before the draft: one that changes in between is not approved as what was asked to be read.
    found = course.reviews.select_related("asked_by", "decided_by").first()
    draft = draft_document(course)
    lieux = places(course, draft)
    labels = [(uuid, each.label) for uuid, each in lieux.items()]
    form = RemarkForm(request.POST or None, places=labels)
    if form.is_valid():
        try:
            review_id = _shown(request, course)
            actions.add_remark(
                review_id=review_id, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            return redirect("atelier:review", course.code.lower())
        except ActionError as error:
            form.add_error(None, str(error))
    remarks = found.remarks.all() if found else []
    return page(
        request,
        "atelier/review.html",
        course,
        status=422 if form.errors else 200,
        form=form,
        review=found,
        is_mine=found is not None and found.asked_by_id == request.user.pk,
        remarks=[(each, lieux.get(str(each.place))) for each in remarks],
        changes=changes_since_published(course, draft),
        digest=content_hash(draft),
    )


@of_course
@require_POST
def approve(request: SignedInRequest, course: Course) -> HttpResponse:
    return _decide(request, course, approves=True, said=_("Le cours est approuvé."))


@of_course
@require_POST
def send_back(request: SignedInRequest, course: Course) -> HttpResponse:
    said = _("Le cours est renvoyé avec vos remarques.")
    return _decide(request, course, approves=False, said=said)


def _decide(
    request: SignedInRequest, course: Course, *, approves: bool, said: str
) -> HttpResponse:
    try:
        actions.decide_review(
            review_id=_shown(request, course),
            approves=approves,
            shown=request.POST.get("empreinte", ""),
            by=request.user,
            at=timezone.now(),
        )
    except ActionError as error:
        messages.error(request, str(error))
        return redirect("atelier:review", course.code.lower())
    messages.success(request, said)
    return redirect("atelier:publish", course.code.lower())


def _shown(request: SignedInRequest, course: Course) -> int:
    """The reading that the page named: another may have been asked for since, of another text."""
    named = request.POST.get("relecture")
    for review_id in course.reviews.values_list("pk", flat=True):
        if str(review_id) == named:
            return review_id
    raise actions.ReviewClosed


@of_course
@require_POST
def settle(request: SignedInRequest, course: Course, remark_id: int) -> HttpResponse:
    remark = get_object_or_404(ReviewRemark, pk=remark_id, review__course=course)
    actions.settle_remark(remark=remark, at=timezone.now())
    messages.success(request, _("La remarque est réglée."))
    return redirect("atelier:review", course.code.lower())
