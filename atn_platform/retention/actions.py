"""Proposing by night, approving by day, and letting go of what was proposed and nothing else."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.personal import blanks
from atn_platform.core.purging import purging
from atn_platform.notifications.outbox import queue
from atn_platform.privacy.actions import erase_person
from atn_platform.reports.actions import keep_figures, keep_places
from atn_platform.reports.periods import ZONE
from atn_platform.retention import emails
from atn_platform.retention.models import IdleAccount, LegalHold, RetentionRun
from atn_platform.retention.queries.holds import under_hold
from atn_platform.retention.queries.idle import IDLE_AFTER, IDLE_NOTICE, IDLE_NOTICES, idle
from atn_platform.retention.queries.rule import Rule
from atn_platform.retention.queries.rules import RULES, past_due
from atn_platform.retention.queries.training import year_start
from enrollments.actions.forgetting import forget
from municipalities.actions.duties import let_go_of_proofs

BATCH = 5_000
# People are taken out one by one: a transaction holds a few of them locked.
PEOPLE = 20


class RetentionRefused(ActionError):
    """Nothing can go like that."""


def propose(*, at: datetime) -> RetentionRun | None:
    """Count what is past its time; None when there is nothing. No row is touched."""
    counted = past_due(at)
    return RetentionRun.objects.create(proposed_at=at, proposed=counted) if counted else None


@transaction.atomic
def approve(*, run_id: int, by: User, at: datetime) -> RetentionRun:
    """Let what the last night proposed go. Safe to repeat."""
    run = RetentionRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.approved_at is not None:
        return run
    if RetentionRun.objects.filter(pk__gt=run.pk).exists():
        raise RetentionRefused(_("Une proposition plus récente la remplace : approuvez celle-là."))
    run.approved_at, run.approved_by = at, by
    run.save(update_fields=["approved_at", "approved_by", "updated_at"])
    record(at=at, actor=by, verb="retention.approved", target=str(run.pk))
    return run


def carry_out(*, run_id: int, at: datetime) -> bool:
    """Delete what was past its time when it was proposed, rule by rule. False when it is done.

    Restartable: a run cut short goes on where it stopped, and its counts add up.
    """
    run = RetentionRun.objects.get(pk=run_id)
    if run.approved_at is None or run.done_at is not None:
        return False
    for rule in RULES:
        while _let_go(run, rule, at=at):
            pass
    return bool(RetentionRun.objects.filter(pk=run.pk, done_at=None).update(done_at=at))


@transaction.atomic
def _let_go(run: RetentionRun, rule: Rule, *, at: datetime) -> int:
    """One batch and its count, together; how many."""
    kept = RetentionRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    batch = PEOPLE if rule.key == "accounts" else BATCH
    found = list(rule.due(run.proposed_at).values_list("pk", flat=True)[:batch])
    if not found:
        return 0
    _take(rule, found, run, at=at)
    kept.gone[rule.key] = kept.gone.get(rule.key, 0) + len(found)
    kept.save(update_fields=["gone", "updated_at"])
    return len(found)


def _take(rule: Rule, found: list[int], run: RetentionRun, *, at: datetime) -> None:
    if rule.key == "enrollments":
        # Figures of their years are kept first, so that no report changes.
        keep_figures(before=year_start(run.proposed_at - rule.keep).date())
        keep_places(enrollment_ids=found)
        forget(enrollment_ids=found)
    elif rule.key == "accounts":
        # Attestations hold for ever, with their name.
        for each in IdleAccount.objects.filter(pk__in=found).select_related("user"):
            erase_person(user=each.user, on=_day(at), at=at, spare_proofs=True)
        IdleAccount.objects.filter(pk__in=found).delete()
    elif rule.empties:
        rows = rule.due(run.proposed_at).order_by().filter(pk__in=found)
        rows.update(**blanks(rows.model, rule.empties))
    else:
        # Every model has this manager, whatever its own one hides.
        rows = rule.due(run.proposed_at).model._base_manager.filter(pk__in=found)  # noqa: SLF001
        proofs = list(rows.values_list("proof", flat=True)) if rule.key == "duties" else []
        with purging():
            rows.delete()
        let_go_of_proofs(proofs)


def _day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def watch_idle_accounts(*, at: datetime) -> int:
    """Warn whoever’s account no longer serves, three times; forget those whose account does again.

    How many letters were queued. Whoever has no address is not told: the account waits as long.
    Under a legal hold nobody is told, so time does not pass: all begins when it is lifted.
    """
    sleeping = idle(at - IDLE_AFTER).exclude(pk__in=under_hold())
    IdleAccount.objects.exclude(user__in=sleeping).delete()
    known = IdleAccount.objects.values("user")
    fresh = [IdleAccount(user=user, told_at=at) for user in sleeping.exclude(pk__in=known)]
    IdleAccount.objects.bulk_create(fresh, ignore_conflicts=True)
    told = IdleAccount.objects.filter(told_at__gt=at - IDLE_NOTICE).select_related("user")
    return sum(_warn(each, at=at) for each in told.order_by("pk"))


def _warn(account: IdleAccount, *, at: datetime) -> bool:
    """The last letter whose time has come, once."""
    ends_at = account.told_at + IDLE_NOTICE
    left = min(days for days in IDLE_NOTICES if at >= ends_at - timedelta(days=days))
    if not account.user.letter_address:
        return False
    return queue(emails.idle_account(account, days=left, ends_on=_day(ends_at)), at=at)


@transaction.atomic
def hold(*, user: User, reason: str, by: User, at: datetime) -> LegalHold:
    """Keep all that is held on a person; a second call gives the hold in force."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    placed, created = LegalHold.objects.get_or_create(
        user=user, lifted_at=None, defaults={"reason": reason, "placed_at": at, "placed_by": by}
    )
    if created:
        record(at=at, actor=by, verb="hold.placed", target=str(user.pk))
    return placed


@transaction.atomic
def lift(*, hold_id: int, by: User, at: datetime) -> bool:
    """Let time pass again. False when it is lifted already."""
    placed = LegalHold.objects.filter(pk=hold_id, lifted_at=None)
    lifted = placed.update(lifted_at=at, updated_at=at)
    if lifted:
        record(at=at, actor=by, verb="hold.lifted", target=str(hold_id))
    return bool(lifted)
