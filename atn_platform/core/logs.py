"""Logs as one line of JSON each, without what names a person or opens a door."""

import json
import logging
import re
from datetime import UTC, datetime

# Bounded before the sign (RFC 5321, section 4.5.3.1.1): without it, a long word is read again from
# each of its letters, and one request holds a process for minutes.
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]+(\.[\w-]+)+")
# Invitations, unsubscribe links and codes of certificates (the shortest) stand in the path.
TOKEN = re.compile(r"(?<=/)[\w:=-]{19,}(?=[/?\s'\"]|$)")
# Codes, searches, addresses: whatever was asked for.
QUERY = re.compile(r"(?<=\?)[^\s'\"]+")
# PostgreSQL repeats the values of a refused row.
ROW_VALUES = re.compile(r"DETAIL: .*")
# Of the beginning, and of the end where a trace says what it came to; nobody fills the disk with
# one address.
LONGEST = 10_000


class JsonFormatter(logging.Formatter):
    """`at` (UTC), `level`, `logger`, `message`, and `exception` when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _discreet(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = _discreet(self.formatException(record.exc_info))
        return json.dumps(line)


def _discreet(text: str) -> str:
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]}[…]{text[-LONGEST:]}"
    for pattern in (ADDRESS, TOKEN, QUERY, ROW_VALUES):
        text = pattern.sub("[…]", text)
    return text
