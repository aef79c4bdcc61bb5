"""cmi5: what a statement must be, and what several make of a unit (AICC/cmi5, 9 and 10).

Pure: statements in, a refusal or a verdict out.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from courses.documents import PartDoc

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
# Verbs that a unit may say under cmi5's own name, by their address.
VERBS = {
    "http://adlnet.gov/expapi/verbs/initialized": "initialized",
    "http://adlnet.gov/expapi/verbs/completed": "completed",
    "http://adlnet.gov/expapi/verbs/passed": "passed",
    "http://adlnet.gov/expapi/verbs/failed": "failed",
    "http://adlnet.gov/expapi/verbs/terminated": "terminated",
}


class StatementRefused(Exception):
    """The statement is not one of this launch; said in English, to a program."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What every statement of one launch must say of itself."""

    actor: Mapping[str, Any]
    registration: UUID
    session: UUID
    activity: str
    part: PartDoc


def verb_of(statement: Mapping[str, Any], launch: Launch, said: Collection[str]) -> str:
    """The cmi5 verb of a statement, "" for one of the unit's own. Raises StatementRefused.

    `said` are the verbs of this session so far.
    """
    context = _dict(statement, "context")
    account = _dict(_dict(statement, "actor"), "account")
    if account != launch.actor["account"]:
        raise StatementRefused("actor is not the learner of this launch")
    if context.get("registration") != str(launch.registration):
        raise StatementRefused("registration is not that of this launch")
    if not isinstance(_dict(statement, "verb").get("id"), str):
        raise StatementRefused("verb has no id")
    if "terminated" in said:
        raise StatementRefused("session is terminated")
    is_defined = CMI5 in _categories(context)
    verb = VERBS.get(statement["verb"]["id"], "") if is_defined else ""
    if is_defined:
        _check_defined(statement, launch, verb, said)
    elif "initialized" not in said:
        raise StatementRefused("nothing is said before initialized")
    return verb


def _categories(context: Mapping[str, Any]) -> list[object]:
    """The ids of its categories; a single one may stand alone (xAPI 1.0.3, 2.4.6.2)."""
    said = _dict(context, "contextActivities").get("category") or []
    found = [said] if isinstance(said, dict) else said
    if not isinstance(found, list):
        raise StatementRefused("category is not a list")
    return [each.get("id") for each in found if isinstance(each, dict)]


def _check_defined(
    statement: Mapping[str, Any], launch: Launch, verb: str, said: Collection[str]
) -> None:
    if not verb:
        raise StatementRefused("verb is not defined by cmi5")
    if verb in said:
        raise StatementRefused(f"{verb} was said already")
    if verb != "initialized" and "initialized" not in said:
        raise StatementRefused("nothing is said before initialized")
    if {verb, *said} >= {"passed", "failed"}:
        raise StatementRefused("passed and failed exclude each other in a session")
    if _dict(statement, "object").get("id") != launch.activity:
        raise StatementRefused("object is not the unit that was launched")
    if _dict(_dict(statement, "context"), "extensions").get(SESSION) != str(launch.session):
        raise StatementRefused("session is not that of this launch")
    if verb in {"passed", "failed"} and not _agrees(statement, launch.part, verb):
        raise StatementRefused("score and mastery score disagree with the verb")


def _agrees(statement: Mapping[str, Any], part: PartDoc, verb: str) -> bool:
    mastery, scaled = part.get("mastery"), scaled_score(statement)
    return mastery is None or scaled is None or (scaled >= mastery) == (verb == "passed")


def scaled_score(statement: Mapping[str, Any]) -> float | None:
    """The score of a statement, from -1 to 1. Raises StatementRefused."""
    value = _dict(_dict(statement, "result"), "score").get("scaled")
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not -1 <= value <= 1:
        raise StatementRefused("scaled score is not between -1 and 1")
    return float(value)


def status(part: PartDoc, said: Collection[str]) -> str:
    """What a unit came to, by its moveOn, from the verbs of all its sessions."""
    passed, completed = "passed" in said, "completed" in said
    satisfied = {
        "Passed": passed,
        "Completed": completed,
        "CompletedAndPassed": passed and completed,
        "CompletedOrPassed": passed or completed,
    }.get(part.get("move_on", "NotApplicable"), True)
    if satisfied:
        return "passed" if passed else "completed"
    return "failed" if "failed" in said else "incomplete"


def read_json(text: bytes | str) -> Any:
    """A value, without the names of numbers that JSON has not. Raises ValueError."""
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def storable(value: object) -> str:
    """The JSON of a value, when the database can hold it. Raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in text:
        raise ValueError("null")
    text.encode()  # half of a pair of UTF-16
    return text


def _dict(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = held.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise StatementRefused(f"{name} is not an object")
    return found
