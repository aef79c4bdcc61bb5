"""When councils are elected, and so when an elected mandate ends unless someone says otherwise.

Loi sur les élections et les référendums dans les municipalités (RLRQ, c. E-2.2), art. 2: a general
election is held in every municipality every four years, on the first Sunday of November; 2021 was
such a year. Northern, Cree and Naskapi villages have laws of their own, and the Eeyou Istchee
James Bay Regional Government is no council elected that day.
"""

from datetime import date, timedelta

from municipalities.enums import UNDER_AGREEMENTS, Designation, Kind, Public
from municipalities.models import Organisation

TERM_YEARS = 4
A_GENERAL_YEAR = 2021
SUNDAY = 6
OTHER_LAWS = (*UNDER_AGREEMENTS, Designation.REGIONAL_GOVERNMENT)


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
    """The last day to propose for the mandate of someone elected: the next general election.

    An earlier day foreseen by the registry comes first: a council born of a merger. None for
    everyone else, and where that law does not rule and the registry foresees nothing.
    """
    if public != Public.ELECTED or organisation.kind != Kind.MUNICIPALITY:
        return None
    days = []
    if organisation.designation not in OTHER_LAWS:
        days.append(next_general_election(starts_on))
    if organisation.next_election_on and organisation.next_election_on > starts_on:
        days.append(organisation.next_election_on)
    return min(days, default=None)
