"""Launching a cmi5 unit, and hearing what it says."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from atn_platform.interop.actions import achieve
from atn_platform.interop.models import Cmi5Session, Cmi5Statement, PackagePlace
from atn_platform.interop.queries import Played, launch_of, played_in, said_before
from atn_platform.interop.statements import (
    StatementRefused,
    read_json,
    scaled_score,
    status,
    storable,
    verb_of,
)

MOST_STATEMENTS = 500
LARGEST_STATEMENT = 32 * 1024
LARGEST_DOCUMENTS = 128 * 1024


@transaction.atomic
def open_session(*, played: Played, number: int, at: datetime) -> Cmi5Session:
    """Launch a unit. One that owes nothing is done by being opened (moveOn NotApplicable)."""
    session = Cmi5Session.objects.create(
        enrollment=played.enrollment,
        block=played.block["uuid"],
        part=number,
        sha256=played.asset["sha256"],
        opened_at=at,
    )
    said = said_before(session)
    first = status(played.parts[number - 1], said)
    achieve(played=played, number=number, session=session.uuid, status=first, score=None, at=at)
    return session


@transaction.atomic
def give_token(*, session: UUID) -> str | None:
    """The token of a session, once; None ever after."""
    secret = secrets.token_urlsafe(32)
    given = Cmi5Session.objects.filter(uuid=session, token_hash="").update(
        token_hash=hashlib.sha256(secret.encode()).hexdigest()
    )
    return secret if given else None


@transaction.atomic
def store(*, session: UUID, statements: Sequence[dict[str, Any]], at: datetime) -> list[str]:
    """Keep statements, all or none, and write in the ledger what they come to.

    Safe to repeat: a statement that is known is not looked at again. Raises StatementRefused.
    """
    held = Cmi5Session.objects.select_for_update(no_key=True).get(uuid=session)
    played, launch = played_in(held), launch_of(held)
    known = set(held.statements.values_list("uuid", flat=True))
    if len(known) + len(statements) > MOST_STATEMENTS:
        raise StatementRefused("too many statements for one session")
    ids, score = [], None
    for statement in statements:
        uuid = _identity(statement)
        ids.append(str(uuid))
        if uuid in known:
            continue
        if len(storable(statement)) > LARGEST_STATEMENT:
            raise StatementRefused("statement is too large")
        if verb := verb_of(statement, launch, held.verbs):
            held.verbs.append(verb)
            score = scaled_score(statement) if verb in {"passed", "failed"} else score
        Cmi5Statement.objects.create(session=held, uuid=uuid, body=statement, stored_at=at)
        known.add(uuid)
    held.save(update_fields=["verbs"])
    found = status(launch.part, [*said_before(held), *held.verbs])
    percent = None if score is None else round(max(0.0, score) * 100)
    achieve(played=played, number=held.part, session=held.uuid, status=found, score=percent, at=at)
    return ids


def _identity(statement: dict[str, Any]) -> UUID:
    try:
        return UUID(statement["id"]) if "id" in statement else uuid4()
    except (ValueError, AttributeError, TypeError):
        raise StatementRefused("id is not a UUID") from None


@transaction.atomic
def keep_document(
    *, session: Cmi5Session, name: str, content: str | None, kind: str, merges: bool
) -> None:
    """Keep what the unit remembers under a name; None takes it away.

    `merges` adds to the object that is there (xAPI 1.0.3, part 3, 2.2). Raises StatementRefused,
    or ValueError where either is no JSON object.
    """
    played = played_in(session)
    place, __ = PackagePlace.objects.select_for_update(no_key=True).get_or_create(
        enrollment=session.enrollment,
        block=session.block,
        part=session.part,
        sha256=played.asset["sha256"],
        defaults={"lesson": played.lesson["uuid"], "session": session.uuid, "revision": 0},
    )
    documents = dict(place.state.get("documents", {}))
    before = documents.pop(name, None)
    if content is not None:
        if merges and before:
            content = json.dumps(
                _object(before["content"], before["type"]) | _object(content, kind)
            )
        documents[name] = {"type": kind, "content": content}
    if len(json.dumps(documents)) > LARGEST_DOCUMENTS:
        raise StatementRefused("documents are too large")
    place.state, place.session, place.revision = (
        {"documents": documents}, session.uuid, F("revision") + 1,
    )  # fmt: skip
    place.save(update_fields=["state", "session", "revision", "updated_at"])


def _object(content: str, kind: str) -> dict[str, Any]:
    found = read_json(content)
    if kind.partition(";")[0].strip() != "application/json" or not isinstance(found, dict):
        raise ValueError
    return found
