"""The demonstration's calendar: a year that ends where the visit begins, and one day to come.

Nobody acts after YEAR_ENDS, so that « il y a trois jours » is true of every page on any clock from
then on, except the few whom the reminders of REMINDED_AT must find: they joined a course, or
paused, in January 2027. Seats at sessions to come are all reserved before YEAR_ENDS.
"""

from datetime import UTC, datetime

YEAR_STARTS = datetime(2025, 11, 17, 14, 0, tzinfo=UTC)
YEAR_ENDS = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
# Noon in Québec.
REMINDED_AT = datetime(2027, 1, 19, 17, 0, tzinfo=UTC)
