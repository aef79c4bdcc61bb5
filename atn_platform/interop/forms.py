"""What a package's player says, checked: it comes from a stranger's script."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atn_platform.interop.statements import read_json, storable

LARGEST_STATE = 128 * 1024
STATUSES = ("incomplete", "completed", "passed", "failed")
HIGHEST_REVISION = 2_000_000_000


class TooMuch(Exception):
    """The package wants to keep more than it may."""


@dataclass(frozen=True, slots=True)
class Said:
    """`session` is one opening of the player; `base` the revision that it started from.

    `archive` is the fingerprint of the package that speaks.
    """

    owner: str
    archive: str
    session: UUID
    base: int
    revision: int
    state: dict[str, Any] | None
    status: str
    score: int | None


def said(body: bytes) -> Said:
    """Read a message of the player; a score is clamped. Raises ValueError, or TooMuch."""
    if len(body) > LARGEST_STATE:
        raise TooMuch
    try:
        sent = read_json(body)
        if not isinstance(sent, dict) or sent.get("status") not in STATUSES:
            raise ValueError
        state = sent.get("state")
        if not (state is None or isinstance(state, dict)):
            raise ValueError
        storable(state)
        return Said(
            owner=str(sent["owner"]),
            archive=str(sent["archive"]),
            session=UUID(sent["session"]),
            base=_revision(sent["base"]),
            revision=_revision(sent["revision"]),
            state=state,
            status=sent["status"],
            score=_score(sent.get("score")),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError from error


def _revision(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_REVISION:
        raise ValueError
    return value


def _score(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return round(min(100, max(0, value)))
