"""Reports hold figures, which speak of nobody."""

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.personal import Export, nobody
from atn_platform.reports.models import PastCount, PastPlace, PublishedCount

TABLES = nobody(PastCount, PastPlace, PublishedCount)


def export(user: User) -> Export:
    return personal.export(TABLES, user)
