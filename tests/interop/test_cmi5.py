"""A cmi5 unit: launched once, heard in its own session alone, judged by its moveOn."""

import json
from copy import deepcopy
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from atn_platform.interop import queries
from atn_platform.interop.models import Cmi5Session, Cmi5Statement, PackagePlace
from atn_platform.interop.statements import CMI5, SESSION
from courses.documents import stations
from courses.queries import document
from enrollments import actions
from enrollments.actions.ledger import change_version
from enrollments.models import LearningEvent
from tests.factories import UserFactory, VersionFactory
from tests.interop.conftest import address
from tests.package_files import cmi5

pytestmark = pytest.mark.django_db
VERBS = "http://adlnet.gov/expapi/verbs/"


class Unit:
    """A unit as its script sees the world: an address, then what it asks of it."""

    def __init__(self, frame: str) -> None:
        self.frame, self.http = frame, Client(HTTP_HOST="contenus.testserver")
        given = {name: values[0] for name, values in parse_qs(urlsplit(frame).query).items()}
        self.actor, self.registration = json.loads(given["actor"]), given["registration"]
        self.endpoint, self.fetch = (urlsplit(given[n]).path for n in ("endpoint", "fetch"))
        self.activity, self.token = given["activityId"], ""

    def take_token(self):
        said = self.http.post(self.fetch).json()
        self.token = said.get("auth-token", "")
        return said

    def ask(self, method, what, body=None, *, kind="application/json", **query):
        data = json.dumps(body) if body is not None and kind == "application/json" else body or ""
        return self.http.generic(
            method, f"{self.endpoint}{what}", data, content_type=kind, query_params=query,
            headers={"Authorization": f"Basic {self.token}"},
        )  # fmt: skip

    @property
    def session(self):
        data = self.ask("GET", "activities/state", stateId="LMS.LaunchData").json()
        return data["contextTemplate"]["extensions"][SESSION]

    def statement(self, verb, /, **changes):
        scaled = changes.pop("scaled", None)
        return {
            "id": str(uuid4()), "actor": self.actor, "verb": {"id": VERBS + verb},
            "object": {"id": self.activity},
            "context": {
                "registration": self.registration, "extensions": {SESSION: self.session},
                "contextActivities": {"category": [{"id": CMI5}]},
            },
            **({"result": {"score": {"scaled": scaled}}} if scaled is not None else {}),
            **changes,
        }  # fmt: skip

    def say(self, verb, /, **changes):
        return self.ask("POST", "statements", self.statement(verb, **changes))


@pytest.fixture
def launch(client, play):
    """Launches the unit of a package, as its learner's page does."""

    def launching(move_on="CompletedOrPassed", *, again=False):
        if not again:
            launching.enrollment, launching.block = play(cmi5(move_on=move_on))
        answer = client.post(address("launch", launching.block, 1))
        return Unit(answer.json()["frame"])

    return launching


@pytest.fixture
def unit(launch):
    found = launch()
    found.take_token()
    return found


def played():
    events = LearningEvent.objects.filter(verb="played").order_by("pk")
    return [(event.result["status"], event.result.get("score")) for event in events]


def test_a_unit_is_launched_heard_and_its_result_is_in_the_ledger(unit):
    assert unit.say("initialized").status_code == 200
    assert unit.say("passed", scaled=0.8).status_code == 200
    assert unit.say("completed").status_code == 200
    assert unit.say("terminated").status_code == 200

    assert played() == [("incomplete", None), ("passed", 80), ("passed", None)]
    earlier = unit.ask("GET", "statements").json()["statements"]
    assert [each["verb"]["id"].removeprefix(VERBS) for each in reversed(earlier)] == [
        "initialized", "passed", "completed", "terminated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("move_on", "verbs", "status"),
    [
        ("Passed", ["completed"], "incomplete"),
        ("Passed", ["passed"], "passed"),
        ("Completed", ["passed"], "incomplete"),
        ("Completed", ["completed"], "completed"),
        ("CompletedAndPassed", ["completed"], "incomplete"),
        ("CompletedAndPassed", ["completed", "passed"], "passed"),
        ("CompletedOrPassed", ["failed"], "failed"),
        ("CompletedOrPassed", ["completed"], "completed"),
        ("NotApplicable", [], "completed"),
    ],
)
def test_move_on_says_when_a_unit_is_done(launch, move_on, verbs, status):
    unit = launch(move_on)
    unit.take_token()
    for verb in ["initialized", *verbs]:
        assert unit.say(verb).status_code == 200

    assert played()[-1][0] == status


def test_two_sessions_make_one_unit(launch):
    for again, verb in ((False, "completed"), (True, "passed")):
        unit = launch("CompletedAndPassed", again=again)
        unit.take_token()
        unit.say("initialized")
        unit.say(verb)

    assert played()[-1] == ("passed", None)


def test_what_an_archive_said_is_not_of_the_one_that_took_its_place(launch):
    unit = launch("CompletedAndPassed")
    unit.take_token()
    for verb in ("initialized", "completed"):
        unit.say(verb)
    said = unit.statement("passed")
    enrollment = launch.enrollment
    lessons = deepcopy(list(stations(document(enrollment.version_id))))
    lessons[0]["blocks"][-1]["asset"]["sha256"] = "0" * 64
    newer = VersionFactory(course=enrollment.course, number=2, stations=lessons)
    change_version(enrollment_id=enrollment.pk, version=newer, at=timezone.now())

    late = unit.ask("POST", "statements", said)
    assert (late.status_code, late.json()) == (403, {"error": "the unit left the course"})
    assert unit.ask("GET", "activities/state", stateId="LMS.LaunchData").status_code == 403
    following = launch(again=True)
    following.take_token()
    for verb in ("initialized", "passed"):
        following.say(verb)
    assert played()[-1] == ("incomplete", None)


def test_the_token_is_given_once_and_soon(launch):
    unit = launch()
    assert unit.take_token()["auth-token"]
    assert unit.take_token()["error-code"] == "1"

    late = launch(again=True)
    Cmi5Session.objects.update(opened_at=timezone.now() - timedelta(minutes=11))
    assert late.take_token()["error-code"] == "1"


def test_only_the_bearer_of_the_launch_is_heard_and_for_half_a_day(launch, unit):
    other = launch(again=True)
    other.take_token()
    stolen, unit.token = unit.token, other.token
    assert unit.ask("GET", "statements").status_code == 401
    for token in ("", "x", "YTpi", "é"):
        unit.token = token
        assert unit.ask("GET", "statements").status_code == 401
    unit.token = stolen
    Cmi5Session.objects.update(opened_at=timezone.now() - timedelta(hours=13))
    assert unit.ask("GET", "statements").status_code == 401
    assert client_of_the_site().get(unit.endpoint + "statements").status_code == 404


def client_of_the_site():
    site = Client()
    site.force_login(UserFactory())
    return site


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"actor": {"account": {"homePage": "x", "name": "y"}}}, "actor"),
        ({"context": {}}, "registration"),
        ({"verb": {}}, "verb has no id"),
        ({"object": {"id": "urn:x"}}, "object"),
        ({"verb": {"id": VERBS + "certified"}}, "not defined"),
        ({"scaled": 1e9}, "between -1 and 1"),
        ({"scaled": "1"}, "between -1 and 1"),
        ({"scaled": 10**400}, "between -1 and 1"),
        ({"scaled": 0.2}, "mastery"),
        ({"id": "moi"}, "UUID"),
        ({"context": "x"}, "not an object"),
        ({"result": {"response": "x" * 40_000}}, "too large"),
    ],
)
def test_s58_a_statement_that_is_not_of_this_launch_is_refused(unit, changes, why):
    unit.say("initialized")
    answer = unit.say("passed", **changes)

    assert (answer.status_code, why in answer.json()["error"]) == (403, True)
    assert played() == [("incomplete", None)]


@pytest.mark.parametrize("category", [5, "x", True])
def test_a_category_that_is_none_is_refused(unit, category):
    said = unit.statement("initialized")
    said["context"]["contextActivities"]["category"] = category
    answer = unit.ask("POST", "statements", said)

    assert (answer.status_code, answer.json()) == (403, {"error": "category is not a list"})


def test_a_category_may_stand_alone(unit):
    said = unit.statement("initialized")
    said["context"]["contextActivities"]["category"] = {"id": CMI5}

    assert unit.ask("POST", "statements", said).status_code == 200
    assert Cmi5Session.objects.get().verbs == ["initialized"]


def test_whoever_left_the_course_is_heard_no_more_and_launches_nothing(
    client, launch, unit, monkeypatch
):
    unit.say("initialized")
    actions.withdraw(enrollment_id=launch.enrollment.pk, at=timezone.now())
    assert unit.say("passed").status_code == 403
    assert played() == [("incomplete", None)]

    # They left while the launch was on its way.
    found = launch.enrollment, False
    monkeypatch.setattr(queries, "followed_in_order", lambda *__: found)
    answer = client.post(address("launch", launch.block, 1))
    assert (answer.status_code, bool(answer.json()["motif"])) == (409, True)


def test_a_unit_s_page_says_nothing_by_the_door_of_other_modules(client, launch):
    launch()
    sent = {
        "owner": launch.enrollment.learner.device_owner, "session": str(uuid4()), "base": 0,
        "revision": 1, "status": "passed", "state": {}, "archive": launch.block["asset"]["sha256"],
    }  # fmt: skip
    door = address("place", launch.block, 1)

    assert client.post(door, sent, content_type="application/json").status_code == 404
    assert played() == [("incomplete", None)]


def test_the_order_of_verbs_is_that_of_the_standard(unit):
    assert "before initialized" in unit.say("completed").json()["error"]
    unit.say("initialized")
    assert "said already" in unit.say("initialized").json()["error"]
    unit.say("passed")
    assert "exclude" in unit.say("failed").json()["error"]
    unit.say("terminated")
    assert "terminated" in unit.say("completed").json()["error"]


def test_a_unit_s_own_verbs_are_kept_and_count_for_nothing(unit):
    unit.say("initialized")
    own = unit.statement("interacted")
    del own["context"]["contextActivities"]
    assert unit.ask("POST", "statements", own).json() == [own["id"]]
    assert unit.ask("GET", "statements", statementId=own["id"]).json()["id"] == own["id"]

    assert played() == [("incomplete", None)]


def test_a_slash_too_many_in_an_address_changes_nothing(unit):
    assert unit.ask("GET", "/about").json() == {"version": ["1.0.3"]}
    assert unit.ask("GET", "/statements").status_code == 200


def test_a_statement_sent_again_adds_nothing(unit):
    sent = unit.statement("initialized")
    for __ in range(2):
        assert unit.ask("PUT", "statements", sent, statementId=sent["id"]).status_code == 204

    assert Cmi5Statement.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        "[",
        "[1]",
        "12",
        "NaN",
        "[" * 50_000,
        '{"a": 1e999}',
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
    ],
)
def test_what_is_no_statement_is_a_bad_request(unit, body):
    answer = unit.ask("POST", "statements", body, kind="application/octet-stream")

    assert answer.status_code == 400


@pytest.mark.parametrize("body", [[], [{}], 5, "x", None])
def test_what_is_put_is_one_statement(unit, body):
    sent = json.dumps(body)
    kind = "application/octet-stream"
    answer = unit.ask("PUT", "statements", sent, kind=kind, statementId=str(uuid4()))

    assert answer.status_code == 400


def test_a_unit_s_documents_are_kept_within_bounds_and_found_by_the_next_session(launch, unit):
    kept = unit.ask("PUT", "activities/state", "page=3", kind="text/plain", stateId="place")
    assert kept.status_code == 204
    assert unit.ask("GET", "activities/state", stateId="autre").status_code == 404
    large = unit.ask("PUT", "activities/state", "x" * 200_000, kind="text/plain", stateId="b")
    assert large.status_code == 403
    for name in ("LMS.LaunchData", "", "a\0b", "x" * 300):
        assert unit.ask("PUT", "activities/state", "{}", stateId=name).status_code == 403

    following = launch(again=True)
    following.take_token()
    found = following.ask("GET", "activities/state", stateId="place")
    assert (found.content, found.headers["Content-Type"]) == (b"page=3", "text/plain")
    assert following.ask("DELETE", "activities/state", stateId="place").status_code == 204
    assert PackagePlace.objects.get().state == {"documents": {}}


def test_a_posted_document_is_merged_and_a_put_one_replaces(unit):
    def stands():
        return unit.ask("GET", "activities/state", stateId="a").json()

    for body, held in (({"x": 1}, {"x": 1}), ({"y": {"z": 2}}, {"x": 1, "y": {"z": 2}})):
        assert unit.ask("POST", "activities/state", body, stateId="a").status_code == 204
        assert stands() == held
    for body, kind in (([1], "application/json"), ('{"x": 2}', "text/plain"), ("x", "text/plain")):
        refused = unit.ask("POST", "activities/state", body, kind=kind, stateId="a")
        assert (refused.status_code, stands()) == (400, {"x": 1, "y": {"z": 2}})
    assert unit.ask("PUT", "activities/state", {"w": 3}, stateId="a").status_code == 204
    assert stands() == {"w": 3}


def test_its_learner_is_a_number_and_its_launch_is_theirs(client, launch):
    unit = launch()
    unit.take_token()
    data = unit.ask("GET", "activities/state", stateId="LMS.LaunchData").json()

    assert (data["launchMode"], data["moveOn"], data["masteryScore"]) == (
        "Normal", "CompletedOrPassed", 0.5,
    )  # fmt: skip
    assert launch.enrollment.learner.last_name not in json.dumps(unit.actor)
    stranger = client_of_the_site()
    assert stranger.post(address("launch", launch.block, 1)).status_code == 404
    assert client.post(address("launch", launch.block, 2)).status_code == 404
