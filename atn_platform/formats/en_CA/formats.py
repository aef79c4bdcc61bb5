"""Date, time and number formats of those who read in English; typed input is read as in French.

Source: the Translation Bureau's « Canadian Style », 5.12 to 5.26.
"""

from atn_platform.formats.fr_CA.formats import (
    DATE_INPUT_FORMATS,
    DATETIME_INPUT_FORMATS,
    FIRST_DAY_OF_WEEK,
    SHORT_DATE_FORMAT,
    TIME_INPUT_FORMATS,
)

__all__ = [
    "DATETIME_INPUT_FORMATS",
    "DATE_INPUT_FORMATS",
    "FIRST_DAY_OF_WEEK",
    "SHORT_DATE_FORMAT",
    "TIME_INPUT_FORMATS",
]

DATE_FORMAT = "F j, Y"
TIME_FORMAT = "g:i\xa0a"
DATETIME_FORMAT = "F j, Y, g:i\xa0a"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "F j"
SHORT_DATETIME_FORMAT = "Y-m-d g:i\xa0a"

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
