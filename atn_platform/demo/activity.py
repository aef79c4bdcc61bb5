"""A year of learning, seeded: who enrols, how far each one goes, and the proofs of the past."""

import hashlib
import random
from datetime import UTC, datetime, timedelta

from atn_platform.demo.journeys import EASTERN, Rows, enrollment_of, travel, working_moment
from certificates import pdf
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import new_code, number
from certificates.queries import facts_of
from courses.documents import stations
from courses.models import Course
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from municipalities.models import Mandate

YEAR_STARTS = datetime(2025, 11, 17, 14, 0, tzinfo=UTC)
YEAR_ENDS = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
# Enrolments by month of that year, November to October: summers and Christmas are quiet.
SEASONS = (3, 2, 5, 8, 9, 7, 5, 3, 1, 2, 8, 10)
# How eager a municipality is, drawn once for each: some do not take part at all.
EAGERNESS = (0, 0, 0.15, 0.3, 0.45, 0.7)
EAGER = {"00620": 0.8}  # Saint-Exemple, whose responsable shows « Mes gens »
FIRST_COURSE = "CYB-101"
FINISHED, STARTED, LEFT = 0.34, 0.86, 0.06
# The moment that reminders are shown at: 2027-01-19, noon in Québec.
REMINDED_AT = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
WAITING_DAYS, DORMANT_DAYS = 7, 14
EACH_REMINDER = 4  # people whom each of these two rules finds that day
# Stations reached at Saint-Exemple in the first course, by address; 99: the end.
PERSONAS = {"chantal.girard": 7, "rejean.tremblay": 3, "ginette.ouellet": 99}


def write_activity(
    mandates: list[Mandate], personas: list[Mandate], chance: random.Random
) -> dict[str, int]:
    """Enrol, learn, complete and certify; counts of what was written."""
    offered = list(Course.objects.published().order_by("code"))
    if not offered:
        return {"enrollments": 0, "certificates": 0}
    plan = _ordinary(mandates, offered, chance)
    plan += _reminded(mandates, plan, offered, chance)
    plan += [_persona(mandate, offered) for mandate in personas]
    enrollments = [planned[0] for planned in plan]
    Enrollment.objects.bulk_create(enrollments, batch_size=500)
    rows = Rows()
    for enrollment, reached, until in plan:
        travel(enrollment, rows, stations_reached=reached, until=until, chance=chance)
        _leave(enrollment, chance)
    LearningEvent.objects.bulk_create(rows.events, batch_size=1000)
    LessonState.objects.bulk_create(rows.lessons, batch_size=1000)
    BlockState.objects.bulk_create(rows.blocks, batch_size=1000)
    Enrollment.objects.bulk_update(enrollments, PROJECTED, batch_size=250)
    completed = [each for each in enrollments if each.status == Status.COMPLETED]
    _certify(completed)
    return {"enrollments": len(enrollments), "certificates": len(completed)}


PROJECTED = (
    "status", "first_activity_at", "last_activity_at", "completed_at", "withdrawn_at",
    "stations_done", "best_score", "current_lesson",
)  # fmt: skip
# An enrolment, the stations to walk, and the moment after which nothing happens.
Planned = tuple[Enrollment, int, datetime]


def _ordinary(
    mandates: list[Mandate], offered: list[Course], chance: random.Random
) -> list[Planned]:
    plan: list[Planned] = []
    taken: set[tuple[int, int]] = set()  # one live enrolment a course, whatever the mandates
    for mandate in mandates:
        for course in _wanted(mandate, offered, chance):
            if (mandate.user_id, course.pk) in taken:
                continue
            taken.add((mandate.user_id, course.pk))
            enrollment = enrollment_of(
                seed=f"demo/{mandate.pk}",
                learner=mandate.user,
                course=course,
                mandate=mandate,
                enrolled_at=_start(chance),
            )
            plan.append((enrollment, _reach(enrollment, chance), YEAR_ENDS))
    return plan


def _wanted(mandate: Mandate, offered: list[Course], chance: random.Random) -> list[Course]:
    code = str(mandate.organisation.code)
    eagerness = EAGER.get(code, random.Random(f"eager/{code}").choice(EAGERNESS))
    suited = [course for course in offered if mandate.public in course.publics] or offered
    wanted = [course for course in suited if course.code == FIRST_COURSE]
    others = [course for course in suited if course.code != FIRST_COURSE]
    if chance.random() >= eagerness:
        wanted = []
    if others and chance.random() < eagerness / 3:
        wanted = [*wanted, chance.choice(others)]
    return wanted


def _start(chance: random.Random) -> datetime:
    month = chance.choices(range(12), SEASONS)[0]
    day = YEAR_STARTS + timedelta(days=month * 30 + chance.randrange(30))
    return working_moment(day, chance)


def _reach(enrollment: Enrollment, chance: random.Random) -> int:
    total = len(list(stations(document(enrollment.version_id))))
    dice = chance.random()
    if dice < FINISHED:
        return total
    return chance.randrange(1, total + 1) if dice < STARTED else 0


def _leave(enrollment: Enrollment, chance: random.Random) -> None:
    """A few stop for good, as enrollments.actions.withdraw would write it."""
    last = enrollment.last_activity_at
    if enrollment.status == Status.ACTIVE and last and chance.random() < LEFT:
        moment = last + timedelta(days=9)
        if moment < YEAR_ENDS:
            enrollment.status, enrollment.withdrawn_at = Status.WITHDRAWN, moment


def _reminded(
    mandates: list[Mandate], plan: list[Planned], offered: list[Course], chance: random.Random
) -> list[Planned]:
    """People whom reminders find on the demonstration's day: just enrolled, or just paused."""
    taken = {(each.learner_id, each.course_id) for each, _reached, _until in plan}
    course = next((each for each in offered if each.code == FIRST_COURSE), offered[0])
    free = [
        mandate
        for mandate in mandates
        if mandate.user.email and (mandate.user_id, course.pk) not in taken
    ]
    chosen = chance.sample(free, min(2 * EACH_REMINDER, len(free)))
    planned: list[Planned] = []
    for rank, mandate in enumerate(chosen):
        waits = rank < EACH_REMINDER
        days = WAITING_DAYS if waits else DORMANT_DAYS
        moment = REMINDED_AT - timedelta(days=days, minutes=30 + rank)
        enrollment = enrollment_of(
            seed=f"demo/{mandate.pk}",
            learner=mandate.user,
            course=course,
            mandate=mandate,
            enrolled_at=moment,
        )
        planned.append((enrollment, 0 if waits else 2, moment + timedelta(minutes=29)))
    return planned


def _persona(mandate: Mandate, offered: list[Course]) -> Planned:
    course = next((each for each in offered if each.code == FIRST_COURSE), offered[0])
    local = (mandate.user.email or "").partition("@")[0]
    enrollment = enrollment_of(
        seed=f"demo/{local}",
        learner=mandate.user,
        course=course,
        mandate=mandate,
        enrolled_at=datetime(2026, 10, 5, 16, 10, tzinfo=UTC),
    )
    return enrollment, PERSONAS.get(local, 0), YEAR_ENDS


def _certify(enrollments: list[Enrollment]) -> None:
    """Certificates of the past: their e-mails left long ago, so none is promised here."""
    ranks: dict[int, int] = {}
    for enrollment in sorted(enrollments, key=lambda each: (each.completed_at, each.pk)):
        issued = enrollment.completed_at or YEAR_STARTS
        year = issued.astimezone(EASTERN).year
        ranks[year] = ranks.get(year, 0) + 1
        certificate = Certificate.objects.create(
            enrollment=enrollment,
            number=number(year, ranks[year]),
            code=new_code(),
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
