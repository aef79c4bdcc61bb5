from datetime import date

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.reports.enums import Audience
from municipalities.enums import Kind
from municipalities.models import OrganisationQuerySet
from municipalities.permissions import organisations_of


def can_read_reports(user: User) -> bool:
    """The coordination at UMQ, and ATN's administration."""
    return user.reads_reports


def audience_of(user: User) -> Audience:
    """Every count for ATN alone; a person with both roles reads as ATN."""
    return Audience.ATN if user.has_role(Role.ADMINISTRATOR) else Audience.UMQ


def mrcs_of(user: User, *, on: date) -> OrganisationQuerySet:
    """MRCs whose municipalities this person may count: those that they answer for that day."""
    return organisations_of(user, on=on).filter(kind=Kind.MRC)
