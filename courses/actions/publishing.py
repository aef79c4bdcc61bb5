"""Freezing a draft into a version that people follow."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from courses.actions.indexing import index
from courses.checklist import Issue, blocking
from courses.documents import CourseDoc
from courses.models import Course, CourseVersion
from courses.queries import draft_document


class PublicationRefused(ActionError):
    """The draft cannot be published; `issues` says what to mend, and where."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        places = [f"{i.lesson}/{i.block}/{i.question}".strip("/") for i in issues]
        lines = [f"{place} : {i.message}" for place, i in zip(places, issues, strict=True)]
        super().__init__(_("Ce cours n’est pas prêt à être publié.") + "\n" + "\n".join(lines))


@transaction.atomic
def publish(*, course_id: int, by: User | None, at: datetime) -> CourseVersion:
    """Freeze the draft as the version in force; people under way keep theirs.

    An unchanged draft gives back the version already in force. Raises PublicationRefused.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=course_id)
    document = draft_document(course)
    if issues := blocking(document):
        raise PublicationRefused(issues)
    digest = content_hash(document)
    last = course.versions.order_by("-number").defer("document").first()
    if last is not None and last.content_hash == digest and course.current_version_id == last.pk:
        return last
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
    record(at=at, actor=by, verb="course.published", target=str(version), sha256=digest)
    return version


def content_hash(document: CourseDoc) -> str:
    """SHA-256 of the document's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
