"""Asking whoever accompanies, answering, and sharing what may serve others."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from atn_platform.notifications.replies import Reply
from courses.documents import station
from courses.queries import document
from enrollments import grading
from enrollments.emails.helping import answered, asked
from enrollments.models import Enrollment, HelpPost, HelpThread
from enrollments.permissions import answerers, can_answer
from enrollments.queries.helping import names_left

LONGEST = 5000


class HelpRefused(ActionError):
    """There is nothing to send, or nowhere to send it."""


@transaction.atomic
def ask(
    *,
    enrollment_id: int,
    lesson: UUID,
    text: str,
    uuid: UUID,
    at: datetime,
    block: UUID | None = None,
) -> HelpThread:
    """Open a thread in the version followed; the same form again is the same thread.

    `block` is the commitment that the learner hands over, when it is no question.
    """
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    if station(document(enrollment.version_id), lesson) is None:
        raise HelpRefused(_("Cette leçon n’appartient pas à votre version du cours."))
    words = _words(text)
    thread, created = HelpThread.objects.get_or_create(
        uuid=uuid,
        defaults={
            "enrollment": enrollment,
            "version_id": enrollment.version_id,
            "lesson": lesson,
            "block": block,
            "asked_at": at,
        },
    )
    if thread.enrollment_id != enrollment.pk:
        raise HelpRefused(_("Cette question est déjà inscrite à un autre dossier."))
    if created:
        _add(thread, enrollment.learner, words, uuid=uuid, at=at)
    return thread


@transaction.atomic
def say(*, thread_id: int, by: User, text: str, uuid: UUID, at: datetime) -> HelpThread:
    """Add a word to a thread: an answer closes the wait, the learner's own opens it again.

    The same form again adds nothing.
    """
    thread = HelpThread.objects.select_for_update(of=("self",), no_key=True).get(pk=thread_id)
    words = _words(text)
    if not HelpPost.objects.filter(uuid=uuid).exists():
        _add(thread, by, words, uuid=uuid, at=at)
    return thread


@transaction.atomic
def say_by_mail(reply: Reply, *, at: datetime) -> bool:
    """Add what came by mail, if its person may still speak there; the same letter adds nothing."""
    thread = HelpThread.objects.filter(pk=reply.about).select_related("enrollment").first()
    person = User.objects.filter(pk=reply.person, is_active=True).first()
    if thread is None or person is None:
        return False
    if thread.enrollment.learner_id != person.pk and not can_answer(person):
        return False
    say(thread_id=thread.pk, by=person, text=reply.text, uuid=reply.uuid, at=at)
    return True


@transaction.atomic
def share(*, thread_id: int, question: str, answer: str, at: datetime) -> HelpThread:
    """Show everyone who reads the lesson what the trainer wrote for them; no name is kept in it.

    Refused while they hold the name of whoever spoke, their municipality or how to reach them.
    """
    thread = HelpThread.objects.select_for_update(of=("self",), no_key=True).get(pk=thread_id)
    asked_words, answer_words = _words(question), _words(answer)
    if left := names_left(thread, f"{asked_words}\n{answer_words}"):
        raise HelpRefused(
            _("On peut encore reconnaître quelqu’un : « %s ». Enlevez-le avant de partager.")
            % " », « ".join(left)
        )
    thread.shared_question, thread.shared_answer, thread.shared_at = asked_words, answer_words, at
    thread.save(update_fields=["shared_question", "shared_answer", "shared_at", "updated_at"])
    return thread


@transaction.atomic
def unshare(*, thread_id: int) -> None:
    """Take what was shared back; the thread itself stays between the two. Safe to repeat."""
    HelpThread.objects.filter(pk=thread_id).update(
        shared_question="", shared_answer="", shared_at=None
    )


def _words(text: str) -> str:
    words = grading.typed_text(text, longest=LONGEST)
    if not words:
        raise HelpRefused(_("Écrivez votre message avant de l’envoyer."))
    return words


def _add(thread: HelpThread, by: User, words: str, *, uuid: UUID, at: datetime) -> None:
    post = HelpPost.objects.create(uuid=uuid, thread=thread, author=by, text=words, posted_at=at)
    learner = thread.enrollment.learner
    is_answer = by != learner
    thread.answered_at = at if is_answer else None
    thread.save(update_fields=["answered_at", "updated_at"])
    if is_answer:
        outbox.queue(answered(post), at=at)
        return
    for person in answerers(thread.enrollment.mandate.organisation):
        outbox.queue(asked(post, person), at=at)
