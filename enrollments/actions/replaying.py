"""What a device kept without network, sent when the line is back (docs/offline.md)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from courses.documents import BlockDoc, block, station
from courses.enums import BlockKind
from courses.queries import document
from enrollments.actions import acts
from enrollments.actions.ledger import Replayed, record_many
from enrollments.actions.pledging import confide
from enrollments.actions.writing import EventRefused, NewEvent
from enrollments.enums import Fate, Verb
from enrollments.models import BlockState, Enrollment
from enrollments.projections import Event
from enrollments.queries.pledges import has_words
from enrollments.queries.quiz import attempt_of, drawn

Made = tuple[Verb, dict[str, Any]]
Tried = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """One act, as the device wrote it and never changed it. `fields` are those of the form."""

    id: UUID
    verb: str
    course: str
    lesson: UUID
    said_at: datetime
    rank: int = 0
    block: UUID | None = None
    attempt: UUID | None = None
    fields: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one device sends at once. `now` is its clock as it sends."""

    device: UUID
    now: datetime
    statements: list[Statement]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a statement; `words` are for the person, and often empty."""

    id: UUID
    fate: Fate
    words: str = ""
    score: int | None = None


@transaction.atomic
def replay(*, learner: User, batch: Batch, at: datetime) -> list[Answer]:
    """Take a whole batch in one transaction; the same batch again answers « known » throughout.

    A clock that is wrong is put right by what it says now; the ledger brings back what would
    precede the enrolment or lie ahead. A refusal is an answer like another: nothing is dropped
    without a word, and one statement never keeps out the next.
    """
    drift = at - batch.now
    answers: dict[UUID, Answer] = {}
    by_course: dict[str, list[Statement]] = defaultdict(list)
    for each in batch.statements:
        by_course[each.course.upper()].append(each)
    mine = Enrollment.objects.visible_to(learner).live()
    followed = mine.filter(course__code__in=by_course).select_related("course").order_by("pk")
    # In the order of keys: two devices of one person never wait for each other in a circle.
    for enrollment in followed:
        sent = by_course.pop(enrollment.course.code)
        answers |= _replay(enrollment, sent, device=batch.device, drift=drift, at=at)
    gone = _("Vous ne suivez plus ce cours : inscrivez-vous de nouveau pour y répondre.")
    for left in by_course.values():
        answers |= {each.id: Answer(each.id, Fate.REFUSED, gone) for each in left}
    return [answers[each.id] for each in batch.statements]


def _replay(
    enrollment: Enrollment,
    statements: list[Statement],
    *,
    device: UUID,
    drift: timedelta,
    at: datetime,
) -> dict[UUID, Answer]:
    events: dict[UUID, NewEvent] = {}
    answers: dict[UUID, Answer] = {}
    tried = _tried(enrollment, statements)
    for each in statements:
        try:
            events[each.id] = _event(enrollment, each, tried, device=device, drift=drift)
        except EventRefused as error:
            answers[each.id] = Answer(each.id, Fate.REFUSED, str(error))
    done = record_many(enrollment_id=enrollment.pk, events=list(events.values()), at=at)
    for each in statements:
        kept = each.id in events and each.id not in done.refused
        if kept and each.verb == "engage" and "share" in each.fields:
            confide(done.enrollment, events[each.id], at=at)
    return answers | {key: _answer(key, event, done) for key, event in events.items()}


def _tried(enrollment: Enrollment, statements: list[Statement]) -> Tried:
    """How many tries each questionnaire of these acts has had, by block; read once for all."""
    blocks = [each.block for each in statements if each.verb == "repond" and each.block]
    if not blocks:
        return {}
    rows = BlockState.objects.filter(enrollment=enrollment, block__in=blocks)
    return {row.block: drawn(row) for row in rows}


def _event(
    enrollment: Enrollment,
    said: Statement,
    tried: Tried,
    *,
    device: UUID,
    drift: timedelta,
) -> NewEvent:
    make = _MAKERS.get(said.verb)
    if make is None:
        # A newer page may speak to an older server: the device keeps what is not understood.
        raise EventRefused(_("Ce geste n’est pas connu de la plateforme."))
    verb, result = make(enrollment, said, tried)
    origin = {"device": str(device), "rank": said.rank, "said_at": said.said_at.isoformat()}
    return NewEvent(
        uuid=said.id,
        verb=verb,
        lesson=said.lesson,
        block=said.block,
        result=result,
        happened_at=said.said_at + drift,
        origin=origin,
    )


def _opened(*_: object) -> Made:
    return Verb.OPENED, {}


def _completed(*_: object) -> Made:
    return Verb.COMPLETED, {}


def _answered(enrollment: Enrollment, said: Statement, tried: Tried) -> Made:
    held = _held(enrollment, said, BlockKind.QUIZ)
    tries = range(tried.get(UUID(held["uuid"]), 0) + 1)
    if said.attempt not in {attempt_of(enrollment, held, n) for n in tries}:
        raise EventRefused(
            _("Ce questionnaire appartient à une inscription qui n’est plus la vôtre.")
        )
    return Verb.ANSWERED, acts.answered(held, said.attempt, _fields(said))


def _noted(enrollment: Enrollment, said: Statement, _tried: Tried) -> Made:
    held = _held(enrollment, said, BlockKind.REFLECTION)
    return Verb.NOTED, acts.noted(held, _fields(said))


def _pledged(enrollment: Enrollment, said: Statement, _tried: Tried) -> Made:
    """The copy taken along is drawn empty: what is left so in it takes no word back."""
    held = _held(enrollment, said, BlockKind.PLEDGE)
    result = acts.pledged(held, _fields(said))
    if has_words(result):
        return Verb.PLEDGED, result
    return Verb.PLEDGED, {"done": True} if result["done"] else {}


_MAKERS: dict[str, Callable[[Enrollment, Statement, Tried], Made]] = {
    "ouvre": _opened,
    "termine": _completed,
    "repond": _answered,
    "note": _noted,
    "engage": _pledged,
}


def _held(enrollment: Enrollment, said: Statement, kind: BlockKind) -> BlockDoc:
    lesson = station(document(enrollment.version_id), said.lesson)
    held = block(lesson, said.block) if lesson and said.block else None
    if held is None or held["kind"] != kind:
        raise EventRefused(
            _("Cet exercice n’existe plus dans la version du cours que vous suivez.")
        )
    return held


def _fields(said: Statement) -> acts.Fields:
    return MultiValueDict({name: list(values) for name, values in said.fields.items()})


def _answer(key: UUID, event: NewEvent, done: Replayed) -> Answer:
    if event.uuid in done.refused:
        return Answer(key, Fate.REFUSED, done.refused[event.uuid])
    fate = Fate.KNOWN if event.uuid in done.known else Fate.KEPT
    score = next((e.result.get("score") for e in done.ledger if e.uuid == event.uuid), None)
    return Answer(key, fate, _conflict(event, done.ledger), score)


def _conflict(event: NewEvent, ledger: list[Event]) -> str:
    """What another device did in the meantime, and what became of both."""
    same = [e for e in ledger if e.verb == event.verb and e.block == event.block]
    if event.verb == Verb.ANSWERED:
        attempt = event.result["attempt"]
        if sum(e.result.get("attempt", str(e.uuid)) == attempt for e in same) > 1:
            return _(
                "Ces questions avaient aussi été remplies ailleurs : les deux essais sont gardés, "
                "et seul le meilleur compte."
            )
    if "text" in event.result:
        written = [e for e in same if "text" in e.result]
        last = max(written, key=lambda e: (e.happened_at, e.uuid))
        if last.uuid != event.uuid and last.result != event.result:
            return _(
                "Vous avez écrit un texte plus récent sur un autre appareil : c’est lui qui "
                "s’affiche. Celui-ci est gardé, juste en dessous."
            )
    return ""
