"""Two accounts of one person become one: the same function held twice is held once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.core.merging import Change, written
from municipalities.actions.mandates import write_end
from municipalities.models import Mandate, MandateChange, Responsibility

DAY = timedelta(days=1)
Held = TypeVar("Held", Mandate, Responsibility)


@transaction.atomic
def unite(
    *, kept: User, absorbed: User, on: date, by: User, at: datetime
) -> tuple[list[Change], dict[int, str | None]]:
    """Make room on `kept` for what `absorbed` is; also the last days that were moved.

    Of a mandate that both hold on one day, the one of `absorbed` ends on the day before and
    prolongs the other, which lasts as long as the longer: courses begun under it go on too, and
    reports of the past count them where they did. Where the terms of `kept` that follow one
    another leave days between them, the earlier one takes those.
    """
    rows = Mandate.objects.select_for_update(no_key=True).order_by("pk")
    mine = list(rows.filter(user=kept).from_day(on))
    changes: list[Change] = []
    ended: dict[int, str | None] = {}

    def move_end(mandate: Mandate, last: date | None) -> None:
        if mandate.ends_on != last:
            ended[mandate.pk] = mandate.ends_on.isoformat() if mandate.ends_on else None
            write_end(mandate, ends_on=last, by=by, at=at)

    for each in rows.filter(user=absorbed).from_day(on):
        own = _meeting((other for other in mine if other.public == each.public), each)
        if own:
            lasting = _last_days(own, each)
            move_end(each, _eve(own, each, on=on))
            for one, last in zip(own, lasting, strict=True):
                move_end(one, last)
            changes.append(written(each, thread=own[0].thread))
    return [*changes, *_answering(kept=kept, absorbed=absorbed, on=on)], ended


def _answering(*, kept: User, absorbed: User, on: date) -> list[Change]:
    """A place that both answer for: once, and as long as the longer."""
    answering = Responsibility.objects.select_for_update(no_key=True).from_day(on).order_by("pk")
    mine = list(answering.filter(user=kept))
    changes = []
    for each in answering.filter(user=absorbed):
        own = _meeting(mine, each)
        if own:
            lasting = _last_days(own, each)
            changes.append(written(each, ends_on=_eve(own, each, on=on)))
            pairs = zip(own, lasting, strict=True)
            changes += [written(one, ends_on=last) for one, last in pairs if one.ends_on != last]
    return changes


def _meeting(mine: Iterable[Held], each: Held) -> list[Held]:
    """Those in the place of `each` that share a day with it, the one that goes furthest last."""
    found = [
        other
        for other in mine
        if other.organisation_id == each.organisation_id
        and _begins_within(other, each)
        and _begins_within(each, other)
    ]
    return sorted(found, key=lambda one: one.ends_on or date.max)


def _begins_within(one: Held, other: Held) -> bool:
    return other.ends_on is None or one.starts_on <= other.ends_on


def _eve(own: Sequence[Held], each: Held, *, on: date) -> date:
    """Its last day, before those of the account that is kept go on; the first, if it begins then.

    A term that is to come takes nothing away before it begins.
    """
    begins = min(one.starts_on for one in own)
    return max(each.starts_on, on - DAY, begins - DAY)


def _last_days(own: Sequence[Held], each: Held) -> list[date | None]:
    """Each of `own` lasts until the next one begins, and the last as long as `each`."""
    until: list[date | None] = [
        _later(one.ends_on, after.starts_on - DAY) for one, after in pairwise(own)
    ]
    return [*until, _later(own[-1].ends_on, each.ends_on)]


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two last days; none is the latest."""
    return None if one is None or other is None else max(one, other)


@transaction.atomic
def give_days_back(
    ended: dict[str, str | None], *, kept: User, since: datetime | None, by: User, at: datetime
) -> None:
    """The last days of these mandates, as they were before.

    Whoever left the place since has left it under either account: no mandate outlives that day.
    The last word counts: a day written by mistake, then taken back, ends nothing.
    """
    rows = Mandate.objects.select_for_update(no_key=True).filter(pk__in=ended)
    for each in rows.order_by("pk"):
        said = ended[str(each.pk)]
        last = date.fromisoformat(said) if said else None
        since_then = MandateChange.objects.filter(
            mandate__user=kept, mandate__organisation=each.organisation_id,
            mandate__public=each.public, at__gt=since, at__lt=at,
        )  # fmt: skip
        left = since_then.order_by("-pk").values_list("ends_after", flat=True).first()
        if left is not None and (last is None or left < last):
            last = max(left, each.starts_on)
        write_end(each, ends_on=last, by=by, at=at)
