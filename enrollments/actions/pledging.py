"""A commitment: kept in the ledger, and handed to whoever accompanies when its author says so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.documents import block, station
from courses.queries import document
from enrollments.actions.helping import ask, say
from enrollments.actions.ledger import record
from enrollments.actions.writing import NewEvent
from enrollments.models import BlockState, Enrollment, HelpThread
from enrollments.queries.pledges import has_words


@transaction.atomic
def pledge(*, enrollment_id: int, event: NewEvent, share: bool, at: datetime) -> bool:
    """Keep a commitment; whether it was handed over, as `share` asks. The same again adds nothing.

    Nobody but its author reads what was not handed over.
    """
    enrollment = record(enrollment_id=enrollment_id, event=event, at=at)
    return share and confide(enrollment, event, at=at)


def confide(enrollment: Enrollment, event: NewEvent, *, at: datetime) -> bool:
    """Send a commitment in the thread of its block; False when nothing is written in it.

    One said done in a copy, which held none of its words, goes with those that stand.
    """
    result = event.result
    if "text" not in result and event.block:
        state = BlockState.objects.filter(enrollment=enrollment, block=event.block).first()
        result = state.data | result if state else result
    if not has_words(result):
        return False
    words = _words(enrollment, event, result)
    threads = HelpThread.objects.filter(enrollment=enrollment, block=event.block)
    if thread := threads.order_by("asked_at", "pk").first():
        say(thread_id=thread.pk, by=enrollment.learner, text=words, uuid=event.uuid, at=at)
    else:
        ask(
            enrollment_id=enrollment.pk, lesson=event.lesson, block=event.block, text=words,
            uuid=event.uuid, at=at,
        )  # fmt: skip
    return True


def _words(enrollment: Enrollment, event: NewEvent, result: Mapping[str, Any]) -> str:
    lesson = station(document(enrollment.version_id), event.lesson)
    held = block(lesson, event.block) if lesson and event.block else None
    done = _("C’est fait.") if result["done"] else _("Pas encore fait.")
    acts = "\n".join(f"– {each}" for each in result["options"])
    parts = [held["title"] if held else "", acts, result["text"], done]
    return "\n\n".join(filter(None, parts))
