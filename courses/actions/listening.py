"""The recording of a lesson, for whoever would rather listen.

It is held with the fingerprint of the words that its author had before their eyes: when the
lesson says other words, the checklist knows it, whatever the dates.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions.editing import keep
from courses.actions.media import MediaRefused, measured
from courses.models import Lesson

SUFFIXES = (".mp3", ".m4a", ".opus")


@transaction.atomic
def record_lesson(*, lesson: Lesson, filename: str, content: bytes, words: str) -> None:
    """Keep a recording of these words in the place of any other.

    Raises MediaRefused, and then keeps nothing, unless it is a sound whose length can be read:
    people are told how long it lasts before they ask for it.
    """
    row = _locked(lesson)
    if not filename.lower().endswith(SUFFIXES):
        message = _("« %s » : un enregistrement est un fichier MP3, M4A ou Opus.")
        raise MediaRefused(message % filename)
    # Before anything is kept: it may be somebody's voice.
    if not measured(filename, content)["seconds"]:
        message = _("« %s » : la durée ne s’y lit pas. Enregistrez-le de nouveau en MP3 ou M4A.")
        raise MediaRefused(message % filename)
    asset = keep(row.module.course, filename, content)
    _say(row, asset.name, words)


@transaction.atomic
def vouch_for_recording(*, lesson: Lesson, words: str) -> None:
    """Take an author's word: the recording says what the lesson says today (`words`)."""
    row = _locked(lesson)
    if row.recording:
        _say(row, row.recording, words)


@transaction.atomic
def drop_recording(*, lesson: Lesson) -> None:
    """The file stays among the media of the course. Safe to repeat."""
    _say(_locked(lesson), "", "")


def _locked(lesson: Lesson) -> Lesson:
    rows = Lesson.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("module__course").get(pk=lesson.pk)


def _say(row: Lesson, name: str, words: str) -> None:
    row.recording, row.recorded_words = name, words
    row.save(update_fields=["recording", "recorded_words", "updated_at"])
