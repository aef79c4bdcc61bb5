"""Freezing a draft into a version that people follow."""

from datetime import datetime

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from courses.actions.hashing import PublicationRefused, content_hash
from courses.actions.indexing import index
from courses.actions.reviewing import second_reader
from courses.checklist import blocking
from courses.documents import frozen_document
from courses.models import Course, CourseVersion
from courses.queries import draft_document


@transaction.atomic
def publish(*, course_id: int, by: User | None, at: datetime) -> CourseVersion:
    """Freeze the draft as the version in force; people under way keep theirs.

    An unchanged draft gives back the version already in force. Raises PublicationRefused, and
    ReviewRefused when a person publishes what no second person approved (actions/reviewing.py).
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    draft = draft_document(course)
    if issues := blocking(draft):
        raise PublicationRefused(issues)
    document = frozen_document(draft)
    digest = content_hash(document)
    last = course.versions.order_by("-number").defer("document").first()
    if last is not None and last.content_hash == digest and course.current_version_id == last.pk:
        return last
    reader = second_reader(course, digest=digest, by=by) if by is not None else None
    version = CourseVersion.objects.create(
        course=course,
        number=last.number + 1 if last else 1,
        document=document,
        minutes=document["minutes"],
        content_hash=digest,
        published_at=at,
        published_by=by,
    )
    course.current_version = version
    course.withdrawn_at, course.successor = None, None
    course.save(update_fields=["current_version", "withdrawn_at", "successor", "updated_at"])
    index(course_id=course.pk, content=document)
    record(
        at=at,
        actor=by,
        verb="course.published",
        target=str(version),
        sha256=digest,
        people=[reader.pk] if reader else [],
        read_by_another=reader is not None,
    )
    return version
