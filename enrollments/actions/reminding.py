"""Promising what is due: one message a person, a rule and an occurrence, whatever happens."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.notifications import outbox
from enrollments.emails.reminders import reminder
from enrollments.queries import reminders
from enrollments.queries.reminders import Reminder


@dataclass(frozen=True, slots=True)
class Run:
    """What a run promised, and the keys of the waiting promises whose reason was gone."""

    queued: list[Reminder]
    withdrawn: list[str]


def remind(*, at: datetime) -> Run:
    """Promise every reminder due at a moment; take back those that wait for nothing any more.

    Each message is a transaction of its own: a run that is killed has done a part of the work,
    and the next one does the rest.
    """
    plan = reminders.plan(at)
    outbox.withdraw(plan.stale)
    return Run([due for due in plan.due if _promise(due, at=at)], plan.stale)


def preview(*, at: datetime) -> Run:
    """What remind() would do at that moment. Changes nothing."""
    plan = reminders.plan(at)
    return Run(plan.due, plan.stale)


@transaction.atomic
def _promise(due: Reminder, *, at: datetime) -> bool:
    if due.is_of_course:
        # The key stops a second message of the same course; this, two courses from two runs.
        User.objects.select_for_update(no_key=True).get(pk=due.person.pk)
        if reminders.reminded_lately([due.person.pk], at).exists():
            return False
    return outbox.queue(reminder(due, at=at), at=at)
