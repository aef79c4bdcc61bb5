"""Letters to those who write courses."""

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from courses.enums import ReviewState
from courses.models import PublicationReview
from courses.queries.care import ReviewDue


@written_for(lambda due: due.owner)
def to_review(due: ReviewDue) -> Message:
    """A course is to be read again: by when, and where."""
    code = due.course.code
    return compose(
        key=f"course-review:{due.course.pk}:{due.review_on}:{due.days}",
        category=Category.SESSION,
        recipient=due.owner,
        template="course_review",
        subject=_("Cours à revoir : %s") % code,
        reason=_("Vous répondez du contenu de ce cours."),
        context={
            "code": code,
            "title": french.quoted(due.course.title),
            "day": french.day(due.review_on),
            "url": absolute("atelier:care", code.lower()),
        },
    )


@written_for(lambda _review, person: person)
def review_asked(review: PublicationReview, person: User) -> Message:
    """A draft waits to be read by somebody else."""
    code = review.course.code
    return compose(
        key=f"course-reading:{review.pk}:{person.pk}",
        category=Category.SESSION,
        recipient=person,
        template="reading_asked",
        subject=_("Un cours attend votre relecture : %s") % code,
        reason=_("Vous écrivez les cours de l’Académie."),
        context={
            "code": code,
            "title": french.quoted(review.course.title),
            "by": review.asked_by,
            "note": review.note,
            "url": absolute("atelier:review", code.lower()),
        },
    )


@written_for(lambda review: review.asked_by)
def review_decided(review: PublicationReview) -> Message:
    """What became of the reading that was asked for."""
    code = review.course.code
    is_approved = review.state == ReviewState.APPROVED
    subject = _("Votre cours est approuvé : %s") if is_approved else _("Votre cours revient : %s")
    return compose(
        key=f"course-read:{review.pk}",
        category=Category.SESSION,
        recipient=review.asked_by,
        template="reading_decided",
        subject=subject % code,
        reason=_("Vous avez demandé cette relecture."),
        context={
            "code": code,
            "title": french.quoted(review.course.title),
            "by": review.decided_by,
            "is_approved": is_approved,
            "remarks": [each.text for each in review.remarks.all()],
            "url": absolute("atelier:publish" if is_approved else "atelier:review", code.lower()),
        },
    )
