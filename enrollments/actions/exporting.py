"""Writing down that somebody took a file about people away."""

from datetime import datetime

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.models import Organisation


def log_export(*, organisation: Organisation, file: str, by: User, at: datetime) -> None:
    record(at=at, actor=by, verb="people.exported", target=organisation.handle, file=file)
