"""A year of learning, seeded: who enrols, and how far each one goes."""

import random
from datetime import datetime, timedelta

from atn_platform.demo.gatherings import Gathering, convene
from atn_platform.demo.journeys import (
    Journey,
    Rows,
    enrollment_of,
    travel,
    working_moment,
)
from atn_platform.demo.parcours import follow_paths
from atn_platform.demo.personas import persona_journeys
from atn_platform.demo.proofs import certify
from atn_platform.demo.year import REMINDED_AT, YEAR_ENDS, YEAR_STARTS
from courses.documents import stations
from courses.models import Course, Path
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState, Registration
from municipalities.models import Mandate

# Enrolments by month of that year, November to October: summers and Christmas are quiet.
SEASONS = (3, 2, 5, 8, 9, 7, 5, 3, 1, 4, 9, 10)
# How eager a municipality is, drawn once for each: some do not take part at all.
EAGERNESS = (0, 0, 0.25, 0.4, 0.5, 0.8)
EAGER = {"00620": 0.8}  # Saint-Exemple, whose responsable shows « Mes gens »
FIRST_COURSE = "CYB-101"
FINISHED, STARTED, LEFT = 0.22, 0.86, 0.06
WAITING_DAYS, DORMANT_DAYS = 7, 14
EACH_REMINDER = 4  # people whom each of these two rules finds that day


def write_activity(
    mandates: list[Mandate],
    personas: list[Mandate],
    gatherings: list[Gathering],
    paths: list[Path],
    chance: random.Random,
) -> dict[str, int]:
    """Enrol, learn, meet, complete and certify; counts of what was written."""
    offered = list(Course.objects.published().order_by("code"))
    if not offered:
        return {"enrollments": 0, "certificates": 0}
    eager = [mandate for mandate in mandates if _eagerness(mandate)]
    journeys = convene(gatherings, eager, chance, until=YEAR_ENDS)
    journeys += _ordinary(mandates, journeys, offered, chance)
    journeys += _reminded(mandates, journeys, offered, chance)
    journeys += persona_journeys(personas, offered, gatherings)
    enrollments = [journey.enrollment for journey in journeys]
    Enrollment.objects.bulk_create(enrollments, batch_size=500)
    Registration.objects.bulk_create(seat for journey in journeys for seat in journey.seats)
    rows = Rows()
    for journey in journeys:
        travel(journey, rows, chance)
        _leave(journey, chance)
    LearningEvent.objects.bulk_create(rows.events, batch_size=1000)
    LessonState.objects.bulk_create(rows.lessons, batch_size=1000)
    BlockState.objects.bulk_create(rows.blocks, batch_size=1000)
    Enrollment.objects.bulk_update(enrollments, PROJECTED, batch_size=250)
    completed = [each for each in enrollments if each.status == Status.COMPLETED]
    certify(completed)
    follow_paths(paths, enrollments, {each.user_id for each in personas}, chance)
    return {"enrollments": len(enrollments), "certificates": len(completed)}


PROJECTED = (
    "status", "first_activity_at", "last_activity_at", "completed_at", "withdrawn_at",
    "stations_done", "best_score", "current_lesson",
)  # fmt: skip


def _ordinary(
    mandates: list[Mandate],
    journeys: list[Journey],
    offered: list[Course],
    chance: random.Random,
) -> list[Journey]:
    """People of eager municipalities, each in a course or two meant for them."""
    # One live enrolment a course, whatever the mandates.
    taken = {(each.enrollment.learner_id, each.enrollment.course_id) for each in journeys}
    found: list[Journey] = []
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
            found.append(Journey(enrollment, _reach(enrollment, chance), YEAR_ENDS))
    return found


def _eagerness(mandate: Mandate) -> float:
    code = str(mandate.organisation.code)
    return EAGER.get(code, random.Random(f"curious/{code}").choice(EAGERNESS))


def _wanted(mandate: Mandate, offered: list[Course], chance: random.Random) -> list[Course]:
    eagerness = _eagerness(mandate)
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
    return chance.randrange(1, max(2, total)) if dice < STARTED else 0


def _leave(journey: Journey, chance: random.Random) -> None:
    """A few stop for good, as enrollments.actions.withdraw would write it."""
    enrollment = journey.enrollment
    last = enrollment.last_activity_at
    is_free = enrollment.status == Status.ACTIVE and not journey.seats
    if is_free and last and chance.random() < LEFT:
        moment = last + timedelta(days=9)
        if moment < journey.until == YEAR_ENDS:
            enrollment.status, enrollment.withdrawn_at = Status.WITHDRAWN, moment


def _reminded(
    mandates: list[Mandate],
    journeys: list[Journey],
    offered: list[Course],
    chance: random.Random,
) -> list[Journey]:
    """People whom reminders find on the demonstration's day: just enrolled, or just paused."""
    taken = {(each.enrollment.learner_id, each.enrollment.course_id) for each in journeys}
    course = next((each for each in offered if each.code == FIRST_COURSE), offered[0])
    free = [
        mandate
        for mandate in mandates
        if mandate.user.email and (mandate.user_id, course.pk) not in taken
    ]
    found: list[Journey] = []
    for rank, mandate in enumerate(chance.sample(free, min(2 * EACH_REMINDER, len(free)))):
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
        found.append(Journey(enrollment, 0 if waits else 2, moment + timedelta(minutes=29)))
    return found
