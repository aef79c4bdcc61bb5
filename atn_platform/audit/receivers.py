"""What apps below the journal do is written here, in the transaction of the act."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from atn_platform.accounts.models import User
from atn_platform.accounts.signals import account_changed, role_ended, role_granted
from atn_platform.audit.recording import record


@receiver(role_granted, dispatch_uid="audit.role_granted")
def write_grant(user: User, role: str, by: User | None, at: datetime, **kwargs: Any) -> None:
    record(at=at, actor=by, verb="role.granted", target=str(user.pk), role=str(role))


@receiver(role_ended, dispatch_uid="audit.role_ended")
def write_end(user: User, role: str, by: User | None, at: datetime, **kwargs: Any) -> None:
    record(at=at, actor=by, verb="role.ended", target=str(user.pk), role=str(role))


@receiver(account_changed, dispatch_uid="audit.account_changed")
def write_account(
    user: User,
    verb: str,
    fields: list[str],
    by: User | None,
    at: datetime,
    reason: str = "",
    **kwargs: Any,
) -> None:
    details = {"before": kwargs["before"]} if kwargs.get("before") else {}
    if reason:
        details["reason"] = reason
    record(at=at, actor=by, verb=f"account.{verb}", target=str(user.pk), fields=fields, **details)
