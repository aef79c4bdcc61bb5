"""A newer version, and the people under way: persona 7, case B-65 (docs/versions.md)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.reports.periods import parse
from atn_platform.reports.queries.participation import pace
from enrollments import actions
from enrollments.actions import ledger, writing
from enrollments.actions.ledger import NewEvent
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, LearningEvent, LessonState, VersionMove
from enrollments.queries.moving import finished_by_moving, news_of, to_move
from enrollments.tasks import move_people, resume_moves
from tests.enrollments.test_ledger import announced, stored
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
STATEMENTS_A_PERSON = 12
LATER = NOON + timedelta(days=30)
__all__ = ["announced"]


def done(enrollment, lesson, verb=Verb.COMPLETED, at=NOON, **fields):
    event = NewEvent(
        uuid=uuid4(), verb=verb, lesson=UUID(lesson["uuid"]), happened_at=at, **fields
    )
    return actions.record(enrollment_id=enrollment.pk, event=event, at=at)


def passed(enrollment, exam, score):
    quiz = UUID(exam["blocks"][1]["uuid"])
    done(enrollment, exam, Verb.ANSWERED, block=quiz, result={"score": score})


def newer(first, *stations):
    return VersionFactory(course=first.course, number=first.number + 1, stations=list(stations))


def move(enrollment, version, at=LATER):
    moved = actions.ledger.change_version(enrollment_id=enrollment.pk, version=version, at=at)
    enrollment.refresh_from_db()
    return moved


def test_what_was_finished_stays_finished_and_nothing_is_erased():
    a, b, c = (lesson_document(key) for key in "abc")
    first = VersionFactory(stations=[a, b])
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, a)
    assert move(enrollment, newer(first, {**a, "title": "Autrement dite"}, c))
    assert (enrollment.stations_done, enrollment.stations_total) == (1, 2)
    assert enrollment.status == Status.ACTIVE
    assert enrollment.current_lesson == UUID(c["uuid"])
    state = LessonState.objects.get(enrollment=enrollment, lesson=a["uuid"])
    assert (state.completed_at, state.version) == (NOON, first)
    assert LearningEvent.objects.filter(verb=Verb.COMPLETED).count() == 1
    assert enrollment.last_activity_at == NOON  # nothing that the person did


def test_a_second_time_changes_nothing():
    first = VersionFactory()
    enrollment = EnrollmentFactory(version=first)
    second = newer(first, lesson_document("a"), lesson_document("z"))
    assert move(enrollment, second)
    before = stored(enrollment)
    assert not move(enrollment, second, at=LATER + timedelta(days=1))
    assert stored(enrollment) == before
    assert LearningEvent.objects.filter(verb=Verb.MOVED).count() == 1


def test_a_higher_demand_takes_no_success_back():
    """An exercise passed becomes a final questionnaire; what was a lesson asks to be attended."""
    a, exam = lesson_document("a"), lesson_document("x", questions=[choice_question()])
    first = VersionFactory(stations=[a, exam, lesson_document("c")])
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, a)
    done(enrollment, exam)
    second = newer(first, {**a, "kind": "meeting"}, {**exam, "kind": "exam"}, lesson_document("z"))
    move(enrollment, second)
    assert (enrollment.stations_done, enrollment.stations_total) == (2, 3)
    before = stored(enrollment)
    actions.recompute(enrollment_id=enrollment.pk)
    assert stored(enrollment) == before


def test_what_the_move_completes_is_completed_that_day_and_announced_once(announced):
    a, b = lesson_document("a"), lesson_document("b")
    first = VersionFactory(stations=[a, b])
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, a)
    second = newer(first, a)
    assert finished_by_moving(second) == 1
    move(enrollment, second)
    assert (enrollment.status, enrollment.completed_at) == (Status.COMPLETED, LATER)
    assert announced == [enrollment.pk]
    before = stored(enrollment)
    actions.recompute(enrollment_id=enrollment.pk)
    assert stored(enrollment) == before


def test_lessons_that_are_gone_keep_their_state_and_their_minutes_in_reports():
    a, b = lesson_document("a"), lesson_document("b")
    first = VersionFactory(stations=[a, b])
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, a)
    before = minutes_of_the_quarter()
    move(enrollment, newer(first, b))
    assert LessonState.objects.filter(lesson=a["uuid"]).exists()
    actions.recompute(enrollment_id=enrollment.pk)
    assert LessonState.objects.filter(lesson=a["uuid"]).exists()
    assert minutes_of_the_quarter() == before == 8


def minutes_of_the_quarter():
    return pace(parse("2026-T4"), on=LATER.date()).minutes


@pytest.mark.parametrize("standing", ["completed", "withdrawn"])
def test_whoever_finished_or_set_the_course_aside_keeps_their_version(standing):
    a = lesson_document("a")
    first = VersionFactory(stations=[a, lesson_document("b")])
    enrollment = EnrollmentFactory(version=first)
    if standing == "completed":
        done(enrollment, a)
        done(enrollment, lesson_document("b"))
    else:
        actions.withdraw(enrollment_id=enrollment.pk, at=NOON)
    second = newer(first, lesson_document("z"))
    assert not move(enrollment, second)
    assert enrollment.version == first
    assert list(to_move(second)) == []


def test_the_versions_of_another_course_are_not_for_these_people():
    enrollment = EnrollmentFactory()
    assert not move(enrollment, VersionFactory())


@pytest.fixture
def two_versions():
    a, b, c = (lesson_document(key) for key in "abc")
    first = VersionFactory(stations=[a, b])
    people = [EnrollmentFactory(version=first, course=first.course) for __ in range(3)]
    done(people[0], a)
    return newer(first, a, c), people


def ask(version):
    return actions.ask_move(version=version, by=UserFactory(role=Role.ADMINISTRATOR), at=LATER)


def test_everyone_goes_on_in_batches_and_a_stopped_run_is_taken_up(two_versions, monkeypatch):
    version, people = two_versions
    monkeypatch.setattr("enrollments.actions.moving.AT_ONCE", 2)
    asked = ask(version)
    assert (asked.people, Entry.objects.get(verb="course.people_moved").details["count"]) == (3, 3)
    assert actions.move_some(move_id=asked.pk, at=LATER)  # then the worker is killed
    assert to_move(version).count() == 1
    resume_moves()
    assert to_move(version).count() == 0
    assert VersionMove.objects.get().finished_at is not None
    assert LearningEvent.objects.filter(verb=Verb.MOVED).count() == len(people)
    assert ask(version).finished_at is not None  # nobody left: nothing is promised again
    move_people(move_id=asked.pk)
    assert LearningEvent.objects.filter(verb=Verb.MOVED).count() == len(people)


def test_nobody_is_brought_to_a_version_already_replaced(two_versions):
    version, __ = two_versions
    asked = ask(version)
    newer(version, lesson_document("z"))
    move_people(move_id=asked.pk)
    assert Enrollment.objects.filter(version=version).count() == 0
    assert VersionMove.objects.get().finished_at is not None
    with pytest.raises(actions.MoveRefused, match="plus en vigueur"):
        ask(version)


def test_the_author_sees_what_it_changes_then_moves_everyone(client, two_versions):
    version, people = two_versions
    code = version.course.code.lower()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = reverse("enrollments:move-people", args=[code])
    shown = client.get(page)
    assertContains(shown, "3 personnes suivent la version 1")
    assertContains(shown, "À faire de plus")
    assertContains(shown, "Faire passer 3 personnes à la version 2")
    assertContains(shown, '<input type="hidden" name="version" value="2">', html=True)
    assertRedirects(client.post(page, {"version": "2"}), page)
    assertContains(client.get(page), "Personnes déjà passées à la nouvelle version\u00a0: 0 sur 3")
    move_people(move_id=VersionMove.objects.get().pk)
    assertContains(client.get(page), "Toutes les personnes en cours suivent cette version")
    client.force_login(people[0].learner)
    course = client.get(reverse("enrollments:course", args=[code]))
    assertContains(course, "Ce cours est renouvelé")
    assertContains(course, "Nouvelle étape")


def test_the_author_chooses_whose_version_is_left(client, two_versions):
    """The people of version 1 stay; those of version 2 go on in version 3."""
    second, people = two_versions
    change = {"version": second, "at": LATER}
    ledger.change_version(enrollment_id=people[0].pk, **change)
    third = newer(second, lesson_document("z"))
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = reverse("enrollments:move-people", args=[third.course.code.lower()])
    shown = client.get(page)
    assertContains(shown, "2 personnes de la version 1")
    assertContains(shown, "1 personne de la version 2")
    for named in ([], ["999"], ["3"], ["9" * 11], ["9" * 5000], ["²"]):
        told = client.post(page, {"version": "3", "choix": "1", "de": named}, follow=True)
        assertContains(told, "Choisissez au moins une version")
    client.post(page, {"version": "3", "de": ["999"]})  # names nobody: not everyone
    assert not VersionMove.objects.exists()
    client.post(page, {"version": "3", "choix": "1", "de": ["2"]})
    move_people(move_id=VersionMove.objects.get().pk)
    assert list(Enrollment.objects.order_by("pk").values_list("version__number", flat=True)) == [
        3, 1, 1,
    ]  # fmt: skip
    assert Entry.objects.get(verb="course.people_moved").details == {"count": 1, "leaving": [2]}
    # The others may follow later.
    client.post(page, {"version": "3"})
    move_people(move_id=VersionMove.objects.latest("pk").pk)
    assert to_move(third).count() == 0


def test_another_choice_waits_until_the_first_one_is_carried_out(two_versions):
    version, __ = two_versions
    asked = ask(version)
    with pytest.raises(actions.MoveRefused, match="attendez"):
        actions.ask_move(version=version, leaving=[1], by=UserFactory(), at=LATER)
    assert ask(version) == asked


def test_eight_hundred_people_are_moved_by_a_bounded_number_of_statements():
    """As many for each person, however many there are; and a run never reads them all at once."""
    a, c = lesson_document("a"), lesson_document("c")
    first = VersionFactory(stations=[a, lesson_document("b")])
    mandate = MandateFactory()
    people = User.objects.bulk_create(User(email=f"p{n}@exemple.quebec") for n in range(800))
    Enrollment.objects.bulk_create(
        Enrollment(
            learner=each, course=first.course, version=first, mandate=mandate, enrolled_at=NOON
        )
        for each in people
    )
    version = newer(first, a, c)
    asked = ask(version)
    with CaptureQueriesContext(connection) as seen:
        move_people(move_id=asked.pk)
    assert to_move(version).count() == 0
    assert LearningEvent.objects.filter(verb=Verb.MOVED).count() == 800
    assert len(seen) <= 800 * STATEMENTS_A_PERSON + 9 * 3 + 2


def test_nobody_is_moved_to_a_version_whose_effect_was_not_shown(client, two_versions):
    version, __ = two_versions
    newer(version, lesson_document("z"))
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    page = reverse("enrollments:move-people", args=[version.course.code.lower()])
    for sent in ({"version": "2"}, {}):
        told = client.post(page, sent, follow=True)
        assertContains(told, "Une version plus récente est en vigueur")
        assertContains(told, 'name="version" value="3"')
    assert not VersionMove.objects.exists()


def test_news_are_of_the_last_change_and_end_with_the_course():
    a, b = lesson_document("a"), lesson_document("b")
    first = VersionFactory(stations=[a])
    enrollment = EnrollmentFactory(version=first)
    assert news_of(enrollment) is None
    move(enrollment, newer(first, a, b))
    assert [each.title for each in news_of(enrollment).changes] == ["Leçon b"]
    done(enrollment, a, at=LATER)
    enrollment = done(enrollment, b, at=LATER)
    assert news_of(enrollment) is None


def finish_during_the_move(enrollment, version, lesson, monkeypatch):
    """The move has read the ledger and is about to write when the lesson is finished."""
    read, asked = Event(), Event()
    real = ledger._moved

    def slow(*args, **kwargs):
        read.set()
        asked.wait(2)  # the lesson now waits for the row, or is written already
        return real(*args, **kwargs)

    monkeypatch.setattr(ledger, "_moved", slow)

    def moving():
        try:
            ledger.change_version(enrollment_id=enrollment.pk, version=version, at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(moving)
        read.wait(10)
        try:
            done(enrollment, lesson, at=LATER)
        finally:
            asked.set()
            running.result(20)
    enrollment.refresh_from_db()
    return enrollment.stations_done, enrollment.status


@pytest.fixture
def half_done():
    a, b, c = (lesson_document(key) for key in "abc")
    first = VersionFactory(stations=[a, b, c])
    return EnrollmentFactory(version=first), newer(first, a, b), a


@pytest.mark.django_db(transaction=True)
def test_a_lesson_finished_while_its_person_is_moved_is_counted(half_done, monkeypatch):
    enrollment, version, lesson = half_done
    assert finish_during_the_move(enrollment, version, lesson, monkeypatch) == (1, Status.ACTIVE)
    assert enrollment.version == version


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_lesson_would_be_written_over_the_move(half_done, monkeypatch):
    """Negative control: whoever comes last writes the count of the version that they read."""
    enrollment, version, lesson = half_done
    unlocked = writing._LOCK.replace("FOR NO KEY UPDATE OF row", "")
    monkeypatch.setattr(writing, "_LOCK", unlocked)
    real = ledger.save
    written = Event()

    def late(enrollment, *rest):
        # The act of the person is written last, from what it read before the move.
        if enrollment.version_id != version.pk:
            written.wait(5)
        try:
            return real(enrollment, *rest)
        finally:
            written.set()

    monkeypatch.setattr(ledger, "save", late)
    finish_during_the_move(enrollment, version, lesson, monkeypatch)
    assert enrollment.stations_total == 3  # of a version that is followed no more


@pytest.mark.django_db(transaction=True)
def test_two_workers_move_each_person_once(two_versions):
    version, people = two_versions
    asked = ask(version)
    gate = Barrier(2)

    def work():
        gate.wait()
        try:
            move_people(move_id=asked.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(work) for __ in range(2)]:
            each.result(30)
    assert LearningEvent.objects.filter(verb=Verb.MOVED).count() == len(people)
    assert set(Enrollment.objects.values_list("version", flat=True)) == {version.pk}
