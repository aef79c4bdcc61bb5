"""Two accounts of one person become one: the same function held twice is held once."""

from datetime import date, datetime, timedelta

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.core.merging import Change, written
from municipalities.actions.mandates import write_end
from municipalities.models import Mandate, MandateChange, Responsibility


@transaction.atomic
def unite(
    *, kept: User, absorbed: User, on: date, by: User, at: datetime
) -> tuple[list[Change], dict[int, str | None]]:
    """Make room on `kept` for what `absorbed` is; also the last days that were moved.

    Of a mandate that both hold on one day, the one of `absorbed` ends on the day before and
    prolongs the other, which lasts as long as the longer: courses begun under it go on too, and
    reports of the past count them where they did.
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
        own = next((other for other in mine if _held_twice(other, each)), None)
        if own is not None:
            until = _later(own.ends_on, each.ends_on)
            move_end(each, max(each.starts_on, on - timedelta(days=1)))
            move_end(own, until)
            changes.append(written(each, thread=own.thread))
    return [*changes, *_answering(kept=kept, absorbed=absorbed, on=on)], ended


def _answering(*, kept: User, absorbed: User, on: date) -> list[Change]:
    """A place that both answer for: once, and as long as the longer."""
    answering = Responsibility.objects.select_for_update(no_key=True).from_day(on).order_by("pk")
    mine = {each.organisation_id: each for each in answering.filter(user=kept)}
    changes = []
    for each in answering.filter(user=absorbed, organisation__in=mine):
        own = mine[each.organisation_id]
        until = _later(own.ends_on, each.ends_on)
        changes.append(written(each, ends_on=max(each.starts_on, on - timedelta(days=1))))
        if own.ends_on != until:
            changes.append(written(own, ends_on=until))
    return changes


def _held_twice(one: Mandate, other: Mandate) -> bool:
    same = (one.organisation_id, one.public) == (other.organisation_id, other.public)
    return same and _overlap(one, other) and _overlap(other, one)


def _overlap(one: Mandate, other: Mandate) -> bool:
    return one.ends_on is None or other.starts_on <= one.ends_on


def _later(one: date | None, other: date | None) -> date | None:
    """The later of two last days; none is the latest."""
    return None if one is None or other is None else max(one, other)


@transaction.atomic
def give_days_back(
    ended: dict[str, str | None], *, kept: User, since: datetime | None, by: User, at: datetime
) -> None:
    """The last days of these mandates, as they were before.

    Whoever left the place since has left it under either account: no mandate outlives that day.
    """
    rows = Mandate.objects.select_for_update(no_key=True).filter(pk__in=ended)
    for each in rows.order_by("pk"):
        said = ended[str(each.pk)]
        last = date.fromisoformat(said) if said else None
        since_then = MandateChange.objects.filter(
            mandate__user=kept, mandate__organisation=each.organisation_id,
            mandate__public=each.public, at__gt=since, at__lt=at, ends_after__isnull=False,
        )  # fmt: skip
        left = since_then.order_by("-pk").values_list("ends_after", flat=True).first()
        if left is not None and (last is None or left < last):
            last = max(left, each.starts_on)
        write_end(each, ends_on=last, by=by, at=at)
