"""A year of learning, seeded: the ledger first, then what it says, by the very same functions."""

import hashlib
import random
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from atn_platform.demo.places import FICTIONAL_CODE
from certificates import pdf
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import number
from certificates.queries import facts_of
from courses.documents import LessonDoc, stations
from courses.models import Course
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from enrollments.projections import Event, standing
from municipalities.models import Mandate

YEAR_STARTS = datetime(2025, 11, 17, 14, 0, tzinfo=UTC)
YEAR_DAYS = 350
SHARE_ENROLLED, SHARE_STARTED, SHARE_FINISHED = 0.35, 0.75, 0.33
SHARE_OF_FIRST = 0.6
# The day that reminders are shown on, 2027-01-19 at noon in Québec, and whom each rule finds.
REMINDED_AT = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
WAITING, PAUSED, EACH_REMINDER = timedelta(days=7), timedelta(days=14), 4
MARGIN = timedelta(hours=2)
# Stations that personas have done, by the start of their address; 99: the whole course.
PERSONAS = {"chantal.girard": 6, "rejean.tremblay": 2, "ginette.ouellet": 99}
NAMESPACE = UUID("5d0c9f0a-8b3c-4a57-9a52-0b1f7ad33c55")


def write_activity(mandates: list[Mandate], chance: random.Random) -> dict[str, int]:
    """Enrol, learn and complete; counts of what was written."""
    offered = list(Course.objects.published().order_by("code"))
    enrollments = [
        _enrollment(mandate, _choice(mandate, offered, chance), chance)
        for mandate in mandates
        if offered and chance.random() < SHARE_ENROLLED
    ]
    reached = _personas(mandates, enrollments, offered, chance)
    reached |= _due_for_reminders(mandates, enrollments, offered, chance)
    Enrollment.objects.bulk_create(enrollments, batch_size=500)
    events: list[LearningEvent] = []
    lessons: list[LessonState] = []
    blocks: list[BlockState] = []
    for enrollment in enrollments:
        _learn(enrollment, reached.get(enrollment.uuid), chance, events, lessons, blocks)
    LearningEvent.objects.bulk_create(events, batch_size=1000)
    LessonState.objects.bulk_create(lessons, batch_size=1000)
    BlockState.objects.bulk_create(blocks, batch_size=1000)
    columns = [
        "status",
        "first_activity_at",
        "last_activity_at",
        "completed_at",
        "stations_done",
        "best_score",
        "current_lesson",
    ]
    Enrollment.objects.bulk_update(enrollments, columns, batch_size=500)
    completed = [each for each in enrollments if each.status == Status.COMPLETED]
    _certify(completed)
    return {"enrollments": len(enrollments), "certificates": len(completed)}


def _choice(mandate: Mandate, offered: list[Course], chance: random.Random) -> Course:
    """A course for this public; the first of the catalogue draws two people in three."""
    suited = [course for course in offered if mandate.public in course.publics] or offered
    return suited[0] if chance.random() < SHARE_OF_FIRST else chance.choice(suited)


def _enrollment(mandate: Mandate, course: Course, chance: random.Random) -> Enrollment:
    content = document(course.current_version_id or 0)
    start = YEAR_STARTS + timedelta(
        days=chance.randrange(YEAR_DAYS), minutes=chance.randrange(480)
    )
    return Enrollment(
        uuid=uuid5(NAMESPACE, f"{mandate.pk}/{course.code}"),
        learner=mandate.user,
        course=course,
        version_id=course.current_version_id or 0,
        mandate=mandate,
        enrolled_at=start,
        stations_total=sum(each["required"] for each in stations(content)),
    )


def _personas(
    mandates: list[Mandate],
    enrollments: list[Enrollment],
    offered: list[Course],
    chance: random.Random,
) -> dict[UUID, int]:
    """Replace what chance gave the personas by what a visit needs; stations by enrolment."""
    reached: dict[UUID, int] = {}
    for mandate in mandates if offered else []:
        start = (mandate.user.email or "").partition("@")[0]
        if start not in PERSONAS or mandate.organisation.code != FICTIONAL_CODE:
            continue
        enrollments[:] = [each for each in enrollments if each.mandate is not mandate]
        enrollment = _enrollment(mandate, offered[0], chance)
        enrollment.enrolled_at = YEAR_STARTS + timedelta(days=YEAR_DAYS - 40)
        enrollments.append(enrollment)
        reached[enrollment.uuid] = PERSONAS[start]
    return reached


def _due_for_reminders(
    mandates: list[Mandate],
    enrollments: list[Enrollment],
    offered: list[Course],
    chance: random.Random,
) -> dict[UUID, int]:
    """Enrol people who, that day, have waited a week or paused two; stations by enrolment."""
    taken = {each.learner_id for each in enrollments}
    free = [each for each in mandates if each.user.email and each.user_id not in taken]
    reached: dict[UUID, int] = {}
    for rank, mandate in enumerate(free[: 2 * EACH_REMINDER] if offered else []):
        waits = rank < EACH_REMINDER
        enrollment = _enrollment(mandate, offered[0], chance)
        enrollment.enrolled_at = REMINDED_AT - (WAITING if waits else PAUSED) - MARGIN
        enrollments.append(enrollment)
        reached[enrollment.uuid] = 0 if waits else 1
    return reached


def _reach(line: list[LessonDoc], chance: random.Random) -> int:
    """How many stations someone finishes; many stop on the way, some never start."""
    if chance.random() > SHARE_STARTED:
        return 0
    return len(line) if chance.random() < SHARE_FINISHED else chance.randrange(1, len(line) + 1)


def _learn(
    enrollment: Enrollment,
    wanted: int | None,
    chance: random.Random,
    events: list[LearningEvent],
    lessons: list[LessonState],
    blocks: list[BlockState],
) -> None:
    content = document(enrollment.version_id)
    line = list(stations(content))
    reached = _reach(line, chance) if wanted is None else min(wanted, len(line))
    if reached == 0:
        return
    # Those whose way is given learn in one sitting, so that their last moment is known.
    pauses = (1, 3, 900, 1440, 4000) if wanted is None else (1, 3)
    hours = chance.randrange(1, 60) if wanted is None else 1
    moment = enrollment.enrolled_at + timedelta(hours=hours)
    own = []
    for lesson in line[:reached]:
        moment += timedelta(minutes=lesson["minutes"] + chance.choice(pauses))
        own.append(_event(enrollment, lesson, moment, chance))
    found = standing(content, [_read(event) for event in own])
    events += own
    for uuid, lesson_found in found.lessons.items():
        lessons.append(
            LessonState(
                enrollment=enrollment,
                lesson=uuid,
                opened_at=lesson_found.opened_at,
                completed_at=lesson_found.completed_at,
            )
        )
        blocks += [
            BlockState(
                enrollment=enrollment,
                lesson=uuid,
                block=block,
                attempts=each.attempts,
                best_score=each.best_score,
                data=each.data,
            )
            for block, each in lesson_found.blocks.items()
        ]
    enrollment.first_activity_at = found.first_activity_at
    enrollment.last_activity_at = found.last_activity_at
    enrollment.stations_done, enrollment.current_lesson = found.done, found.current
    enrollment.best_score = found.best_score
    if found.completed_at:
        enrollment.status, enrollment.completed_at = Status.COMPLETED, found.completed_at


def _event(
    enrollment: Enrollment, lesson: LessonDoc, moment: datetime, chance: random.Random
) -> LearningEvent:
    verbs = {"exam": Verb.ANSWERED, "meeting": Verb.ATTENDED}
    verb = verbs.get(lesson["kind"], Verb.COMPLETED)
    exam = lesson["kind"] == "exam"
    quiz = next((each for each in lesson["blocks"] if each["kind"] == "quiz"), None)
    return LearningEvent(
        uuid=uuid5(enrollment.uuid, lesson["key"]),
        enrollment=enrollment,
        verb=verb,
        lesson=UUID(lesson["uuid"]),
        block=UUID(quiz["uuid"]) if exam and quiz else None,
        result={"score": chance.choice((70, 80, 80, 90, 100)), "answers": {}} if exam else {},
        happened_at=moment,
        received_at=moment,
    )


def _read(event: LearningEvent) -> Event:
    return Event(
        event.uuid,
        event.verb,
        event.lesson,
        event.block,
        event.result,
        event.happened_at,
        event.received_at,
    )


def _certify(enrollments: list[Enrollment]) -> None:
    """Certificates of the past: their e-mails left long ago, so none is promised here."""
    ranks: dict[int, int] = {}
    for enrollment in sorted(enrollments, key=lambda each: (each.completed_at, each.pk)):
        issued = enrollment.completed_at or YEAR_STARTS
        ranks[issued.year] = ranks.get(issued.year, 0) + 1
        certificate = Certificate.objects.create(
            enrollment=enrollment,
            number=number(issued.year, ranks[issued.year]),
            code=secrets.token_urlsafe(16),
            facts=facts_of(enrollment),
            issued_at=issued,
        )
        content = pdf.render(certificate)
        CertificateFile.objects.create(
            certificate=certificate,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            rendered_at=issued,
        )
    YearCounter.objects.bulk_create(
        YearCounter(year=year, last=last) for year, last in ranks.items()
    )
