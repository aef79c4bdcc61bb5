"""Keeping what a package says: its place, and in the ledger what was achieved."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from atn_platform.interop.models import PackagePlace
from atn_platform.interop.queries import Played
from enrollments.actions import NewEvent, record
from enrollments.enums import Verb
from enrollments.models import LearningEvent

# Far more than any module says; a script that says more is not teaching anything.
MOST_EVENTS = 300


class PlaceElsewhere(ActionError):
    """Another device went further meanwhile; its place stays."""


@transaction.atomic
def achieve(
    *, played: Played, number: int, session: UUID, status: str, score: int | None, at: datetime
) -> None:
    """Write in the ledger what a part came to; the same said again in a session adds nothing.

    Of a package that has said far too much the session is forgotten, never a result that is new.
    """
    enrollment, block = played.enrollment, UUID(played.block["uuid"])
    facts = f"played/{block}/{number}/{session}/{status}/{score}"
    uuid = uuid5(enrollment.uuid, facts)
    events = LearningEvent.objects.filter(
        enrollment=enrollment, block=block, verb=Verb.PLAYED
    ).values_list("uuid", flat=True)[:MOST_EVENTS]
    known = set(events)
    if uuid in known:
        return
    if len(known) >= MOST_EVENTS:
        uuid = uuid5(enrollment.uuid, f"played/{block}/{number}/{status}/{score}")
    result: dict[str, Any] = {"part": number, "status": status, "session": str(session)}
    if score is not None:
        result["score"] = score
    event = NewEvent(
        uuid=uuid,
        verb=Verb.PLAYED,
        lesson=UUID(played.lesson["uuid"]),
        block=block,
        result=result,
        happened_at=at,
    )
    record(enrollment_id=enrollment.pk, event=event, at=at)


@transaction.atomic
def keep_place(
    *, played: Played, number: int, session: UUID, base: int, revision: int, state: dict[str, Any]
) -> None:
    """Keep where someone is in a part; what arrives late or twice changes nothing.

    Raises PlaceElsewhere when another session wrote since `base`.
    """
    found, is_new = PackagePlace.objects.select_for_update(no_key=True).get_or_create(
        enrollment=played.enrollment,
        block=played.block["uuid"],
        part=number,
        sha256=played.asset["sha256"],
        defaults={
            "lesson": played.lesson["uuid"], "session": session, "revision": revision,
            "state": state,
        },
    )  # fmt: skip
    if is_new or (found.session == session and found.revision >= revision):
        return
    if found.session != session and found.revision != base:
        raise PlaceElsewhere(
            _(
                "Ce module a avancé sur un autre appareil. "
                "Rechargez la page pour reprendre à cet endroit."
            )
        )
    found.session, found.revision, found.state = session, revision, state
    found.save(update_fields=["session", "revision", "state", "updated_at"])
