"""Notes of one's own, lesson by lesson."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses.documents import station
from courses.queries import document
from enrollments import grading
from enrollments.models import Enrollment, LessonNote

LONGEST_NOTES = 20_000


class NotesChanged(ActionError):
    """Another device wrote since the page was drawn; `stored` is what stands there."""

    def __init__(self, stored: LessonNote) -> None:
        self.stored = stored
        super().__init__(
            _("Ces notes ont changé sur un autre appareil. Les deux textes sont ci-dessous.")
        )


@transaction.atomic
def write_notes(
    *, enrollment_id: int, lesson: UUID, text: str, revision: int, at: datetime
) -> LessonNote:
    """Keep the notes whose page showed this revision; 0 stands for none yet.

    The same text again changes nothing. Raises NotesChanged rather than losing either text.
    """
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    if station(document(enrollment.version_id), lesson) is None:
        raise ActionError(_("Cette leçon n’appartient pas à votre version du cours."))
    typed = grading.typed_text(text, longest=LONGEST_NOTES)
    kept = LessonNote.objects.filter(enrollment=enrollment, lesson=lesson).first()
    if kept is None:
        return LessonNote.objects.create(
            enrollment=enrollment, lesson=lesson, text=typed, written_at=at
        )
    if kept.text == typed:
        return kept
    if kept.revision != revision:
        raise NotesChanged(kept)
    kept.text, kept.revision, kept.written_at = typed, kept.revision + 1, at
    kept.save(update_fields=["text", "revision", "written_at", "updated_at"])
    return kept
