"""What a package says of itself: checked, kept once, and never more than it is worth."""

import json
from copy import deepcopy
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.interop.forms import LARGEST_STATE
from atn_platform.interop.models import PackagePlace
from certificates.models import Certificate
from courses.documents import stations
from courses.queries import document
from enrollments import actions
from enrollments.actions.ledger import change_version
from enrollments.models import BlockState, LearningEvent, LessonState
from tests.factories import NOON, PathFactory, UserFactory, VersionFactory
from tests.interop.conftest import address
from tests.package_files import scorm

pytestmark = pytest.mark.django_db
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def say(client, play):
    """Plays a package; `say(…)` is its script's message, and `say.enrollment` whose it is."""

    def saying(number=1, *, by=client, **message):
        sent = {
            "owner": saying.enrollment.learner.device_owner, "session": str(ONE), "base": 0,
            "revision": 1, "state": None, "status": "incomplete", "score": None,
            "archive": saying.block["asset"]["sha256"], **message,
        }  # fmt: skip
        return by.post(
            address("place", saying.block, number),
            message.get("raw") or json.dumps(sent),
            content_type="application/json",
        )

    saying.enrollment, saying.block = play(scorm(parts=("a.html", "b.html")))
    return saying


def played():
    events = LearningEvent.objects.filter(verb="played").order_by("pk")
    return [(e.result["part"], e.result["status"], e.result.get("score")) for e in events]


def test_results_reach_the_ledger_and_a_message_sent_again_adds_nothing(say):
    for __ in range(3):
        assert say(status="passed", score=80.4, state={"a": 1}).json() == {"revision": 1}

    assert played() == [(1, "passed", 80)]
    state = BlockState.objects.get(enrollment=say.enrollment)
    assert (state.data, state.best_score) == ({"parts": {"1": "passed"}, "done": False}, 80)
    assert PackagePlace.objects.get().state == {"a": 1}


def test_a_package_is_done_when_all_its_parts_are_and_its_score_is_their_mean(say, client):
    say(1, status="failed", score=40)
    say(1, status="passed", score=90, revision=2)
    say(2, status="completed", score=None)
    say(1, status="incomplete", revision=3)

    state = BlockState.objects.get(enrollment=say.enrollment)
    assert state.data == {"parts": {"1": "passed", "2": "completed"}, "done": True}
    assert (state.best_score, state.attempts) == (90, 1)
    lesson = client.get(reverse("enrollments:lesson", args=["ess-101", "signes"]))
    assertContains(lesson, "Module terminé.")


def test_a_package_waits_for_its_turn_in_a_compulsory_order(client, say):
    """By its address as by the page of its lesson; once opened, it stays open."""
    path = PathFactory(order="required", courses=[VersionFactory().course, say.enrollment.course])
    path.steps.filter(position=2).update(lessons=["signes"])
    actions.enroll_in_path(learner=say.enrollment.learner, path=path, at=NOON)
    page = address("module", say.block)
    assert (client.get(page).status_code, say(status="passed").status_code) == (404, 404)
    assert played() == []
    lesson = next(stations(document(say.enrollment.version_id)))
    opened = actions.NewEvent(
        uuid=uuid4(), verb="opened", lesson=UUID(lesson["uuid"]), happened_at=NOON
    )
    actions.record(enrollment_id=say.enrollment.pk, event=opened, at=NOON)
    assert (client.get(page).status_code, say(status="passed").status_code) == (200, 200)


def test_s58_only_the_parts_that_the_version_followed_has_are_counted(client, play):
    enrollment, block = play(scorm(parts=("a.html", "b.html", "c.html")), more="finishes: true\n")
    said = {
        "owner": enrollment.learner.device_owner, "session": str(ONE), "base": 0, "revision": 1,
        "status": "passed", "archive": block["asset"]["sha256"],
    }  # fmt: skip

    def say(number, score):
        sent = {**said, "score": score}
        client.post(address("place", block, number), sent, content_type="application/json")

    say(1, 80)
    say(3, 20)
    lessons = deepcopy(list(stations(document(enrollment.version_id))))
    del lessons[0]["blocks"][-1]["asset"]["package"]["parts"][-1]
    newer = VersionFactory(course=enrollment.course, number=2, stations=lessons)
    change_version(enrollment_id=enrollment.pk, version=newer, at=timezone.now())

    state = BlockState.objects.get(enrollment=enrollment)
    assert (state.data, state.best_score) == ({"parts": {"1": "passed"}, "done": False}, 80)
    assert LessonState.objects.get(enrollment=enrollment).completed_at is None
    say(2, 60)
    state.refresh_from_db()
    assert (state.data["done"], state.best_score) == (True, 70)
    assert LessonState.objects.get(enrollment=enrollment).completed_at is not None


def test_what_the_ledger_projects_is_what_it_would_project_again(say):
    say(1, status="passed", score=90)
    before = BlockState.objects.get(enrollment=say.enrollment).data
    actions.recompute(enrollment_id=say.enrollment.pk)

    assert BlockState.objects.get(enrollment=say.enrollment).data == before


@pytest.mark.parametrize(
    ("score", "kept"), [(1e9, 100), (-1, 0), (0.4, 0), (10**400, 100), (-(10**400), 0)]
)
def test_s58_a_score_out_of_bounds_is_brought_back(say, score, kept):
    say(status="passed", score=score)

    assert played() == [(1, "passed", kept)]


@pytest.mark.parametrize(
    "message",
    [
        {"score": "100<script>"},
        {"score": True},
        {"status": "certifié"},
        {"state": "x"},
        {"state": {"a": "\0"}},
        {"state": {"a": "\ud800"}},
        {"raw": '{"status": "passed", "state": {"a": 1e999}}'},
        {"session": "moi"},
        {"revision": -1},
        {"revision": 10**30},
        {"base": "0"},
        {"raw": '{"status": "passed", "score": NaN}'},
        {"raw": "["},
        {"raw": "[" * 50_000},
        {"raw": "12"},
        {"raw": b"\xff\xfe"},
    ],
)
def test_s58_a_senseless_message_is_refused_and_writes_nothing(say, message):
    answer = say(**message)

    assert (answer.status_code, answer.json()["motif"]) == (
        400,
        "Ce message du module ne se lit pas.",
    )
    assert played() == []
    assert not PackagePlace.objects.exists()


def test_s58_a_state_too_large_is_refused_with_its_reason(say):
    answer = say(state={"a": "x" * LARGEST_STATE})

    assert (answer.status_code, "trop de choses" in answer.json()["motif"]) == (413, True)


def test_s58_results_are_those_of_whoever_is_signed_in_and_follows(say):
    stranger = Client()
    stranger.force_login(UserFactory())
    assert say(by=stranger, status="passed").status_code == 404
    assert say(by=Client(), status="passed").status_code == 302
    assert say(owner="quelquun", status="passed").status_code == 403
    assert say(3, status="passed").status_code == 404
    forgetful = Client(enforce_csrf_checks=True)
    forgetful.force_login(say.enrollment.learner)
    assert say(by=forgetful, status="passed").status_code == 403
    assert played() == []


def test_s58_a_thousand_messages_leave_a_bounded_trace(say, monkeypatch):
    monkeypatch.setattr("atn_platform.interop.actions.MOST_EVENTS", 5)
    for rank in range(30):
        session, score = str(UUID(int=rank)), rank % 3
        said = say(status="failed", score=score, session=session, base=rank, revision=rank + 1,
                   state={})  # fmt: skip
        assert said.status_code == 200

    assert len(played()) == 5 + 3  # of the sessions that follow, each result once
    assert PackagePlace.objects.get().revision == 30


def test_s58_a_success_that_comes_late_is_kept_whatever_was_said_before(say, monkeypatch):
    monkeypatch.setattr("atn_platform.interop.actions.MOST_EVENTS", 5)
    say(1, status="completed")
    for rank in range(6):
        say(1, status="completed", session=str(UUID(int=rank + 10)))

    for session in (ONE, OTHER):
        say(2, status="passed", score=70, session=str(session))
    assert played()[-1] == (2, "passed", 70)
    assert played().count((2, "passed", 70)) == 1
    assert BlockState.objects.get(enrollment=say.enrollment).data["done"]


def test_s58_a_score_that_a_package_reports_finishes_nothing_by_itself(say):
    say(1, status="passed", score=100)
    say(2, status="passed", score=100)

    assert LessonState.objects.get(enrollment=say.enrollment).completed_at is None
    say.enrollment.refresh_from_db()
    assert say.enrollment.stations_done == 0
    assert not Certificate.objects.exists()


def test_s58_a_package_finishes_its_lesson_when_its_author_said_so(client, play):
    enrollment, block = play(scorm(parts=("a.html", "b.html")), more="finishes: true\n")
    for number, status in ((1, "passed"), (2, "failed"), (2, "completed")):
        state = LessonState.objects.filter(enrollment=enrollment).first()
        assert state is None or state.completed_at is None
        sent = {
            "owner": enrollment.learner.device_owner, "session": str(ONE), "base": 0,
            "revision": 1, "status": status, "archive": block["asset"]["sha256"],
        }  # fmt: skip
        client.post(address("place", block, number), sent, content_type="application/json")

    assert LessonState.objects.get(enrollment=enrollment).completed_at is not None


def test_what_arrives_late_never_replaces_what_came_after(say):
    say(revision=5, state={"page": 5})
    assert say(revision=4, state={"page": 4}).status_code == 200

    assert PackagePlace.objects.get().state == {"page": 5}


def test_another_device_resumes_there_and_the_one_left_behind_is_told(say):
    say(revision=5, state={"page": 5})
    assert say(session=str(OTHER), base=5, revision=6, state={"page": 6}).status_code == 200

    late = say(revision=7, state={"page": 1}, status="passed", score=70)

    assert (late.status_code, "autre appareil" in late.json()["motif"]) == (409, True)
    assert PackagePlace.objects.get().state == {"page": 6}
    # What was achieved is a fact, wherever the place is.
    assert (1, "passed", 70) in played()


def test_s58_what_an_archive_says_is_not_of_the_one_that_took_its_place(say):
    answer = say(archive="0" * 64, status="passed", state={})

    assert (answer.status_code, "a changé" in answer.json()["motif"]) == (409, True)
    assert played() == []
    assert not PackagePlace.objects.exists()


def test_the_page_takes_the_same_queries_whatever_the_number_of_parts(
    client, play, django_assert_num_queries
):
    __, block = play(scorm(parts=("a.html", "b.html", "c.html")))
    client.get(address("module", block))
    with django_assert_num_queries(5):  # session, person, enrolment, standing, place
        client.get(address("module", block))


def test_a_part_that_is_not_there_is_not_found(client, play):
    __, block = play()

    for number in ("0", "2", "-1", "un", "9" * 400, "²", "0000019", "0000001"):
        assert client.get(address("module", block), {"partie": number}).status_code == 404
    missing = {**block, "uuid": uuid4()}
    assert client.get(address("module", missing)).status_code == 404
