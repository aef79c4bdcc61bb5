"""Twenty thousand people in two hundred municipalities, and what they learned, by COPY.

Seeded: two fills write the same rows, save moments, which count back from now. One person in
three has not begun, one stands half-way, one has finished and holds a certificate. The first
ACTORS people follow the same course and are signed in: the load is theirs.
"""

import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import OPENED, SEEN
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.core import french
from courses.documents import CourseDoc, LessonDoc, stations
from courses.models import CourseVersion
from courses.queries import document
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from enrollments.projections import Event, standing
from municipalities.enums import Kind, Public, stratum
from municipalities.models import Mandate, Organisation, Region
from municipalities.registry import REGIONS
from tests.bench import bare, proofs
from tests.bench.pages import COLLEAGUES, PASSWORD, TRIES
from tests.bench.rows import copy

MAIN_COURSE = "CYB-101"
COURSES = Path(settings.BASE_DIR) / "atn_platform" / "demo" / "courses"
NAMESPACE = UUID("0d7d7d0e-6a55-4d13-8d7e-1f2a6c1b9a10")
POPULATIONS = (300, 700, 1500, 3000, 7000, 15000, 30000, 70000, 150000)
PUBLICS = (*[Public.STAFF] * 6, *[Public.ELECTED] * 3, Public.MANAGER)
# Finished, not begun, half-way: the remainder of a person's number by three.
FINISHED, HALF_WAY = 0, 2
# Enough of them that nobody answers the questionnaire over and over: each answer reads one's ledger.
ACTORS = 3000
PASSED = 90
# How an act of each kind of station is written in the ledger.
VERBS = {"lesson": Verb.COMPLETED, "meeting": Verb.ATTENDED, "exam": Verb.ANSWERED}


def fill(people: int, municipalities: int) -> dict[str, Any]:
    """Fill an empty database; return what the load must know of it."""
    now = datetime.now(UTC).replace(microsecond=0)
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        call_command("import_course", folder, publish=True, stdout=io.StringIO())
    versions = list(CourseVersion.objects.in_force().order_by("course__code"))
    with transaction.atomic():
        _places(municipalities, now)
        _people(people, municipalities, now)
        _learning(people, versions, now)
        proofs.issue(owed=min(40, people // 12), now=now)
        _sign_in(people, now)
        User.objects.filter(pk__in=_with_password(people)).update(password=make_password(PASSWORD))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return _world(people, next(each for each in versions if each.course.code == MAIN_COURSE))


def main(people: int, municipalities: int, output: str) -> None:
    """Fill, and leave in a file what the load must know."""
    Path(output).write_text(json.dumps(fill(people, municipalities)))


def session_key(person: int, *, floors: bool = False) -> str:
    return f"{'nu' if floors else 'banc'}{person:028d}"


def _email(person: int) -> str:
    return f"banc{person}@exemple.quebec"


def enrollment_uuid(person: int) -> UUID:
    return uuid5(NAMESPACE, str(person))


def _places(count: int, now: datetime) -> None:
    """Municipalities over all regions and strata."""
    Region.objects.bulk_create(
        [
            Region(code=code, name=name, sort_key=french.sort_key(name))
            for code, name in REGIONS.items()
        ],
        ignore_conflicts=True,
    )
    codes = list(REGIONS)
    rows = []
    for n in range(1, count + 1):
        name = f"Saint-Banc-{n}"
        population = POPULATIONS[n % len(POPULATIONS)]
        rows.append(
            (n, now, now, Kind.MUNICIPALITY, f"9{n:04d}", name, f"Municipalité de {name}", "05",
             french.sort_key(name), french.search_key(name), codes[n % len(codes)], population,
             stratum(population), 7, 0, "America/Toronto", "", "")
        )  # fmt: skip
    copy(
        Organisation,
        ["id", "created_at", "updated_at", "kind", "code", "name", "official_name", "designation",
         "sort_key", "search_key", "region_id", "population", "stratum", "seats_filled",
         "seats_vacant", "time_zone", "official_email", "website"],
        rows,
    )  # fmt: skip


def _people(count: int, municipalities: int, now: datetime) -> None:
    """`count` people, each with a mandate, then one who coordinates for UMQ."""
    draw = random.Random(1)
    joined = now - timedelta(days=400)
    copy(
        User,
        ["id", "password", "is_superuser", "email", "delivery_email", "first_name", "last_name",
         "sort_key", "is_staff", "is_active", "date_joined"],
        ((n, "!", False, _email(n), "", "Camille", f"Banc {n}",
          french.sort_key(f"Banc {n} Camille"), False, True, joined)
         for n in range(1, count + 2)),
    )  # fmt: skip
    copy(
        Mandate,
        ["id", "created_at", "updated_at", "user_id", "organisation_id", "public", "function",
         "starts_on"],
        ((n, now, now, n, draw.randint(1, municipalities), draw.choice(PUBLICS), "adjointe",
          date(2025, 11, 2)) for n in range(1, count + 1)),
    )  # fmt: skip
    RoleGrant.objects.create(user_id=count + 1, role=Role.UMQ_COORDINATOR, granted_at=joined)
    Authenticator.objects.create(user_id=count + 1, type=Authenticator.Type.TOTP, data={})


def _learning(count: int, versions: list[CourseVersion], now: datetime) -> None:
    """One course a person, as its projection says."""
    draw = random.Random(2)
    main = next(each for each in versions if each.course.code == MAIN_COURSE)
    tables: dict[Any, list[tuple[Any, ...]]] = {
        Enrollment: [], LearningEvent: [], LessonState: [], BlockState: []
    }  # fmt: skip
    for n in range(1, count + 1):
        version = main if n <= ACTORS else versions[n % len(versions)]
        followed = document(version.pk)
        start = now - timedelta(days=draw.randrange(20, 360), minutes=draw.randrange(600))
        events = list(_acts(n, followed, start))
        _project(tables, n, version, events, start)
    for model, rows in tables.items():
        copy(model, COLUMNS[model], rows)


COLUMNS: dict[Any, tuple[str, ...]] = {
    Enrollment: (
        "id", "created_at", "updated_at", "uuid", "learner_id", "course_id", "version_id",
        "mandate_id", "status", "enrolled_at", "first_activity_at", "last_activity_at",
        "completed_at", "stations_done", "stations_total", "best_score", "current_lesson",
    ),
    LearningEvent: (
        "uuid", "enrollment_id", "verb", "lesson", "block", "result", "happened_at", "received_at",
    ),
    LessonState: (
        "created_at", "updated_at", "enrollment_id", "lesson", "opened_at", "completed_at",
    ),
    BlockState: (
        "created_at", "updated_at", "enrollment_id", "lesson", "block", "attempts", "best_score",
        "data",
    ),
}  # fmt: skip


def _acts(n: int, followed: CourseDoc, start: datetime) -> Iterator[Event]:
    """What the person did, one required station an hour, until where they stand."""
    required = [each for each in stations(followed) if each["required"]]
    done = {FINISHED: len(required), HALF_WAY: (len(required) + 1) // 2}.get(n % 3, 0)
    for rank, lesson in enumerate(required[:done]):
        yield from _acts_in(n, lesson, start + timedelta(hours=rank))
    if n % 3 == HALF_WAY:
        # They looked at the questionnaire: opening it again writes nothing.
        yield from (_opened(n, each, start) for each in required if each["kind"] == "exam")


def _acts_in(n: int, lesson: LessonDoc, at: datetime) -> Iterator[Event]:
    mine, uuid = enrollment_uuid(n), UUID(lesson["uuid"])
    yield _opened(n, lesson, at)
    end = at + timedelta(minutes=lesson["minutes"])
    verb = VERBS[lesson["kind"]]
    if verb != Verb.ANSWERED:
        yield Event(uuid5(mine, f"completed/{uuid}"), verb, uuid, None, {}, end, end)
        return
    quiz = _quiz(lesson)
    attempt = uuid5(mine, f"{quiz}/0")
    yield Event(attempt, verb, uuid, quiz, {"score": PASSED, "answers": {}}, end, end)


def _opened(n: int, lesson: LessonDoc, at: datetime) -> Event:
    uuid = UUID(lesson["uuid"])
    opened = uuid5(enrollment_uuid(n), f"opened/{uuid}")
    return Event(opened, Verb.OPENED, uuid, None, {}, at, at)


def _quiz(lesson: LessonDoc) -> UUID:
    return next(UUID(each["uuid"]) for each in lesson["blocks"] if each["kind"] == "quiz")


def _project(
    tables: dict[Any, list[tuple[Any, ...]]], n: int, version: CourseVersion,
    events: list[Event], start: datetime,
) -> None:  # fmt: skip
    """The rows that the ledger's own projection gives."""
    found = standing(document(version.pk), events)
    status = Status.ACTIVE if found.completed_at is None else Status.COMPLETED
    tables[Enrollment].append(
        (n, start, start, enrollment_uuid(n), n, version.course_id, version.pk, n, status, start,
         found.first_activity_at, found.last_activity_at, found.completed_at, found.done,
         found.total, found.best_score, found.current)
    )  # fmt: skip
    for each in events:
        tables[LearningEvent].append(
            (each.uuid, n, each.verb, each.lesson, each.block, dict(each.result),
             each.happened_at, each.received_at)
        )  # fmt: skip
    for lesson, state in found.lessons.items():
        tables[LessonState].append((start, start, n, lesson, state.opened_at, state.completed_at))
        for block, its in state.blocks.items():
            tables[BlockState].append(
                (start, start, n, lesson, block, its.attempts, its.best_score, its.data)
            )


def _sign_in(people: int, now: datetime) -> None:
    """Sessions of the actors and of the coordinator, as our doors make them and as Django's do."""
    keys = [*range(1, min(ACTORS, people) + 1), people + 1]
    clocks = dict.fromkeys((OPENED, SEEN), int(now.timestamp()))
    rows = [
        _session(user, now, floors=floors, **({} if floors else clocks))
        for user in User.objects.filter(pk__in=keys)
        for floors in (True, False)
    ]
    Session.objects.bulk_create(rows)


def _session(user: User, now: datetime, *, floors: bool, **more: int) -> Session:
    backend = bare.BACKEND if floors else settings.AUTHENTICATION_BACKENDS[0]
    data = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: backend,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        **more,
    }
    return Session(
        session_key=session_key(user.pk, floors=floors),
        session_data=SessionStore().encode(data),
        expire_date=now + timedelta(days=1),
    )


def _with_password(people: int) -> range:
    """Neighbours of the actors, whose sessions a new password would close."""
    return range(ACTORS + 1, min(ACTORS + COLLEAGUES, people) + 1)


def _world(people: int, version: CourseVersion) -> dict[str, Any]:
    """Addresses and people that the load asks for."""
    actors = range(1, min(ACTORS, people) + 1)
    line = list(stations(document(version.pk)))
    lessons = [each for each in line if each["kind"] == "lesson" and each["required"]]
    exam = next(each for each in line if each["kind"] == "exam")
    quiz = next(each for each in exam["blocks"] if each["kind"] == "quiz")
    half_way = [n for n in actors if n % 3 == HALF_WAY]
    return {
        "coordinator": people + 1,
        "half_way": half_way,
        "sessions": {str(n): session_key(n) for n in (*actors, people + 1)},
        "bare_sessions": {str(n): session_key(n, floors=True) for n in half_way},
        "colleagues": [_email(n) for n in _with_password(people)],
        "addressees": [_email(n) for n in _with_password(people)][:TRIES],
        "course": MAIN_COURSE.lower(),
        "lesson": lessons[0]["key"],
        "left": [each["key"] for each in lessons[len(lessons) // 2 + 1 :]],
        "exam": exam["key"],
        "quiz": quiz["uuid"],
        "enrollments": {str(n): str(enrollment_uuid(n)) for n in half_way},
        "answers": {
            f"q-{each['uuid']}": each["choices"][0]["key"]
            for each in quiz["questions"]
            if each.get("choices")
        },
        "certificates": proofs.held_by(actors),
    }
