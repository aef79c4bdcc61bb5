"""The few resources of xAPI that a cmi5 unit needs, for one launch and no other.

On the second origin: nobody is signed in there, the token of the launch is the whole of the proof.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.core.exceptions import ActionError
from atn_platform.interop import addresses, queries
from atn_platform.interop.actions import cmi5
from atn_platform.interop.models import Cmi5Session
from atn_platform.interop.statements import SESSION, StatementRefused, read_json

LIFE = timedelta(hours=12)
FETCH = timedelta(minutes=10)
LAUNCH_DATA = "LMS.LaunchData"
LONGEST_NAME = 200
Answer = Callable[[HttpRequest, Cmi5Session], HttpResponse]


def _said(body: Any, status: HTTPStatus = HTTPStatus.OK) -> JsonResponse:
    version = {"X-Experience-API-Version": "1.0.3"}
    return JsonResponse(body, status=status, safe=False, headers=version)


def _no(words: str, status: HTTPStatus) -> JsonResponse:
    return _said({"error": words}, status)


def _nothing() -> HttpResponse:
    version = {"X-Experience-API-Version": "1.0.3"}
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=version)


def of_launch(view: Answer) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Let in the bearer of the launch's token, for half a day; a refusal says why, as JSON."""

    @wraps(view)
    def wrapper(request: HttpRequest, session: UUID) -> HttpResponse:
        held = Cmi5Session.objects.select_related("enrollment").filter(uuid=session).first()
        if held is None or not _bears(request, held) or timezone.now() > held.opened_at + LIFE:
            return _no("this launch is not open", HTTPStatus.UNAUTHORIZED)
        try:
            return view(request, held)
        except (StatementRefused, ActionError) as refused:
            return _no(str(refused), HTTPStatus.FORBIDDEN)
        except (ValueError, KeyError, RecursionError):
            return _no("request cannot be read", HTTPStatus.BAD_REQUEST)

    return wrapper


def _bears(request: HttpRequest, session: Cmi5Session) -> bool:
    scheme, __, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic" or not session.token_hash:
        return False
    try:
        secret = b64decode(coded, validate=True)
    except ValueError:
        return False
    digest = hashlib.sha256(secret.partition(b":")[2]).hexdigest()
    return constant_time_compare(digest, session.token_hash)


@require_POST
def token(request: HttpRequest, session: UUID) -> HttpResponse:  # noqa: ARG001
    """Give the launch's token, once and soon (cmi5, 8.2)."""
    since = timezone.now() - FETCH
    fresh = Cmi5Session.objects.filter(uuid=session, opened_at__gt=since).exists()
    secret = cmi5.give_token(session=session) if fresh else None
    if secret is None:
        return _said({"error-code": "1", "error-text": "token was given already, or is too old"})
    return _said({"auth-token": _basic(secret)})


def _basic(secret: str) -> str:
    return b64encode(f"atn:{secret}".encode()).decode()


@require_safe
def end(request: HttpRequest, session: UUID) -> HttpResponse:  # noqa: ARG001
    """Where a unit leads when it is left."""
    head = "<!DOCTYPE html><html lang=fr-CA><meta charset=utf-8><title>Fin</title>"
    return HttpResponse(f"{head}<p>Vous pouvez revenir à la leçon.")


@require_safe
def about(request: HttpRequest, session: UUID) -> HttpResponse:  # noqa: ARG001
    return _said({"version": ["1.0.3"]})


@require_http_methods(["GET", "POST", "PUT"])
@of_launch
def statements(request: HttpRequest, session: Cmi5Session) -> HttpResponse:
    """Take what the unit says; give back what it said in this launch."""
    if request.method == "GET":
        return _earlier(request, session)
    sent = read_json(request.body)
    if request.method == "PUT":
        if not isinstance(sent, dict):
            raise ValueError
        sent = {**sent, "id": request.GET["statementId"]}
    many = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(each, dict) for each in many):
        raise ValueError
    ids = cmi5.store(session=session.uuid, statements=many, at=timezone.now())
    return _nothing() if request.method == "PUT" else _said(ids)


def _earlier(request: HttpRequest, session: Cmi5Session) -> HttpResponse:
    rows = session.statements.order_by("-pk")
    if wanted := request.GET.get("statementId"):
        found = rows.filter(uuid=UUID(wanted)).first()
        return _said(found.body) if found else _no("no such statement", HTTPStatus.NOT_FOUND)
    return _said({"statements": [each.body for each in rows], "more": ""})


@require_http_methods(["GET", "POST", "PUT", "DELETE"])
@of_launch
def state(request: HttpRequest, session: Cmi5Session) -> HttpResponse:
    """Documents of the unit; what launches it is one of them, and only read."""
    name = request.GET.get("stateId", "")
    if request.method == "GET":
        return _document(session, name)
    if name == LAUNCH_DATA or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        return _no("this document is not yours", HTTPStatus.FORBIDDEN)
    kind = request.headers.get("Content-Type", "")[:80]
    content = None if request.method == "DELETE" else request.body.decode()
    if content is not None and "\0" in content:
        raise ValueError
    cmi5.keep_document(
        session=session, name=name, content=content, kind=kind, merges=request.method == "POST"
    )
    return _nothing()


def _document(session: Cmi5Session, name: str) -> HttpResponse:
    if name == LAUNCH_DATA:
        return _said(_launch_data(session))
    place = queries.place(queries.played_in(session), session.part)
    documents = place.state.get("documents", {}) if place else {}
    if not name:
        return _said(list(documents))
    if name not in documents:
        return _no("no such document", HTTPStatus.NOT_FOUND)
    return HttpResponse(documents[name]["content"], content_type=documents[name]["type"])


def _launch_data(session: Cmi5Session) -> dict[str, Any]:
    launch = queries.launch_of(session)
    data: dict[str, Any] = {
        "contextTemplate": {
            "registration": str(launch.registration),
            "contextActivities": {
                "grouping": [{"objectType": "Activity", "id": launch.part["key"]}]
            },
            "extensions": {SESSION: str(session.uuid)},
        },
        "launchMode": "Normal",
        "moveOn": launch.part.get("move_on", "NotApplicable"),
        "returnURL": f"{addresses.cmi5(session.uuid)}fin/",
    }
    if "mastery" in launch.part:
        data["masteryScore"] = launch.part["mastery"]
    if "data" in launch.part:
        data["launchParameters"] = launch.part["data"]
    return data


@require_http_methods(["GET", "POST", "PUT", "DELETE"])
@of_launch
def profile(request: HttpRequest, session: Cmi5Session) -> HttpResponse:  # noqa: ARG001
    """Nothing is kept of a person from one course to another: no preference is held."""
    if request.method == "GET":
        return _no("no such document", HTTPStatus.NOT_FOUND)
    return _no("nothing is kept here", HTTPStatus.FORBIDDEN)
