from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4, uuid5

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollments import actions
from enrollments.actions.ledger import NewEvent
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from enrollments.signals import enrollment_completed
from tests.factories import (
    NOON,
    EnrollmentFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db


def new_event(lesson: dict, verb: Verb = Verb.COMPLETED, **fields) -> NewEvent:
    values = {"uuid": uuid4(), "lesson": UUID(lesson["uuid"]), "happened_at": NOON, **fields}
    return NewEvent(verb=verb, **values)


def full_course():
    return [
        lesson_document("a"),
        lesson_document("rencontre", kind="meeting"),
        lesson_document("bilan", kind="exam", questions=[choice_question()]),
    ]


def stored(enrollment) -> tuple:
    enrollment.refresh_from_db()
    row = Enrollment.objects.filter(pk=enrollment.pk).values(
        "status", "first_activity_at", "last_activity_at", "completed_at", "stations_done",
        "stations_total", "best_score", "current_lesson",
    ).get()  # fmt: skip
    lessons = LessonState.objects.filter(enrollment=enrollment).order_by("lesson")
    blocks = BlockState.objects.filter(enrollment=enrollment).order_by("block")
    return (
        row,
        list(lessons.values_list("lesson", "opened_at", "completed_at")),
        list(blocks.values_list("block", "attempts", "best_score", "data")),
    )


def record(enrollment, event, at=NOON):
    return actions.record(enrollment_id=enrollment.pk, event=event, at=at)


def test_lessons_attendance_and_score_together_complete_the_course():
    a, meeting, exam = full_course()
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[a, meeting, exam]))
    announced = []
    enrollment_completed.connect(
        lambda enrollment_id, **kwargs: announced.append(enrollment_id), weak=False,
        dispatch_uid="test",
    )  # fmt: skip
    quiz = UUID(exam["blocks"][1]["uuid"])
    try:
        record(enrollment, new_event(a))
        actions.record_attendance(
            enrollment_id=enrollment.pk, lesson=UUID(meeting["uuid"]), present=True,
            uuid=uuid4(), at=NOON,
        )  # fmt: skip
        for score in (60, 69):
            record(enrollment, new_event(exam, Verb.ANSWERED, block=quiz, result={"score": score}))
        enrollment.refresh_from_db()
        assert (enrollment.status, enrollment.best_score) == (Status.ACTIVE, 69)
        passed = new_event(exam, Verb.ANSWERED, block=quiz, result={"score": 70})
        for _ in range(3):
            record(enrollment, passed)
    finally:
        enrollment_completed.disconnect(dispatch_uid="test")

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at) == (Status.COMPLETED, NOON)
    assert (enrollment.stations_done, enrollment.stations_total) == (3, 3)
    assert enrollment.current_lesson is None
    assert announced == [enrollment.pk]
    assert BlockState.objects.get(block=quiz).attempts == 3


def test_a_correction_of_attendance_takes_the_station_back():
    meeting = lesson_document("rencontre", kind="meeting")
    version = VersionFactory(stations=[lesson_document("a"), meeting])
    enrollment = EnrollmentFactory(version=version)
    for rank, present in enumerate((True, False)):
        actions.record_attendance(
            enrollment_id=enrollment.pk, lesson=UUID(meeting["uuid"]), present=present,
            uuid=uuid4(), at=NOON + timedelta(minutes=rank),
        )  # fmt: skip
    enrollment.refresh_from_db()
    assert enrollment.stations_done == 0


def test_a_completed_course_stays_completed_whatever_is_corrected_later():
    meeting = lesson_document("rencontre", kind="meeting")
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[meeting]))
    for rank, present in enumerate((True, False)):
        actions.record_attendance(
            enrollment_id=enrollment.pk, lesson=UUID(meeting["uuid"]), present=present,
            uuid=uuid4(), at=NOON + timedelta(minutes=rank),
        )  # fmt: skip
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.stations_done) == (Status.COMPLETED, 0)


def test_what_does_not_belong_to_the_course_is_refused():
    enrollment = EnrollmentFactory()
    foreign = lesson_document("ailleurs")
    own = enrollment.version.document["modules"][0]["lessons"][0]
    with pytest.raises(actions.EventRefused, match="n’appartient pas à votre version"):
        record(enrollment, new_event(foreign))
    with pytest.raises(actions.EventRefused, match="n’appartient pas à cette leçon"):
        record(enrollment, new_event(own, Verb.NOTED, block=uuid4()))


def test_an_event_of_someone_else_is_not_taken_over():
    first, second = EnrollmentFactory(), EnrollmentFactory()
    lesson = first.version.document["modules"][0]["lessons"][0]
    event = new_event(lesson)
    record(first, event)
    with pytest.raises(actions.EventRefused, match="autre dossier"):
        record(second, event)


def test_a_withdrawn_enrolment_records_nothing():
    enrollment = EnrollmentFactory()
    actions.withdraw(enrollment_id=enrollment.pk, at=NOON)
    with pytest.raises(actions.EventRefused, match="abandonnée"):
        record(enrollment, new_event(enrollment.version.document["modules"][0]["lessons"][0]))
    assert LearningEvent.objects.count() == 0


def test_the_moment_is_kept_between_the_enrolment_and_the_reception():
    enrollment = EnrollmentFactory()
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    early = new_event(lesson, happened_at=enrollment.enrolled_at - timedelta(days=9))
    late = new_event(lesson, Verb.OPENED, happened_at=NOON + timedelta(days=9))
    record(enrollment, early)
    record(enrollment, late)
    moments = LearningEvent.objects.order_by("id").values_list("happened_at", flat=True)
    assert list(moments) == [enrollment.enrolled_at, NOON]


ACTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([Verb.OPENED, Verb.COMPLETED, Verb.ANSWERED, Verb.ATTENDED, Verb.MISSED]),
        st.integers(0, 100),
        st.integers(-60, 60),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, order=st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_state(acts, order, db):
    """The standing is a function of the set of events: duplicates and disorder change nothing."""
    stations = full_course()
    version = VersionFactory(stations=stations)
    quiz = UUID(stations[2]["blocks"][1]["uuid"])

    def events(enrollment):
        for rank, (station, verb, score, minutes) in enumerate(acts):
            answered = verb == Verb.ANSWERED
            lesson = stations[2] if answered else stations[station]
            yield new_event(
                lesson, verb, uuid=uuid5(enrollment.uuid, str(rank)),
                block=quiz if answered else None, result={"score": score} if answered else {},
                happened_at=NOON + timedelta(minutes=minutes),
            )  # fmt: skip

    straight, mixed = EnrollmentFactory(version=version), EnrollmentFactory(version=version)
    for event in events(straight):
        record(straight, event, at=NOON + timedelta(days=1))
    shuffled = [*events(mixed), *events(mixed)]
    order.shuffle(shuffled)
    for event in shuffled:
        record(mixed, event, at=NOON + timedelta(days=1))

    attendance = {verb for __, verb, __, __ in acts} & {Verb.ATTENDED, Verb.MISSED}
    if len(attendance) < 2:  # received together, two contrary words have no order
        ignored = {"current_lesson", "status", "completed_at"}
        first, second = stored(straight), stored(mixed)
        assert {k: v for k, v in first[0].items() if k not in ignored} == {
            k: v for k, v in second[0].items() if k not in ignored
        }
        assert first[1] == second[1]
    before = stored(mixed)
    actions.recompute(enrollment_id=mixed.pk)
    after = stored(mixed)
    assert before[1:] == after[1:]
    ignored = {"current_lesson"}
    assert {k: v for k, v in before[0].items() if k not in ignored} == {
        k: v for k, v in after[0].items() if k not in ignored
    }


def at_once(work, times=4):
    barrier = Barrier(times)

    def run(_):
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture
def announced():
    heard = []
    enrollment_completed.connect(
        lambda enrollment_id, **kwargs: heard.append(enrollment_id), weak=False,
        dispatch_uid="test",
    )  # fmt: skip
    yield heard
    enrollment_completed.disconnect(dispatch_uid="test")


@pytest.mark.django_db(transaction=True)
def test_the_last_lesson_recorded_four_times_at_once_completes_once(announced):
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[lesson_document("a")]))
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    at_once(lambda: record(enrollment, new_event(lesson)))
    assert announced == [enrollment.pk]
    assert LearningEvent.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_completes_several_times(announced, monkeypatch):
    """Negative control: the race above is real, and the lock is what wins it."""
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[lesson_document("a")]))
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.select_for_update", lambda self, **kwargs: self
    )
    gate = Barrier(4)
    monkeypatch.setattr(
        "enrollments.actions.ledger.document",
        lambda pk: (gate.wait(), enrollment.version.document)[1],
    )
    at_once(lambda: record(enrollment, new_event(lesson)))
    assert len(announced) > 1
