from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.reports.enums import Audience


def can_read_reports(user: User) -> bool:
    """The coordination at UMQ, and ATN's administration."""
    return user.reads_reports


def audience_of(user: User) -> Audience:
    """Every count for ATN alone; a person with both roles reads as ATN."""
    return Audience.ATN if user.has_role(Role.ADMINISTRATOR) else Audience.UMQ
