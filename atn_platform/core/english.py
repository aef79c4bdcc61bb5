"""The English counterparts of french.py, for those who read the platform in English (en-CA).

Only what is written for people: keys of sorting and of search stay those of French. Source: the
Translation Bureau's « Canadian Style » (hours, 5.12; numbers, 5.26; quotation marks, 8.03).
"""

from datetime import date, datetime, time

NBSP = "\u00a0"
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
SHORT_MONTHS = [
    "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.",
    "Dec.",
]  # fmt: skip
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
NOON = 12
# Names of places stay as the Commission de toponymie writes them.
ZONES = {
    "America/Toronto": "Québec City time",
    "America/Halifax": "Îles-de-la-Madeleine time",
    "America/Blanc-Sablon": "Blanc-Sablon time",
}
MEGABYTE = 1_000_000


def day(value: date, *, weekday: bool = False) -> str:
    """“Tuesday, December 1, 2026”."""
    text = f"{MONTHS[value.month - 1]}{NBSP}{value.day}, {value.year}"
    return f"{WEEKDAYS[value.weekday()]}, {text}" if weekday else text


def short_month(value: date) -> str:
    return SHORT_MONTHS[value.month - 1]


def hour(value: time | datetime) -> str:
    """“1:30 p.m.”, “9:00 a.m.”, “noon”."""
    if (value.hour, value.minute) == (NOON, 0):
        return "noon"
    half = "a.m." if value.hour < NOON else "p.m."
    return f"{value.hour % NOON or NOON}:{value.minute:02d}{NBSP}{half}"


def span(start: datetime, end: datetime) -> str:
    """“from 9:00 a.m. to noon”, or with the day of the end when it is another one."""
    if start.date() == end.date():
        return f"from {hour(start)} to {hour(end)}"
    return f"from {hour(start)} to {day(end, weekday=True)}, {hour(end)}"


def zone(name: str) -> str:
    return ZONES.get(name, name)


def duration(minutes: int) -> str:
    """“45 min”, “1 h”, “1 h 45 min”."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours}{NBSP}h"] * bool(hours) + [f"{rest}{NBSP}min"] * bool(rest or not hours)
    return NBSP.join(parts)


def seconds(length: int) -> str:
    """“56 s”, “2 min”, “2 min 5 s”."""
    minutes, rest = divmod(length, 60)
    parts = [f"{minutes}{NBSP}min"] * bool(minutes) + [f"{rest}{NBSP}s"] * bool(
        rest or not minutes
    )
    return NBSP.join(parts)


def number(value: float, decimals: int = 0) -> str:
    """“1,913,561” or “25.5”."""
    return f"{value:,.{decimals}f}"


def percent(share: float) -> str:
    """“64%” from a share of 0 to 1."""
    return f"{number(100 * share)}%"


def weight(size: int) -> str:
    """“61 KB”, “1.1 MB”."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1000))}{NBSP}KB"
    return f"{number(size / MEGABYTE, 1)}{NBSP}MB"


def quoted(text: str) -> str:
    """“text”; what it quotes itself takes the inner marks ‘ ’."""
    for outer, inner in (("«\u00a0", "‘"), ("« ", "‘"), ("\u00a0»", "’"), (" »", "’")):
        text = text.replace(outer, inner)
    return f"“{text}”"
