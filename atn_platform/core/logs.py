"""Logs as one line of JSON each, without what names a person or opens a door."""

import json
import logging
import re
from datetime import UTC, datetime

ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
# Invitations, unsubscribe links and codes of certificates (the shortest) stand in the path.
TOKEN = re.compile(r"(?<=/)[\w:=-]{19,}(?=[/?\s'\"]|$)")
# PostgreSQL repeats the values of a refused row.
ROW_VALUES = re.compile(r"DETAIL: .*")


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
    for pattern in (ADDRESS, TOKEN, ROW_VALUES):
        text = pattern.sub("[…]", text)
    return text
