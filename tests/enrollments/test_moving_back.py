"""A move of version taken back: for whoever did nothing since, and nobody else (docs/versions.md)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from enrollments import actions
from enrollments.actions import ledger, moving, writing
from enrollments.enums import Status, Verb
from enrollments.models import (
    Enrollment,
    LearningEvent,
    LessonNote,
    LessonState,
    VersionMove,
)
from enrollments.queries.moving import (
    _acts_of,
    gone_back,
    moved_by,
    news_of,
    returning,
    undoable,
    ways_back,
)
from enrollments.tasks import move_people, resume_moves, undo_move
from tests.enrollments.test_ledger import stored
from tests.enrollments.test_moving import done, newer, passed
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
MOVED = NOON + timedelta(days=10)
SINCE = MOVED + timedelta(days=1)
BACK = MOVED + timedelta(days=2)
A, B, C = (lesson_document(key) for key in "abc")


@pytest.fixture
def admin():
    return UserFactory(role=Role.ADMINISTRATOR)


@pytest.fixture
def first():
    return VersionFactory(stations=[A, B])


def go(version, by, at=MOVED):
    move = actions.ask_move(version=version, by=by, at=at)
    while actions.move_some(move_id=move.pk, at=at):
        pass
    move.refresh_from_db()
    return move


def come_back(move, by, at=BACK):
    asked = actions.ask_undo(move=move, by=by, at=at)
    while actions.undo_some(move_id=asked.pk, at=at):
        pass
    asked.refresh_from_db()
    return asked


def versions_of(*people):
    rows = dict(Enrollment.objects.values_list("pk", "version__number"))
    return [rows[each.pk] for each in people]


def test_whoever_did_nothing_since_is_as_before_the_move(first, admin):
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, A)
    before, news = stored(enrollment), news_of(enrollment)
    move = go(newer(first, {**A, "title": "Autrement dite"}, C), admin)
    assert stored(enrollment) != before
    assert news_of(enrollment) is not None
    undone = come_back(move, admin)
    assert (undone.coming_back, undone.undone_at) == (1, BACK)
    assert (stored(enrollment), enrollment.version, news_of(enrollment)) == (before, first, news)
    assert LessonState.objects.get(lesson=A["uuid"]).version is None
    actions.recompute(enrollment_id=enrollment.pk)
    assert stored(enrollment) == before
    # Nothing was erased: the ledger says both.
    verbs = LearningEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [Verb.COMPLETED, Verb.MOVED, Verb.UNDONE]


def test_a_lower_demand_that_the_move_met_is_unmet_again(first, admin):
    exam = lesson_document("x", kind="exam", questions=[choice_question()])
    start = VersionFactory(stations=[A, exam])
    enrollment = EnrollmentFactory(version=start)
    passed(enrollment, exam, 60)
    before = stored(enrollment)
    start.course.pass_mark = 50
    move = go(newer(start, A, exam, C), admin)
    assert LessonState.objects.get(lesson=exam["uuid"]).completed_at is not None
    come_back(move, admin)
    assert stored(enrollment) == before


def work_answer(enrollment):
    done(enrollment, C, at=SINCE)


def work_on_what_both_versions_hold(enrollment):
    done(enrollment, A, at=SINCE)


def work_note(enrollment):
    LessonNote.objects.create(
        enrollment=enrollment, lesson=UUID(C["uuid"]), text="À revoir", written_at=SINCE
    )


def work_question(enrollment):
    actions.ask(
        uuid=uuid4(), enrollment_id=enrollment.pk, lesson=UUID(C["uuid"]), text="Pourquoi?",
        at=SINCE,
    )  # fmt: skip


def work_sent_late_by_a_device(enrollment):
    """Done before the move, without network, and heard of after it."""
    act = ledger.NewEvent(uuid4(), Verb.COMPLETED, UUID(A["uuid"]), NOON, origin={"seq": 1})
    actions.record(enrollment_id=enrollment.pk, event=act, at=SINCE)


@pytest.mark.parametrize(
    "work",
    [
        work_answer, work_on_what_both_versions_hold, work_note, work_question,
        work_sent_late_by_a_device,
    ],
)  # fmt: skip
def test_whoever_worked_since_stays_and_loses_nothing(first, admin, work):
    idle, busy = EnrollmentFactory(version=first), EnrollmentFactory(version=first)
    move = go(newer(first, A, C, lesson_document("d")), admin)
    work(busy)
    before = stored(busy)
    come_back(move, admin)
    assert versions_of(idle, busy) == [1, 2]
    assert stored(busy) == before


def test_having_opened_a_lesson_keeps_nobody_and_is_not_forgotten(first, admin):
    enrollment = EnrollmentFactory(version=first)
    move = go(newer(first, A, C), admin)
    done(enrollment, C, Verb.OPENED, at=SINCE)
    come_back(move, admin)
    assert versions_of(enrollment) == [1]
    assert LessonState.objects.get(lesson=C["uuid"]).opened_at == SINCE
    before = stored(enrollment)
    actions.recompute(enrollment_id=enrollment.pk)
    assert stored(enrollment) == before


def test_whoever_finished_or_left_or_went_on_stays(first, admin):
    finished, left, further, idle = (EnrollmentFactory(version=first) for _ in range(4))
    done(finished, A)
    second = newer(first, A)
    others = [left, further, idle]
    move = go(second, admin)
    assert Enrollment.objects.get(pk=finished.pk).status == Status.COMPLETED
    actions.withdraw(enrollment_id=left.pk, at=SINCE)
    ledger.change_version(enrollment_id=further.pk, version=newer(second, A, C), at=SINCE)
    come_back(move, admin)
    assert versions_of(finished, *others) == [2, 2, 3, 1]


def test_two_moves_are_taken_back_each_for_its_own_people(first, admin):
    """Version 1 moved first, version 2 later: one is taken back, the other is not."""
    second = newer(first, A, C)
    one, two = EnrollmentFactory(version=first), EnrollmentFactory(version=second)
    third = newer(second, A, B, C)
    ask = {"version": third, "by": admin}
    early = actions.ask_move(leaving=[1], at=MOVED, **ask)
    move_people(move_id=early.pk)
    late = actions.ask_move(leaving=[2], at=MOVED, **ask)
    move_people(move_id=late.pk)
    assert early != late
    come_back(late, admin)
    assert versions_of(one, two) == [3, 2]
    come_back(early, admin)
    assert versions_of(one, two) == [1, 2]


def test_the_same_person_is_moved_again_after_a_move_was_taken_back(first, admin):
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, A)
    before = stored(enrollment)
    second = newer(first, A, C)
    move = go(second, admin)
    moved = stored(enrollment)
    come_back(move, admin)
    # A worker that slept through it all wakes up: that move has brought its person once.
    assert not ledger.change_version(
        enrollment_id=enrollment.pk, version=second, at=BACK, move_id=move.pk
    )
    again = go(second, admin, at=BACK)
    assert stored(enrollment) == moved
    assert news_of(enrollment).since == BACK
    come_back(again, admin, at=BACK + timedelta(days=1))
    assert stored(enrollment) == before
    acts = LearningEvent.objects.filter(verb=Verb.MOVED)
    assert acts.count() == len(set(acts.values_list("uuid", flat=True))) == 2


def test_a_chain_comes_back_by_one_step(first, admin):
    enrollment = EnrollmentFactory(version=first)
    done(enrollment, B)
    second = newer(first, A, C)
    go(second, admin)
    before = stored(enrollment)
    move = go(newer(second, A, lesson_document("d")), admin, at=SINCE)
    come_back(move, admin)
    assert (stored(enrollment), versions_of(enrollment)) == (before, [2])
    # What version 1 had finished still counts there.
    assert LessonState.objects.get(lesson=B["uuid"]).version == first


def test_it_is_refused_late_while_people_move_and_when_nobody_would_come(first, admin):
    enrollment = EnrollmentFactory(version=first)
    second = newer(first, A, C)
    asked = actions.ask_move(version=second, by=admin, at=MOVED)
    with pytest.raises(actions.MoveRefused, match="attendez"):
        actions.ask_undo(move=asked, by=admin, at=MOVED)
    move_people(move_id=asked.pk)
    with pytest.raises(actions.MoveRefused, match="plus de 30 jours"):
        actions.ask_undo(move=asked, by=admin, at=MOVED + timedelta(days=30, seconds=1))
    done(enrollment, A, at=SINCE)
    with pytest.raises(actions.MoveRefused, match="Personne ne reviendrait"):
        actions.ask_undo(move=asked, by=admin, at=BACK)
    assert not Entry.objects.filter(verb="course.move_taken_back").exists()


def test_a_move_waits_for_a_return_and_a_stopped_return_is_taken_up(first, admin, monkeypatch):
    people = [EnrollmentFactory(version=first) for _ in range(3)]
    move = go(newer(first, A, C), admin)
    monkeypatch.setattr(moving, "AT_ONCE", 2)
    asked = actions.ask_undo(move=move, by=admin, at=BACK)
    assert actions.undo_some(move_id=asked.pk, at=BACK)  # then the worker is killed
    assert returning(move).count() == 1
    with pytest.raises(actions.MoveRefused, match="Un retour est en cours"):
        actions.ask_move(version=move.version, by=admin, at=BACK)
    resume_moves()
    assert versions_of(*people) == [1, 1, 1]
    assert VersionMove.objects.get().undone_at is not None
    undo_move(move_id=asked.pk)
    assert LearningEvent.objects.filter(verb=Verb.UNDONE).count() == 3


def test_the_page_says_what_comes_back_and_for_how_many_then_does_it(
    client, first, admin, monkeypatch
):
    idle, busy = EnrollmentFactory(version=first), EnrollmentFactory(version=first)
    monkeypatch.setattr("enrollments.views.moving.timezone.now", lambda: BACK)
    move = go(newer(first, A, C), admin)
    done(busy, C, at=SINCE)
    client.force_login(admin)
    code = first.course.code.lower()
    page = reverse("enrollments:undo-move", args=[code, move.pk])
    assertContains(client.get(reverse("enrollments:move-people", args=[code])), page)
    shown = client.get(page)
    assertContains(shown, "1 personne revient à la version 1")
    assertContains(shown, "Leçon b")
    assertContains(shown, "1 personne reste où elle est")
    assertContains(shown, "Faire revenir 1 personne")
    assertRedirects(client.post(page), page)
    client.post(page)
    assert Entry.objects.get(verb="course.move_taken_back").details == {
        "count": 1, "move": move.pk,
    }  # fmt: skip
    assertContains(client.get(page), "Personnes déjà revenues\u00a0: 0 sur 1")
    undo_move(move_id=move.pk)
    done_page = client.get(page)
    assertContains(done_page, "1 personne est revenue")
    assertNotContains(done_page, "Faire revenir")
    assert versions_of(idle, busy) == [1, 2]
    other = VersionFactory().course.code.lower()
    assert client.get(reverse("enrollments:undo-move", args=[other, move.pk])).status_code == 404


def test_only_moves_that_are_known_to_have_brought_somebody_are_offered(first, admin):
    """An act of before moves were numbered says from where and to where, and no more."""
    old, new = EnrollmentFactory(version=first), EnrollmentFactory(version=first)
    second = newer(first, A, C)
    ledger.change_version(enrollment_id=old.pk, version=second, at=MOVED)
    VersionMove.objects.create(version=second, people=1, asked_at=MOVED, finished_at=MOVED)
    assert undoable(first.course, at=SINCE) == []
    move = go(second, admin)
    assert versions_of(old, new) == [2, 2]
    assert undoable(first.course, at=SINCE) == [move]


def test_a_return_searches_the_acts_of_its_course_and_not_the_whole_ledger(
    first, admin, django_assert_num_queries
):
    EnrollmentFactory(version=first)
    move = go(newer(first, A, C), admin)
    with connection.cursor() as cursor:  # a table as small as this one is always read whole
        cursor.execute("SET LOCAL enable_seqscan = off")
    whole = "Seq Scan on enrollments_learningevent"
    assert whole not in _acts_of(move).explain()
    assert whole in LearningEvent.objects.filter(verb=Verb.MOVED, result__move=move.pk).explain()
    with django_assert_num_queries(1):
        assert gone_back(move) == 0
    assert [each.followers for each in ways_back(move)] == [1]
    come_back(move, admin)
    assert gone_back(move) == 1


def together(one, other):
    """Both at the same moment, each on a connection of its own."""
    gate = Barrier(2)

    def run(act):
        gate.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [each.result(20) for each in [pool.submit(run, act) for act in (one, other)]]


def ask_twice(first, admin, monkeypatch):
    """Two administrators press at once: each has read the move before either writes."""
    EnrollmentFactory(version=first)
    move = go(newer(first, A, C), admin)
    real, read = moving.returning, Barrier(2)

    def slow(asked):
        found = real(asked)
        try:
            read.wait(2)  # with the lock the second one is not here yet
        except Exception:  # noqa: BLE001 -- a broken barrier says that nobody came
            read.reset()
        return found

    monkeypatch.setattr(moving, "returning", slow)

    def ask():
        actions.ask_undo(move=move, by=admin, at=BACK)

    together(ask, ask)
    return Entry.objects.filter(verb="course.move_taken_back").count()


@pytest.mark.django_db(transaction=True)
def test_two_returns_asked_at_once_are_one(first, admin, monkeypatch):
    assert ask_twice(first, admin, monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_be_written_down(first, admin, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    assert ask_twice(first, admin, monkeypatch) == 2


def finish_during_the_return(first, admin, monkeypatch):
    """The return has found that nothing was done, and a lesson is finished before it writes."""
    enrollment = EnrollmentFactory(version=first)
    move = go(newer(first, A, C), admin)
    found, asked = Event(), Event()
    real = ledger.in_force

    def slow(events):
        found.set()
        asked.wait(1.5)  # the lesson now waits for the row, or is written already
        return real(events)

    monkeypatch.setattr(ledger, "in_force", slow)

    def back():
        return ledger.undo_move(enrollment_id=enrollment.pk, move=move, at=BACK)

    def work():
        found.wait(10)
        try:
            done(enrollment, C, at=BACK)
        except actions.EventRefused as refused:
            return str(refused)
        finally:
            asked.set()
        return ""

    came, said = together(back, work)
    assert came
    return said, versions_of(enrollment), moved_by(move).count()


@pytest.mark.django_db(transaction=True)
def test_work_that_comes_during_the_return_is_refused_in_words(first, admin, monkeypatch):
    said, *rest = finish_during_the_return(first, admin, monkeypatch)
    assert "n’appartient pas à votre version" in said
    assert rest == [[1], 0]
    assert not LearningEvent.objects.filter(verb=Verb.COMPLETED).exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_accepted_in_a_version_that_is_left(
    first, admin, monkeypatch
):
    """Negative control: the work is kept, and its person sent where it does not exist."""
    unlocked = writing._LOCK.replace("FOR NO KEY UPDATE OF row", "")
    monkeypatch.setattr(writing, "_LOCK", unlocked)
    said, *rest = finish_during_the_return(first, admin, monkeypatch)
    assert (said, rest) == ("", [[1], 0])
    assert LearningEvent.objects.filter(verb=Verb.COMPLETED, lesson=C["uuid"]).exists()
