"""Writing one line of the journal, in the transaction of the act itself."""

from datetime import datetime
from typing import Any

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry


def record(*, at: datetime, actor: User | None, verb: str, target: str, **details: Any) -> None:
    """Record an act. `verb` is a dotted name such as "certificate.revoked"; `target`, a number.

    `details` is JSON; it names ids, never answers or addresses.
    """
    Entry.objects.create(at=at, actor=actor, verb=verb, target=target, details=details)
