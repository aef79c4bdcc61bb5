"""Writing one line of the journal, in the transaction of the act itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Capacity, Screen
from atn_platform.audit.models import Entry, Viewing


def record(*, at: datetime, actor: User | None, verb: str, target: str, **details: Any) -> None:
    """Record an act. `verb` is a dotted name such as "certificate.revoked"; `target`, a number.

    `details` is JSON; it names ids, never answers or addresses. Under "before" stands what a
    correction replaced; an erasure empties it.
    """
    Entry.objects.create(at=at, actor=actor, verb=verb, target=target, details=details)


def opened(
    *, at: datetime, reader: User, screen: Screen, people: Iterable[int], place: object = ""
) -> None:
    """Record that a page showed what is held on other people; one query, or none for nobody.

    `place` is what the page is about: an organisation, a session, a kind of record.
    """
    others = sorted(set(people) - {reader.pk})
    if not others:
        return
    Viewing.objects.create(
        at=at,
        reader=reader,
        capacity=_capacity(reader, screen),
        screen=screen,
        place=str(place)[:200],
        people=others,
    )


def _capacity(reader: User, screen: Screen) -> Capacity:
    if reader.has_role(Role.ADMINISTRATOR) or screen in (Screen.ADMIN_LIST, Screen.ADMIN_RECORD):
        return Capacity.ADMINISTRATOR
    if screen == Screen.CLAIMS:
        return Capacity.COORDINATOR
    if screen in (Screen.QUESTIONS, Screen.APPOINTMENTS):
        return Capacity.COACH
    return Capacity.GIVER if screen == Screen.ATTENDANCE else Capacity.RESPONSIBLE
