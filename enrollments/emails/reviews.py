"""Letters about the review of a result. Nothing is sent from here."""

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from enrollments.models import ScoreReview


@written_for(lambda _review, person: person)
def asked(review: ScoreReview, person: User) -> Message:
    """To whoever may answer, without a word of what was asked or answered."""
    return compose(
        key=f"review-asked:{review.pk}:{person.pk}",
        category=Category.ACCOUNT,
        recipient=person,
        template="review_asked",
        context={
            "course": wording.quoted(review.enrollment.course.title),
            "due_on": review.due_on,
            "url": absolute("enrollments:answer-review", review.event.uuid),
        },
        subject=_("Une révision est demandée"),
        reason=_("Vous répondez aux questions des personnes qui apprennent."),
    )


@written_for(lambda review: review.enrollment.learner)
def answered(review: ScoreReview) -> Message:
    return compose(
        key=f"review-answered:{review.pk}",
        category=Category.ACCOUNT,
        recipient=review.enrollment.learner,
        template="review_answered",
        context={
            "course": wording.quoted(review.enrollment.course.title),
            "review": review,
            "url": absolute("enrollments:review", review.event.uuid),
        },
        subject=_("La révision de votre résultat"),
        reason=_("Vous avez demandé qu’une personne révise un résultat."),
    )
