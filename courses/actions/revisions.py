"""What each object of a draft said, numbered. Whoever calls holds the lock of the object."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from atn_platform.accounts.models import User
from courses.models import OUTLINE, Course, DraftRevision
from courses.queries.revisions import last_of_all, latest

# A saving every two seconds of typing is no revision: what one person types in ten minutes is.
ONE_SITTING = timedelta(minutes=10)
# Of each object: weeks of work at that pace, and a list that one still reads. What was published
# before stands in versions for ever.
MOST = 30


@dataclass(frozen=True, slots=True)
class Said:
    """The words of an object, their fingerprint, and the moment since when it says so."""

    kind: str
    values: dict[str, Any]
    mark: str
    at: datetime


def keep(
    *, course: Course, node: UUID, before: Said, now: Said, by: User, typing: bool
) -> DraftRevision:
    """The revision of what was just written: a new one, or that of the same sitting, gone on.

    What no revision says yet is kept first, of nobody: the words of before the first one, or that
    came from a folder, the bank or a paste.
    """
    last = latest(node)
    if last is None or (last.kind, last.fingerprint) != (before.kind, before.mark):
        last = _add(course, node, before, by=None, typing=False)
    if last.fingerprint == now.mark and (typing or not last.is_open):
        return last
    if not _goes_on(last, now, by):
        return _add(course, node, now, by=by, typing=typing)
    last.said, last.fingerprint, last.saved_at = now.values, now.mark, now.at
    last.is_open = typing
    last.save(update_fields=["said", "fingerprint", "saved_at", "is_open"])
    return last


def _goes_on(last: DraftRevision, now: Said, by: User) -> bool:
    """The same person's, still being typed, or that the button closes with the same words."""
    recent = now.at < last.begun_at + ONE_SITTING or last.fingerprint == now.mark
    return last.is_open and last.saved_by_id == by.pk and recent


def _add(
    course: Course,
    node: UUID,
    now: Said,
    *,
    by: User | None,
    typing: bool,
) -> DraftRevision:
    before = last_of_all(node)
    number = before.number + 1 if before else 1
    prune(node, is_outline=False)
    return DraftRevision.objects.create(
        course=course, node=node, number=number, kind=now.kind, said=now.values,
        fingerprint=now.mark, saved_by=by, begun_at=now.at, saved_at=now.at, is_open=typing,
    )  # fmt: skip


def prune(node: UUID, *, is_outline: bool) -> None:
    """Make room for one more, among the words or among the changes of the outline."""
    rows = DraftRevision.objects.filter(node=node)
    rows = rows.filter(kind=OUTLINE) if is_outline else rows.exclude(kind=OUTLINE)
    old = rows.order_by("-number").values("pk")[MOST - 1 :]
    DraftRevision.objects.filter(pk__in=old).delete()
