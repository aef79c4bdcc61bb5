"""Asking a person to look at a computed result, and their answer."""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record as journal
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import DAY, QUEBEC, is_working_day
from atn_platform.notifications import outbox
from enrollments import grading
from enrollments.actions.ledger import record
from enrollments.actions.writing import NewEvent
from enrollments.emails import reviews as letters
from enrollments.enums import Verb
from enrollments.models import PROMISED_DAYS, Enrollment, LearningEvent, ScoreReview
from enrollments.permissions import answerers

LONGEST = 2_000
FULL = 100


class ReviewRefused(ActionError):
    """The request, or the answer, cannot be like that."""


@transaction.atomic
def ask_review(*, learner: User, event: UUID, wanted: str, at: datetime) -> ScoreReview:
    """Ask about one attempt of one's own; the request in hand, when there is one."""
    attempt = LearningEvent.objects.select_related("enrollment").get(
        uuid=event, enrollment__learner=learner, verb=Verb.ANSWERED
    )
    Enrollment.objects.select_for_update(no_key=True).get(pk=attempt.enrollment_id)
    # Read once nothing moves any more: it may have been taken back meanwhile.
    if not LearningEvent.objects.counting().filter(pk=attempt.pk).exists():
        raise ReviewRefused(_("Cet essai a été annulé : il ne compte plus."))
    words = _words(wanted, _("Écrivez ce qui vous étonne : la personne qui révise le lira."))
    review, created = ScoreReview.objects.get_or_create(
        event=attempt,
        defaults={
            "enrollment": attempt.enrollment,
            "wanted": words,
            "score": attempt.result.get("score", 0),
            "asked_at": at,
            "due_on": promised(at.astimezone(QUEBEC).date()),
        },
    )
    if created:
        journal(at=at, actor=learner, verb="review.asked", target=str(review.pk))
        for person in answerers(attempt.enrollment.mandate.organisation):
            outbox.queue(letters.asked(review, person), at=at)
    return review


def promised(day: date) -> date:
    """The last of the working days promised, counted from the day after."""
    left = PROMISED_DAYS
    while left:
        day += DAY
        left -= is_working_day(day)
    return day


@transaction.atomic
def answer_review(
    *, review_id: int, by: User, score: int | None, reason: str, at: datetime
) -> ScoreReview:
    """Answer once, with reasons; a result that rises goes through the ledger like another.

    The act bears the moment of the attempt: what it passes was passed on that day.
    """
    rows = ScoreReview.objects.select_for_update(of=("self",), no_key=True)
    review = rows.select_related("event", "enrollment__learner", "enrollment__course").get(
        pk=review_id
    )
    if review.answered_at is not None:
        raise ReviewRefused(_("Cette demande a déjà sa réponse."))
    if review.enrollment.learner == by:
        raise ReviewRefused(_("Une autre personne que vous doit répondre à votre demande."))
    if score is not None and not review.score < score <= FULL:
        raise ReviewRefused(
            _("Le résultat révisé dépasse %s et va jusqu’à 100; vide, il ne change pas.")
            % review.score
        )
    review.reason = _words(reason, _("Écrivez les raisons : la personne les lira."))
    review.answered_at, review.answered_by, review.score_after = at, by, score
    review.save()
    if score is not None:
        _raise(review, score, at=at)
    journal(at=at, actor=by, verb="review.answered", target=str(review.pk), score_after=score)
    outbox.queue(letters.answered(review), at=at)
    return review


def _raise(review: ScoreReview, score: int, *, at: datetime) -> None:
    attempt = review.event
    event = NewEvent(
        uuid=uuid5(attempt.uuid, "revised"),
        verb=Verb.REVISED,
        lesson=attempt.lesson,
        block=attempt.block,
        happened_at=attempt.happened_at,
        result={"score": score, "of": str(attempt.uuid)},
    )
    record(enrollment_id=review.enrollment_id, event=event, at=at)


def _words(typed: str, refusal: str) -> str:
    words = grading.typed_text(typed, longest=LONGEST)
    if not words:
        raise ReviewRefused(refusal)
    return words
