"""Where the reading of a draft stands, and what was remarked in it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from atn_platform.accounts.models import User
from courses.enums import ReviewState
from courses.models import Course, PublicationReview, ReviewRemark


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands between a draft and its publication, once the checklist is satisfied.

    `last` is the reading asked last; `is_of_this` says whether it was of the draft as it stands.
    """

    last: PublicationReview | None
    is_of_this: bool
    is_alone: bool

    @property
    def is_approved(self) -> bool:
        found = self.last
        return found is not None and self.is_of_this and found.state == ReviewState.APPROVED

    @property
    def may_publish(self) -> bool:
        return self.is_alone or self.is_approved


def reading_of(course: Course, *, digest: str, others: QuerySet[User]) -> Reading:
    """The reading of a draft whose content has this fingerprint; an approval of it comes first."""
    rows = course.reviews.select_related("asked_by", "decided_by")
    approved = rows.filter(content_hash=digest, state=ReviewState.APPROVED).first()
    last = approved or rows.exclude(state=ReviewState.REPLACED).first()
    is_of_this = last is not None and last.content_hash == digest
    return Reading(last, is_of_this, not others.exists())


def remarks_left(course: Course) -> QuerySet[ReviewRemark]:
    """Remarks of readings sent back that nobody has settled."""
    rows = ReviewRemark.objects.filter(review__course=course, settled_at__isnull=True)
    return rows.filter(review__state=ReviewState.RETURNED).order_by("pk")
