"""Two accounts of one person become one: the same function held twice is held once."""

from datetime import date, datetime, timedelta

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.core.merging import Change, written
from municipalities.actions.mandates import write_end
from municipalities.models import Mandate, Responsibility


@transaction.atomic
def unite(
    *, kept: User, absorbed: User, on: date, by: User, at: datetime
) -> tuple[list[Change], dict[int, str | None]]:
    """Make room on `kept` for what `absorbed` is; also the last days that were brought forward.

    A mandate that both hold ends on the day before, and prolongs the one that goes on: courses
    begun under it go on too, and reports of the past count them where they did.
    """
    rows = Mandate.objects.select_for_update(no_key=True).order_by("pk")
    mine = {
        (each.organisation_id, each.public): each for each in rows.filter(user=kept).from_day(on)
    }
    changes: list[Change] = []
    ended: dict[int, str | None] = {}
    for each in rows.filter(user=absorbed).from_day(on):
        own = mine.get((each.organisation_id, each.public))
        if own is not None:
            ended[each.pk] = each.ends_on.isoformat() if each.ends_on else None
            last = max(each.starts_on, on - timedelta(days=1))
            write_end(each, ends_on=last, by=by, at=at)
            changes.append(written(each, thread=own.thread))
    answering = Responsibility.objects.from_day(on)
    places = answering.filter(user=kept).values("organisation")
    twice = answering.filter(user=absorbed, organisation__in=places)
    yesterday = on - timedelta(days=1)
    changes += [written(row, ends_on=max(row.starts_on, yesterday)) for row in twice]
    return changes, ended


@transaction.atomic
def give_days_back(ended: dict[str, str | None], *, by: User, at: datetime) -> None:
    """The last days of these mandates, as they were before."""
    rows = Mandate.objects.select_for_update(no_key=True).filter(pk__in=ended)
    for each in rows.order_by("pk"):
        day = ended[str(each.pk)]
        write_end(each, ends_on=date.fromisoformat(day) if day else None, by=by, at=at)
