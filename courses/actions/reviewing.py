"""A second person reads a draft before it is published (docs/versions.md)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from courses import emails
from courses.actions.hashing import PublicationRefused, content_hash
from courses.checklist import blocking
from courses.enums import ReviewState
from courses.models import Course, PublicationReview, ReviewRemark
from courses.permissions import authors
from courses.queries import draft_document


class ReviewRefused(ActionError):
    """A reading cannot be asked for, or decided, in this way."""


class ReviewClosed(ReviewRefused):
    """The reading is over, or is not the one that was shown."""

    def __init__(self) -> None:
        super().__init__(_("Cette relecture est close : une autre l’a peut-être remplacée."))


@transaction.atomic
def ask_review(*, course: Course, note: str, by: User, at: datetime) -> PublicationReview:
    """Ask the other authors to read the draft as it stands; it replaces a reading still open.

    The same draft asked again by the same person is the same reading. Raises PublicationRefused
    while the checklist forbids publishing, and ReviewRefused when nobody else may read.
    """
    row = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    others = list(authors().exclude(pk=by.pk))
    if not others:
        raise ReviewRefused(_("Personne d’autre ne peut relire : publiez sans relecture."))
    document = draft_document(row)
    if issues := blocking(document):
        raise PublicationRefused(issues)
    digest = content_hash(document)
    open_one = row.reviews.filter(state=ReviewState.ASKED).first()
    if open_one is not None:
        if (open_one.content_hash, open_one.asked_by_id) == (digest, by.pk):
            return open_one
        open_one.state = ReviewState.REPLACED
        open_one.save(update_fields=["state", "updated_at"])
    review = PublicationReview.objects.create(
        course=row, content_hash=digest, asked_by=by, asked_at=at, note=note
    )
    for person in others:
        outbox.queue(emails.review_asked(review, person), at=at)
    record(at=at, actor=by, verb="course.review_asked", target=row.code)
    return review


@transaction.atomic
def add_remark(
    *, review_id: int, place: UUID | None, text: str, by: User, at: datetime
) -> ReviewRemark:
    """Write what is to be mended, while the reading is open."""
    review = _open(review_id, by)
    record(at=at, actor=by, verb="course.review_remark", target=review.course.code)
    return review.remarks.create(place=place, text=text)


@transaction.atomic
def settle_remark(*, remark: ReviewRemark, at: datetime) -> None:
    """Say that a remark is settled. Safe to repeat."""
    ReviewRemark.objects.filter(pk=remark.pk, settled_at__isnull=True).update(
        settled_at=at, updated_at=at
    )


@transaction.atomic
def decide_review(*, review_id: int, approves: bool, shown: str, by: User, at: datetime) -> None:
    """Approve what was read, or send it back with the remarks written.

    `shown` is the content hash of the draft that the reader's page showed. Raises ReviewRefused to
    whoever asked, for a reading that is closed, when the draft is not what was asked to be read,
    now or on that page, and when it is sent back without a word.
    """
    course_id = PublicationReview.objects.values_list("course", flat=True).get(pk=review_id)
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    review = _open(review_id, by)
    if approves and {shown, content_hash(draft_document(course))} != {review.content_hash}:
        raise ReviewRefused(
            _("Le brouillon a changé depuis la demande : demandez une nouvelle relecture.")
        )
    if not approves and not review.remarks.exists():
        raise ReviewRefused(_("Écrivez au moins une remarque avant de renvoyer le cours."))
    review.state = ReviewState.APPROVED if approves else ReviewState.RETURNED
    review.decided_by, review.decided_at = by, at
    review.save(update_fields=["state", "decided_by", "decided_at", "updated_at"])
    outbox.queue(emails.review_decided(review), at=at)
    verb = "course.review_approved" if approves else "course.review_returned"
    record(at=at, actor=by, verb=verb, target=course.code, sha256=review.content_hash)


def second_reader(course: Course, *, digest: str, by: User) -> User | None:
    """Who else approved this very content; None when there is nobody else to ask.

    Raises ReviewRefused when somebody could have read it and nobody did.
    """
    read = course.reviews.filter(state=ReviewState.APPROVED, content_hash=digest)
    if approved := read.select_related("decided_by").first():
        return approved.decided_by
    if authors().exclude(pk=by.pk).exists():
        raise ReviewRefused(_("Une autre personne doit relire ce brouillon et l’approuver."))
    return None


def _open(review_id: int, by: User) -> PublicationReview:
    review = (
        PublicationReview.objects.select_for_update(no_key=True, of=("self",))
        .select_related("course", "asked_by")
        .get(pk=review_id)
    )
    if not review.is_open:
        raise ReviewClosed
    if review.asked_by_id == by.pk:
        raise ReviewRefused(_("On ne relit pas ce que l’on a soi-même demandé de relire."))
    return review
