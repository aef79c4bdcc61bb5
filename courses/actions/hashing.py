"""What a draft is when it is read and when it is published: the fingerprint of its content."""

import hashlib
import json

from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses.checklist import Issue
from courses.documents import CourseDoc, frozen_document


class PublicationRefused(ActionError):
    """The draft cannot be published; `issues` says what to mend, and where."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        places = [f"{i.lesson}/{i.block}/{i.question}".strip("/") for i in issues]
        lines = [f"{place} : {i.message}" for place, i in zip(places, issues, strict=True)]
        super().__init__(_("Ce cours n’est pas prêt à être publié.") + "\n" + "\n".join(lines))


def content_hash(document: CourseDoc) -> str:
    """SHA-256 of the canonical JSON of what is kept of it: sorted keys, no spaces, UTF-8."""
    text = json.dumps(
        frozen_document(document), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
