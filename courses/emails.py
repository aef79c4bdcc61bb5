"""Letters to those who write courses."""

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
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
            "title": due.course.title,
            "day": french.day(due.review_on),
            "url": absolute("atelier:care", code.lower()),
        },
    )
