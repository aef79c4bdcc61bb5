"""When people of Québec's town halls may be written to: working days, by day.

Sources: Loi sur les normes du travail, art. 60 (where employers choose between Good Friday and
Easter Monday, both are kept free here); Loi sur la fête nationale.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

QUEBEC = ZoneInfo("America/Toronto")
# One hour is left at both ends, for the Îles-de-la-Madeleine and the Basse-Côte-Nord are ahead:
# there a message comes between 9 h and 18 h.
OPENS, CLOSES = time(8), time(17)
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
LAST_MOON, HALF_CYCLE = 28, 10


@lru_cache(maxsize=32)
def holidays(year: int) -> frozenset[date]:
    """Days on which Québec's public offices are closed by law."""
    easter = _easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter - 2 * DAY,
            easter + DAY,
            _monday_on_or_before(date(year, 5, 24)),  # Journée nationale des patriotes
            _after_sunday(date(year, 6, 24)),
            _after_sunday(date(year, 7, 1)),
            _monday_on_or_before(date(year, 9, 7)),
            _monday_on_or_before(date(year, 10, 14)),
            date(year, 12, 25),
        }
    )


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_day_before(day: date) -> date:
    """The last working day before this one: the eve, or Friday for a Monday."""
    eve = day - DAY
    while not is_working_day(eve):
        eve -= DAY
    return eve


def opening(moment: datetime) -> datetime:
    """The same moment when offices are open, otherwise their next opening."""
    local = moment.astimezone(QUEBEC)
    day = local.date()
    if is_working_day(day) and OPENS <= local.time() < CLOSES:
        return moment
    if local.time() >= OPENS:
        day += DAY
    while not is_working_day(day):
        day += DAY
    return datetime.combine(day, OPENS, QUEBEC)


def days_before(moment: datetime, days: int) -> datetime:
    """The same time on the clock in Québec, some days before, whatever the season did between."""
    return moment.astimezone(QUEBEC) - timedelta(days=days)


def _monday_on_or_before(day: date) -> date:
    return day - day.weekday() * DAY


def _after_sunday(day: date) -> date:
    """June 24 and July 1 move to the Monday for those who do not work on Sundays."""
    return day + DAY if day.weekday() == SUNDAY else day


def _easter(year: int) -> date:
    """Sunday after the first full moon of spring, by the Gregorian tables of the Church."""
    century, golden = year // 100, year % 19
    moon = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    # The full moon never comes after April 18, nor on it late in the cycle of nineteen years.
    moon -= moon > LAST_MOON or (moon == LAST_MOON and golden > HALF_CYCLE)
    full = date(year, 3, 21) + moon * DAY
    return full + (SUNDAY - full.weekday() or 7) * DAY
