"""When councils are elected, and so when an elected mandate ends unless someone says otherwise.

Loi sur les élections et les référendums dans les municipalités (RLRQ, c. E-2.2), art. 2: a general
election is held in every municipality every four years, on the first Sunday of November; 2021 was
such a year. Northern, Cree and Naskapi villages have laws of their own, and the Eeyou Istchee
James Bay Regional Government is no council elected that day.
"""

from datetime import date, timedelta

from municipalities.enums import Designation, Kind, Public
from municipalities.models import Organisation

TERM_YEARS = 4
A_GENERAL_YEAR = 2021
SUNDAY = 6
OTHER_LAWS = frozenset(
    {
        Designation.CREE_VILLAGE,
        Designation.NASKAPI_VILLAGE,
        Designation.NORTHERN_VILLAGE,
        Designation.REGIONAL_GOVERNMENT,
    }
)


def general_election(year: int) -> date:
    """The first Sunday of November of that year."""
    first = date(year, 11, 1)
    return first + timedelta(days=(SUNDAY - first.weekday()) % 7)


def next_general_election(after: date) -> date:
    """The first general election later than that day."""
    year = after.year + (A_GENERAL_YEAR - after.year) % TERM_YEARS
    found = general_election(year)
    return found if found > after else general_election(year + TERM_YEARS)


def last_general_election(on: date) -> date:
    """The general election held that day, or the last one before it."""
    return general_election(next_general_election(on).year - TERM_YEARS)


def usual_end(organisation: Organisation, public: str, starts_on: date) -> date | None:
    """The last day to propose for a mandate: the next general election for someone elected.

    None for everyone else, and where that law does not rule.
    """
    if public != Public.ELECTED or organisation.kind != Kind.MUNICIPALITY:
        return None
    if organisation.designation in OTHER_LAWS:
        return None
    return next_general_election(starts_on)
