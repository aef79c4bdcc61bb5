"""Which courses are to be read again, and whom to tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from atn_platform.accounts.models import User
from courses.models import Course
from courses.queries import courses_with_followers

# Days before the day: time to plan the reading, then the day itself.
STEPS = (30, 0)


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """A course that its owner is told of; `days` names the promise."""

    course: Course
    owner: User
    review_on: date
    days: int


def reminders_due(*, on: date) -> Iterator[ReviewDue]:
    """The last step passed of each offered course: whoever was not told before hears once."""
    rows = Course.objects.published().filter(
        owner__is_active=True, review_on__lte=on + timedelta(days=max(STEPS))
    )
    for course in rows.select_related("owner").order_by("pk"):
        if course.owner is not None and course.review_on is not None:
            days = min(each for each in STEPS if course.review_on - timedelta(days=each) <= on)
            yield ReviewDue(course, course.owner, course.review_on, days)


def shelf(*, on: date) -> QuerySet[Course]:
    """Every course with its followers, and whether it `is_due` to be read again."""
    late = ExpressionWrapper(
        Q(review_on__lte=on, current_version__isnull=False, withdrawn_at__isnull=True),
        output_field=BooleanField(),
    )
    return (
        courses_with_followers().annotate(is_due=late).select_related("current_version", "owner")
    )
