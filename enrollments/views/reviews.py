"""A result that was computed, looked at by a person: the request, and the answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from enrollments import actions
from enrollments.enums import Verb
from enrollments.forms import AnswerReviewForm, ReviewForm
from enrollments.models import PROMISED_DAYS, LearningEvent, ScoreReview
from enrollments.queries import reviews as queries


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """« Demander une révision » of one attempt; then what became of it."""
    mine = LearningEvent.objects.counting().filter(
        enrollment__learner=request.user, verb=Verb.ANSWERED
    )
    event = get_object_or_404(mine.select_related("enrollment__course"), uuid=uuid)
    review = ScoreReview.objects.filter(event=event).select_related("answered_by").first()
    form = ReviewForm(request.POST if request.method == "POST" and not review else None)
    if form.is_valid():
        try:
            actions.ask_review(
                learner=request.user, event=uuid, wanted=form.cleaned_data["wanted"],
                at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            form.add_error("wanted", str(error))
        else:
            messages.success(request, _("Votre demande est partie : une personne va la lire."))
            return redirect("enrollments:review", uuid)
    context = {"event": event, "review": review, "form": form, "days": PROMISED_DAYS}
    status = 422 if form.errors else 200
    return render(request, "enrollments/reviews/ask.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """One request, the attempt it is about, and the trainer's answer."""
    rows = queries.with_context(ScoreReview.objects.answerable_by(request.user))
    review = get_object_or_404(rows, event__uuid=uuid)
    form = AnswerReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.answer_review(
                review_id=review.pk, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Votre réponse est partie."))
            return redirect("enrollments:desk")
    opened(
        at=timezone.now(), reader=request.user, screen=Screen.QUESTIONS,
        people=[review.enrollment.learner_id], place=review.enrollment.course.code,
    )  # fmt: skip
    (asked,) = queries.told([review])
    context = {
        "asked": asked,
        "review": review,
        "quiz": queries.attempt(review),
        "form": form,
        "today": timezone.localdate(),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/reviews/answer.html", context, status=status)
