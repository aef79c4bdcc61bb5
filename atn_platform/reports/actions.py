"""What reading leaves behind: a line in the journal for each file taken away."""

from datetime import datetime

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.reports.figures.members import Members
from atn_platform.reports.figures.participation import Report


def log_export(
    *, report: Report, by: str, file_format: str, actor: User | None, at: datetime
) -> None:
    """Write who took which figures, and whether small counts were in them."""
    record(
        at=at,
        actor=actor,
        verb="report.exported",
        target=f"participation {report.period.key}",
        by=by,
        format=file_format,
        audience=report.audience,
        scope=report.scope,
    )


def log_members_export(*, found: Members, file_format: str, actor: User, at: datetime) -> None:
    """Write who took the counts of an MRC's municipalities."""
    record(at=at, actor=actor, verb="members.exported", target=found.mrc.name, format=file_format)
