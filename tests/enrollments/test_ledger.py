from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollments import actions
from enrollments.actions import writing
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


# What may happen in full_course(): which station, which act, a score, minutes around noon.
ACTS = st.sampled_from(
    [(0, Verb.OPENED), (1, Verb.OPENED), (0, Verb.COMPLETED), (2, Verb.ANSWERED),
     (1, Verb.ATTENDED)]
)  # fmt: skip
CORRECTIONS = st.just((1, Verb.MISSED))
NEXT_DAY = NOON + timedelta(days=1)
PROPERTY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def lists_of(acts):
    return st.lists(
        st.tuples(acts, st.integers(0, 100), st.integers(-60, 60)), min_size=1, max_size=9
    )


def events_for(enrollment, acts):
    """The same acts for any enrolment, with identities that keep their order between equals."""
    stations = full_course()
    quiz = UUID(stations[2]["blocks"][1]["uuid"])
    for rank, ((station, verb), score, minutes) in enumerate(acts):
        answered = verb == Verb.ANSWERED
        yield new_event(
            stations[station], verb, uuid=UUID(int=enrollment.pk * 256 + rank),
            block=quiz if answered else None, result={"score": score} if answered else {},
            happened_at=NOON + timedelta(minutes=minutes),
        )  # fmt: skip


def without_identity(state) -> tuple:
    """A stored state without the identity of events, which two enrolments never share."""
    row, lessons, blocks = state
    return row, lessons, [(*block[:3], block[3]["last_event"][-2:]) for block in blocks]


@PROPERTY
@given(acts=lists_of(ACTS), order=st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_state(acts, order, db):
    version = VersionFactory(stations=full_course())
    straight, mixed = EnrollmentFactory(version=version), EnrollmentFactory(version=version)
    for event in events_for(straight, acts):
        record(straight, event, at=NEXT_DAY)
    shuffled = [*events_for(mixed, acts), *events_for(mixed, acts)]
    order.shuffle(shuffled)
    seen = set()
    for event in shuffled:  # a repetition comes later, and is still no new moment
        record(mixed, event, at=NEXT_DAY + timedelta(days=9 * (event.uuid in seen)))
        seen.add(event.uuid)
    assert without_identity(stored(straight)) == without_identity(stored(mixed))


@PROPERTY
@given(acts=lists_of(ACTS | CORRECTIONS))
def test_what_is_stored_is_what_the_ledger_says(acts, db):
    """Whatever happened, corrections too: blank the projections, read the ledger, find them."""
    enrollment = EnrollmentFactory(version=VersionFactory(stations=full_course()))
    for rank, event in enumerate(events_for(enrollment, acts)):
        record(enrollment, event, at=NEXT_DAY + timedelta(seconds=rank))
    before = stored(enrollment)
    LessonState.objects.filter(enrollment=enrollment).delete()
    BlockState.objects.filter(enrollment=enrollment).update(attempts=99, best_score=1)
    Enrollment.objects.filter(pk=enrollment.pk).update(
        status=Status.ACTIVE, completed_at=None, stations_done=0, best_score=None,
        current_lesson=None, first_activity_at=None, last_activity_at=None,
    )  # fmt: skip
    actions.recompute(enrollment_id=enrollment.pk)
    assert stored(enrollment) == before


@pytest.mark.parametrize(
    ("verb", "station"),
    [(Verb.COMPLETED, 1), (Verb.COMPLETED, 2), (Verb.ATTENDED, 0), (Verb.ANSWERED, 2)],
)
def test_an_act_that_the_station_does_not_know_is_refused(verb, station):
    """No button finishes a meeting or the final questionnaire, and no call attends a lesson."""
    enrollment = EnrollmentFactory(version=VersionFactory(stations=full_course()))
    with pytest.raises(actions.EventRefused, match="de cette façon"):
        record(enrollment, new_event(full_course()[station], verb))
    assert LearningEvent.objects.count() == 0


def test_one_resumes_at_what_can_be_done_alone_and_at_a_meeting_when_nothing_else_is_left():
    a, meeting, exam = full_course()
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[a, meeting, exam]))
    record(enrollment, new_event(a))
    enrollment.refresh_from_db()
    assert enrollment.current_lesson == UUID(exam["uuid"])
    quiz = UUID(exam["blocks"][1]["uuid"])
    record(enrollment, new_event(exam, Verb.ANSWERED, block=quiz, result={"score": 90}))
    enrollment.refresh_from_db()
    assert enrollment.current_lesson == UUID(meeting["uuid"])


def test_one_resumes_at_the_lesson_opened_last():
    stations = [lesson_document(key) for key in "abc"]
    enrollment = EnrollmentFactory(version=VersionFactory(stations=stations))
    record(enrollment, new_event(stations[1], Verb.OPENED))
    enrollment.refresh_from_db()
    assert enrollment.current_lesson == UUID(stations[1]["uuid"])


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
    unlocked = writing._LOCK.replace("FOR NO KEY UPDATE OF row", "")
    assert unlocked != writing._LOCK
    monkeypatch.setattr(writing, "_LOCK", unlocked)
    gate = Barrier(4)
    monkeypatch.setattr(
        "enrollments.actions.ledger.document",
        lambda pk: (gate.wait(), enrollment.version.document)[1],
    )
    at_once(lambda: record(enrollment, new_event(lesson)))
    assert len(announced) > 1
